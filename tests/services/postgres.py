"""A PostgreSQL of the tests' own, from the system's package, on a free port of loopback.

Several test runs may share one server: each holds a shared lock while it uses it, and the last to
leave stops the server and removes its data.
"""

import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services import Missing, apt_install, sharing

GIVEN = "PORTAL_TEST_POSTGRES_URL"
OLDEST = 15
ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    # The data is thrown away, so it need not survive a power cut.
    "fsync": "off",
    "full_page_writes": "off",
}


def provision() -> None:
    """See that PostgreSQL's programs are here, installing them where possible."""
    if not os.environ.get(GIVEN) and _programs() is None:
        apt_install("postgresql", why=f"PostgreSQL {OLDEST} or newer is missing")
        if _programs() is None:
            raise Missing(
                f"The system's PostgreSQL is older than {OLDEST}; install a newer one, or name a "
                f"server in {GIVEN}."
            )


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a database on a running server, started here unless it is given."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    provision()
    with sharing.shared(_home(), running=_running, start=_start, stop=_stop) as url:
        yield url


def _programs() -> Path | None:
    """Return the directory of the newest PostgreSQL's programs, or None."""
    places = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if on_path := shutil.which("initdb"):
        places.append(Path(on_path).resolve().parent)
    found = []
    for place in places:
        if not (place / "initdb").exists():
            continue
        answer = subprocess.run(
            [place / "postgres", "--version"], capture_output=True, text=True, check=False
        )
        if version := re.search(r"(\d+)", answer.stdout):
            found.append((int(version[1]), place))
    newest = max(found, default=(0, None))
    return newest[1] if newest[0] >= OLDEST else None


def _owner() -> pwd.struct_passwd:
    return sharing.owner("postgres", "nobody")


def _home() -> Path:
    return sharing.home("portal-tests", ROOT, _owner())


def _run(home: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    programs = _programs()
    assert programs is not None
    # Into a file: a pipe would stay open in the server that pg_ctl leaves behind.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [programs / program, *arguments],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **sharing.as_owner(_owner()),
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read())


def _running(home: Path) -> str | None:
    """Return the address of a server that an earlier run left, or None."""
    note = home / "url"
    if note.exists() and _run(home, "pg_ctl", "status", "-D", f"{home}/data").returncode == 0:
        return note.read_text()
    return None


def _start(home: Path) -> str:
    _stop(home)
    password = secrets.token_urlsafe(24)
    secret = home / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    owner = _owner()
    os.chown(secret, owner.pw_uid, owner.pw_gid)
    made = _run(
        home, "initdb", "-D", f"{home}/data", "--username=portal", f"--pwfile={secret}",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
    )  # fmt: skip
    secret.unlink()
    if made.returncode:
        raise Missing(f"initdb failed:\n{made.stdout}")
    port = sharing.free_port()
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(home)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    started = _run(
        home, "pg_ctl", "start", "-D", f"{home}/data", "-l", f"{home}/log", "-w", "-t", "60",
        "-o", options,
    )  # fmt: skip
    if started.returncode:
        log = home / "log"
        raise Missing(
            f"PostgreSQL did not start:\n{started.stdout}{log.read_text() if log.exists() else ''}"
        )
    url = f"postgresql://portal:{password}@127.0.0.1:{port}/portal"
    note = home / "url"
    note.touch(mode=0o600)
    note.write_text(url)
    return url


def _stop(home: Path) -> None:
    """Stop the server if it runs, and leave nothing of it."""
    if (home / "data").exists():
        _run(home, "pg_ctl", "stop", "-D", f"{home}/data", "-m", "immediate", "-w")
    shutil.rmtree(home / "data", ignore_errors=True)
    for name in ("url", "log"):
        (home / name).unlink(missing_ok=True)
