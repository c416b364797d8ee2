"""The parts start, are asked how they are, and end, with the commands that the containers use."""

import http.client
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError
from django.db import connection

from portal import serve
from tests.deploy.installation import (
    KEY,
    SERVICES,
    Image,
    free_port,
    stages,
    told_to_end,
    values,
    wait_for,
)


@pytest.fixture(autouse=True)
def _logger_of_this_test(monkeypatch):
    monkeypatch.setattr(serve.logger, "handlers", [])
    monkeypatch.setattr(serve.logger, "propagate", True)


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    """Where the secrets lie, as an environment: a good key and an empty database."""
    (tmp_path / "key").write_text(KEY + "\n", encoding="utf-8")
    (tmp_path / "url").write_text(f"sqlite:///{tmp_path}/portal.db", encoding="utf-8")
    return {
        "PORTAL_SECRET_KEY_FILE": str(tmp_path / "key"),
        "PORTAL_DATABASE_URL_FILE": str(tmp_path / "url"),
    }


def command_of(service: str, **replaced: str) -> list[str]:
    """Return a service's command, with some words replaced."""
    return [replaced.get(word, word) for word in SERVICES[service]["command"]]


def ask(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    """Ask the server as a proxy does, or as *headers* say."""
    sent = {"Host": "portal.example", "X-Forwarded-Proto": "https"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        asking.request("GET", path, headers=sent)
        with asking.getresponse() as answer:
            answer.read()
            return answer
    finally:
        asking.close()


def answers(port: int) -> Callable[[], bool]:
    def asked() -> bool:
        try:
            return ask(port, "/halsa/live").status == 200
        except OSError:
            return False

    return asked


class TestTheWeb:
    def test_serves_behind_a_proxy_and_ends_when_told(self, image: Image, secrets, tmp_path):
        port, log = free_port(), tmp_path / "log"
        environment = image.environment("web", **secrets)
        command = command_of("web", **{"0.0.0.0:8000": f"127.0.0.1:{port}"})
        process = image.start(command, environment, log)
        wait_for(answers(port), 60, process=process, log=log)

        [check] = values(stages()[-1], "HEALTHCHECK")
        test = yaml.safe_load(check.partition("CMD ")[2])
        asked = image.run([*test, "--port", str(port)], environment)
        assert (asked.returncode, asked.stderr) == (0, "")
        # A probe that knows nothing of HTTPS is answered all the same; a reader is sent there.
        assert ask(port, "/halsa/live", X_Forwarded_Proto="http").status == 200
        sent_on = ask(port, "/vagledning/", X_Forwarded_Proto="http")
        assert sent_on.status == 301
        assert sent_on.headers["Location"] == "https://portal.example/vagledning/"
        # Other names are nobody's.
        assert ask(port, "/vagledning/", Host="other.example").status == 400
        assert told_to_end(process, 20) == 0
        assert log.read_text(encoding="utf-8") == ""

    def test_is_not_ready_while_the_database_is_away(self, image: Image, secrets, tmp_path):
        (tmp_path / "url").write_text(
            f"postgresql://portal:x@127.0.0.1:{free_port()}/portal", encoding="utf-8"
        )
        port, log = free_port(), tmp_path / "log"
        environment = image.environment("web", **secrets)
        command = command_of("web", **{"0.0.0.0:8000": f"127.0.0.1:{port}"})
        process = image.start(command, environment, log)
        wait_for(answers(port), 60, process=process, log=log)

        asked = image.run(
            [*SERVICES["web"]["healthcheck"]["test"][1:], "--port", str(port)], environment
        )

        assert asked.returncode == 1
        assert "/halsa/redo: 503" in asked.stderr
        assert told_to_end(process, 20) == 0


class TestAFaultyEnvironment:
    @pytest.mark.parametrize("part", ["web", "worker", "timer", "prepare"])
    def test_ends_the_start_with_one_sentence(self, image: Image, secrets, part):
        environment = image.environment(part, **secrets | {"PORTAL_SECRET_KEY_FILE": None})

        ended = image.run(command_of(part), environment)

        assert ended.returncode != 0
        assert len(ended.stderr.strip().splitlines()) == 1
        assert "PORTAL_SECRET_KEY saknas" in ended.stderr
        assert ended.stdout == ""

    def test_is_told_of_a_secret_that_cannot_be_read(self, image: Image, secrets, tmp_path):
        environment = image.environment(
            "web", **secrets | {"PORTAL_SECRET_KEY_FILE": str(tmp_path / "none")}
        )

        ended = image.run(command_of("web"), environment)

        assert ended.returncode != 0
        assert len(ended.stderr.strip().splitlines()) == 1
        assert "PORTAL_SECRET_KEY_FILE pekar på" in ended.stderr

    @pytest.mark.parametrize("part", ["worker", "prepare"])
    def test_never_gets_the_demo_where_others_reach_it(self, image: Image, secrets, part):
        ended = image.run(
            command_of(part), image.environment(part, **secrets | {"PORTAL_DEMO": "true"})
        )

        assert ended.returncode != 0
        assert len(ended.stderr.strip().splitlines()) == 1
        assert "PORTAL_DEMO är på" in ended.stderr

    def test_is_told_that_the_database_is_away(self, image: Image, secrets, tmp_path):
        (tmp_path / "url").write_text(
            f"postgresql://portal:hemligt@127.0.0.1:{free_port()}/portal", encoding="utf-8"
        )

        ended = image.run(command_of("prepare"), image.environment("prepare", **secrets))

        assert ended.returncode != 0
        assert len(ended.stderr.strip().splitlines()) == 1
        assert "Databasen svarar inte" in ended.stderr
        assert "hemligt" not in ended.stderr


class TestTheTimer:
    def test_runs_on_when_a_tick_fails_and_ends_when_told(self, image: Image, secrets, tmp_path):
        # The database is empty, so a tick has nothing to work with.
        log = tmp_path / "log"
        # The file that docker-compose.yml names, in the container's own /tmp, becomes the test's.
        command = command_of("timer", **{"/tmp/timer": str(tmp_path / "beat")})  # noqa: S108
        process = image.start(command, image.environment("timer", **secrets), log)
        wait_for(lambda: "the timer's command failed" in said(log), 60, process=process, log=log)

        assert process.poll() is None
        assert not (tmp_path / "beat").exists()
        assert told_to_end(process, 10) == 0


def said(log: Path) -> str:
    return log.read_text(encoding="utf-8")


class Rounds:
    """A command that notes each time it is run, and the end of the loop after some of them."""

    def __init__(self, home: Path, does: str = "") -> None:
        self.notes = home / "notes"
        self.beat = home / "beat"
        self.does = does
        self.begun_at = time.monotonic()

    def command(self) -> list[str]:
        noted = f"open({str(self.notes)!r}, 'a').write('.')"
        return [sys.executable, "-c", f"import sys, time; {noted}; {self.does}"]

    def count(self) -> int:
        return len(self.notes.read_text()) if self.notes.exists() else 0

    def repeat(self, times: int, *, limit: float = 30, every: float = 0.5) -> None:
        serve.repeat(
            self.command(),
            every=every,
            limit=limit,
            is_over=lambda: self.count() >= times or time.monotonic() > self.begun_at + 30,
            beat=self.beat,
        )


class TestTheTimersLoop:
    def test_runs_the_command_again_and_again_and_notes_that_it_went_well(self, tmp_path):
        rounds = Rounds(tmp_path)

        rounds.repeat(3)

        assert rounds.count() == 3
        assert rounds.beat.exists()

    @pytest.mark.parametrize("does", ["sys.exit(1)", "raise ValueError", "import os; os.abort()"])
    def test_survives_one_that_fails_and_notes_nothing(self, tmp_path, does):
        rounds = Rounds(tmp_path, does)

        rounds.repeat(3)

        assert rounds.count() == 3
        assert not rounds.beat.exists()

    def test_ends_one_that_hangs(self, tmp_path):
        rounds = Rounds(tmp_path, "time.sleep(60)")

        rounds.repeat(2, limit=2)

        assert rounds.count() == 2
        assert time.monotonic() - rounds.begun_at < 30
        assert not rounds.beat.exists()

    def test_survives_a_program_that_is_not_there(self, tmp_path):
        rounds: list[int] = []

        def is_over() -> bool:
            rounds.append(1)
            return len(rounds) > 10

        serve.repeat([str(tmp_path / "none")], every=0.1, limit=1, is_over=is_over)

        assert len(rounds) > 10

    def test_never_runs_two_at_once(self, tmp_path):
        lock = tmp_path / "lock"
        rounds = Rounds(
            tmp_path,
            f"import os; os.mkdir({str(lock)!r}); time.sleep(0.8); os.rmdir({str(lock)!r})",
        )

        rounds.repeat(3, every=0.2)

        # Had two met, the later would have failed to make the directory that the first removes.
        assert rounds.count() == 3
        assert not lock.exists()
        assert rounds.beat.exists()

    def test_lets_one_that_is_under_way_finish_when_it_is_told_to_end(self, tmp_path):
        done = tmp_path / "done"
        rounds = Rounds(tmp_path, f"time.sleep(1); open({str(done)!r}, 'w').close()")

        rounds.repeat(1)

        assert done.exists()
        assert rounds.count() == 1

    def test_keeps_to_whole_minutes_and_not_to_when_it_began(self, tmp_path, monkeypatch):
        minute = 1_800_000_000.0
        now = [minute + 47]
        run_at: list[float] = []
        monkeypatch.setattr(serve.time, "time", lambda: now[0])
        monkeypatch.setattr(serve.time, "monotonic", lambda: now[0])
        monkeypatch.setattr(serve.time, "sleep", lambda seconds: now.append(now.pop() + seconds))

        def run_once(*arguments: Any, **options: Any) -> bool:
            run_at.append(now[0] - minute)
            now[0] += 70 if len(run_at) == 3 else 1
            return True

        monkeypatch.setattr(serve, "_run_once", run_once)

        serve.repeat(["tick"], every=60, limit=1, is_over=lambda: now[0] > minute + 310)

        # The third took more than a minute: the one it overran is not made up for.
        assert run_at == pytest.approx([47, 60, 120, 240, 300], abs=0.001)


class TestTheWorker:
    @pytest.fixture
    def asked(self, monkeypatch) -> list[tuple[Any, ...]]:
        """What the worker's command is called with, instead of a worker that never ends."""
        calls: list[tuple[Any, ...]] = []

        def call(*arguments: Any, **options: Any) -> None:
            calls.append((arguments, options))
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")

        monkeypatch.setattr("django.core.management.call_command", call)
        yield calls
        connection.execute_wrappers.clear()

    def test_does_the_tasks_of_every_queue(self, db, asked):
        serve.worker()

        assert asked == [(("db_worker",), {"queue_name": "*"})]

    def test_shows_that_it_lives_by_asking_the_database(self, db, asked, tmp_path):
        serve.worker(beat=tmp_path / "beat")

        assert (tmp_path / "beat").exists()

    def test_shows_it_every_few_seconds_and_not_for_every_question(self, db, tmp_path, monkeypatch):
        beat, now = tmp_path / "beat", [100.0]
        monkeypatch.setattr(serve.time, "monotonic", lambda: now[0])

        with connection.execute_wrapper(serve._touching(beat)), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert beat.exists()
            beat.unlink()
            cursor.execute("SELECT 1")
            assert not beat.exists()
            now[0] += 6
            cursor.execute("SELECT %s", [7])
            assert beat.exists()
            assert cursor.fetchone() == (7,)


class TestACommand:
    @pytest.fixture
    def fails(self, monkeypatch) -> Callable[[Exception], None]:
        """Let every management command fail in a chosen way."""

        def choose(error: Exception) -> None:
            def call(*arguments: Any, **options: Any) -> None:
                raise error

            monkeypatch.setattr("django.core.management.call_command", call)

        return choose

    def test_that_fails_says_where_and_nothing_of_what(self, fails, capsys):
        fails(ValueError("Ada Hemlig svarade ja"))

        with pytest.raises(SystemExit) as ended:
            serve.run("tick")

        assert ended.value.code == 1
        entry = json.loads(capsys.readouterr().err)
        assert entry["error"] == "ValueError"
        assert any("test_serve.py" in line for line in entry["stack"])
        assert "Hemlig" not in str(entry)

    def test_that_refuses_says_why(self, fails):
        fails(CommandError("Filen saknas; ange en annan."))

        with pytest.raises(SystemExit) as ended:
            serve.run("import_staff", "personal.csv")

        assert ended.value.code == "Filen saknas; ange en annan."

    def test_is_given_its_arguments(self, image: Image, secrets):
        command = [sys.executable, "-m", "portal.serve", "run", "check", "--tag", "security"]

        ended = image.run(command, image.environment("web", **secrets))

        assert ended.returncode == 0, ended.stderr
        assert "no issues" in ended.stdout

    def test_that_nobody_knows_is_refused(self, capsys):
        with pytest.raises(SystemExit) as ended:
            serve.main(["serve-everything"])

        assert ended.value.code == 2

    def test_takes_no_arguments_that_it_does_not_know(self, capsys):
        with pytest.raises(SystemExit) as ended:
            serve.main(["worker", "--bind", "127.0.0.1:1"])

        assert ended.value.code == 2
        assert "--bind" in capsys.readouterr().err


@contextmanager
def server(status: int, said: bytes = b"ok", delay: float = 0) -> Any:
    """A web server that always says the same; yields its port and what it was asked."""
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Host"]))
            time.sleep(delay)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: Any) -> None:
            pass

    running = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield running.server_port, asked
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


class TestAnswers:
    @pytest.mark.parametrize(
        ("hosts", "host"),
        [
            ("portal.example, www.portal.example", "portal.example"),
            (".portal.example", "portal.example"),
            ("", "127.0.0.1"),
        ],
    )
    def test_asks_by_a_name_that_the_portal_knows(self, monkeypatch, hosts, host):
        monkeypatch.setenv("PORTAL_HOSTS", hosts)
        # A proxy for going out is nothing to do with this machine's own server.
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        with server(200) as (port, asked):
            serve.answers("/halsa/live", port=port)

        assert asked == [("/halsa/live", host)]

    def test_tells_what_was_said_by_one_that_is_not_well(self):
        with (
            server(503, b"databasen svarar inte") as (port, _),
            pytest.raises(SystemExit) as ended,
        ):
            serve.answers("/halsa/redo", port=port)

        assert ended.value.code == "/halsa/redo: 503 databasen svarar inte"

    def test_takes_a_redirect_for_no_answer(self):
        with server(301) as (port, _), pytest.raises(SystemExit) as ended:
            serve.answers("/halsa/redo", port=port)

        assert "301" in str(ended.value.code)

    def test_tells_that_nobody_listens(self):
        with pytest.raises(SystemExit) as ended:
            serve.answers("/halsa/live", port=free_port())

        assert ended.value.code == "/halsa/live: ConnectionRefusedError"


class TestBeats:
    def test_are_well_when_the_file_was_touched_lately(self, tmp_path):
        (tmp_path / "beat").touch()

        serve.beats(tmp_path / "beat", within=60)

    def test_are_not_when_it_was_long_ago(self, tmp_path):
        (tmp_path / "beat").touch()
        os.utime(tmp_path / "beat", (time.time() - 120, time.time() - 120))

        with pytest.raises(SystemExit, match=r"touched 12\d seconds ago"):
            serve.beats(tmp_path / "beat", within=60)

    def test_are_not_when_it_never_was(self, tmp_path):
        with pytest.raises(SystemExit, match="never been touched"):
            serve.beats(tmp_path / "beat", within=60)

    @pytest.mark.parametrize("name", ["worker", "timer"])
    def test_are_asked_of_the_file_that_the_part_touches(self, name):
        check = SERVICES[name]["healthcheck"]["test"]

        touched = SERVICES[name]["command"][SERVICES[name]["command"].index("--beat") + 1]
        assert check[check.index("beats") + 1] == touched
        assert touched.startswith("/tmp/")  # noqa: S108  # the container's own, in memory
