"""Start one part of an installation: `python -m portal.serve web|worker|timer|prepare`.

The container image and the tests start the portal with these same commands. Each stays in the
foreground, ends within seconds when told to, and writes what went wrong to stderr without names,
addresses or paths. `answers` and `beats` are what a container's health check runs.
"""

import argparse
import http.client
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.logs import JsonFormatter

ROOT = Path(__file__).resolve().parent.parent
logger = logging.getLogger("portal.serve")

# A tick that takes longer has hung; the next one does what it left.
_TICK_LIMIT = 300.0
# How long a tick may go on once the timer has been told to end.
_TICK_GRACE = 20.0
_KILL_AFTER = 5.0
_LOOK_EVERY = 0.2
_BEAT_EVERY = 5.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says."""
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.part != "web":
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    match options.part:
        case "web":
            web(rest)
        case "worker":
            worker(beat=options.beat)
        case "timer":
            timer(beat=options.beat)
        case "prepare":
            prepare()
        case "run":
            run(options.command, *options.arguments)
        case "answers":
            answers(options.path, port=options.port)
        case "beats":
            beats(options.file, within=options.within)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m portal.serve", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    parts.add_parser("web", help="the pages; further arguments are gunicorn's, such as --bind")
    for name, text in (
        ("worker", "run tasks from the database"),
        ("timer", "run `tick` every minute"),
    ):
        part = parts.add_parser(name, help=text)
        part.add_argument("--beat", type=Path, help="a file to touch while all goes well")
    parts.add_parser("prepare", help="migrate, load the texts, build the search index, and end")
    part = parts.add_parser("run", help="one management command, its faults logged without text")
    part.add_argument("command")
    part.add_argument("arguments", nargs=argparse.REMAINDER)
    part = parts.add_parser("answers", help="whether the pages' server answers 200 on a path")
    part.add_argument("path")
    part.add_argument("--port", type=int, default=8000)
    part = parts.add_parser("beats", help="whether a file was touched lately")
    part.add_argument("file", type=Path)
    part.add_argument("--within", type=float, required=True, help="seconds")
    return parser


# --- The parts ----------------------------------------------------------------------------------


def web(arguments: Sequence[str] = ()) -> None:
    """Become gunicorn. A faulty environment ends it with one sentence (portal.wsgi)."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:portal.server"]
    os.execv(sys.executable, [*command, *arguments, "portal.wsgi"])  # noqa: S606  # ourselves


def worker(*, beat: Path | None = None) -> None:
    """Run tasks until told to end; the one that is going on is finished first.

    The worker asks the database all the time, so its questions are its pulse: one that hangs in a
    task stops asking, and the file *beat* grows old.
    """
    with _faults_told():
        _set_up()
        from django.core.management import call_command
        from django.db import connection

        if beat:
            connection.execute_wrappers.append(_touching(beat))
        call_command("db_worker", queue_name="*")


def timer(*, beat: Path | None = None) -> None:
    """Run `tick` every minute, in a process of its own, until told to end.

    A faulty environment ends the timer at once: it would only fail every minute.
    """
    _log_to_stderr()
    told = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: told.append(number))
    ours = [sys.executable, "-m", "portal.serve", "run"]
    checked = subprocess.run(  # noqa: S603  # our own command
        [*ours, "check"], stdout=subprocess.DEVNULL, check=False
    )
    if checked.returncode:
        sys.exit(checked.returncode)
    repeat(
        [*ours, "tick"],
        every=60,
        limit=_TICK_LIMIT,
        is_over=lambda: bool(told),
        beat=beat,
    )


def prepare() -> None:
    """Bring the database, the texts and the search index to what this version needs."""
    # The first process of a container is otherwise deaf to being told to end.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with _faults_told():
        _set_up()
        from django.conf import settings
        from django.db import OperationalError, connection

        from portal import start

        try:
            connection.ensure_connection()
        except OperationalError:
            sys.exit(
                "Databasen svarar inte; kontrollera PORTAL_DATABASE_URL och att servern är igång."
            )
        start.run("Skapar eller uppdaterar databasen", "migrate", interactive=False)
        start.run("Läser in texter och moduler", "load_content")
        if settings.DEMO:
            start.run("Skapar demostaden och demokontona", "load_demo")
        start.run("Bygger sökregistret", "rebuild_search")


def run(name: str, *arguments: str) -> None:
    """Run one management command; unlike manage.py, tell its faults without their text."""
    with _faults_told():
        _set_up()
        from django.core.management import call_command

        call_command(name, *arguments)


# --- The timer's loop ---------------------------------------------------------------------------


def repeat(
    command: Sequence[str],
    *,
    every: float,
    limit: float,
    is_over: Callable[[], bool],
    beat: Path | None = None,
) -> None:
    """Run *command* now and at each whole *every* seconds of the clock, until *is_over*.

    One that fails, hangs or takes longer than *every* costs its own rounds and no other: nothing is
    made up for, and two never run at once. *beat* is touched after each that went well.
    """
    while not is_over():
        if _run_once(command, limit=limit, is_over=is_over) and beat:
            beat.touch()
        # By the clock but measured without it, so that a clock put back cannot stop the timer.
        wake_at = time.monotonic() + every - time.time() % every
        while not is_over() and (left := wake_at - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_EVERY))


def _run_once(command: Sequence[str], *, limit: float, is_over: Callable[[], bool]) -> bool:
    """Run *command*, for *limit* seconds at most; return whether it went well."""
    try:
        process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603  # the timer's own command
    except OSError:
        logger.exception("the timer could not start its command")
        return False
    end_at = time.monotonic() + limit
    is_ending = False
    while process.poll() is None:
        if is_over() and not is_ending:
            is_ending = True
            end_at = min(end_at, time.monotonic() + _TICK_GRACE)
        if time.monotonic() > end_at:
            _end(process)
            logger.error("the timer ended its command, which took too long")
            return False
        time.sleep(_LOOK_EVERY)
    if process.returncode:
        logger.error("the timer's command failed")
    return process.returncode == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_KILL_AFTER)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# --- Health checks ------------------------------------------------------------------------------


def answers(path: str, *, port: int) -> None:
    """End with 0 if the server of this machine answers 200 on *path*, else with 1 and what it says.

    Asks by a host name that the portal knows.
    """
    host = os.environ.get("PORTAL_HOSTS", "").split(",")[0].strip().lstrip(".") or "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", path, headers={"Host": host})
        with connection.getresponse() as response:
            said = response.read(200).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"{path}: {type(error).__name__}")
    finally:
        connection.close()
    if response.status != 200:
        sys.exit(f"{path}: {response.status} {said}")


def beats(file: Path, *, within: float) -> None:
    """End with 0 if *file* was touched in the last *within* seconds, else with 1 and a word why."""
    try:
        age = time.time() - file.stat().st_mtime
    except FileNotFoundError:
        sys.exit(f"{file.name}: has never been touched")
    if age > within:
        sys.exit(f"{file.name}: touched {age:.0f} seconds ago")


def _touching(beat: Path) -> Callable[..., Any]:
    """Return a wrapper of database questions that touches *beat*, at most every few seconds."""
    touched_at = -_BEAT_EVERY

    def ask(execute: Callable[..., Any], *question: Any) -> Any:
        nonlocal touched_at
        answer = execute(*question)
        if time.monotonic() - touched_at >= _BEAT_EVERY:
            touched_at = time.monotonic()
            beat.touch()
        return answer

    return ask


# --- Starting -----------------------------------------------------------------------------------


def _set_up() -> None:
    """Make Django ready; run the checks that guard people, since not every command does."""
    import django
    from django.core.checks import Tags, run_checks

    django.setup()
    faults = [str(check.msg) for check in run_checks(tags=[Tags.security]) if check.is_serious()]
    if faults:
        sys.exit("\n".join(faults))


@contextmanager
def _faults_told() -> Iterator[None]:
    """End with one sentence for what the reader can put right, and with a log line for the rest.

    An exception's text may hold a name or an answer, so it is left out, as in every log of ours.
    """
    _log_to_stderr()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError

    try:
        yield
    except (ImproperlyConfigured, CommandError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        logger.exception("a command failed")
        sys.exit(1)


def _log_to_stderr() -> None:
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter())
        logger.addHandler(handler)
        logger.propagate = False


if __name__ == "__main__":
    main()
