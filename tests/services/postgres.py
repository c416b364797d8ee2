"""A PostgreSQL of the tests' own, from the system's package, on a free port of loopback.

Several test runs may share one server: each holds a shared lock while it uses it, and the last to
leave stops the server and removes its data.
"""

import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.services import Missing, apt_install

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
    home = _home()
    with (home / "users").open("w") as users:
        with _alone(home):
            url = _running(home) or _start(home)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield url
        finally:
            with _alone(home):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # another run is still using it
                else:
                    _stop(home)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Start and stop the server one run at a time."""
    with (home / "door").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


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
    """Return who runs the server: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("PostgreSQL does not run as root; create the user postgres.")


def _home() -> Path:
    """Return the directory of this checkout's server, made and owned by its runner alone."""
    # Short, since a socket's path may be 107 characters, and reachable for another user than root.
    base = Path("/tmp") if os.geteuid() == 0 else Path(tempfile.gettempdir())  # noqa: S108
    mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    home, owner = base / f"portal-tests-{os.geteuid()}-{mark}", _owner()
    home.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and home.stat().st_uid == 0:
        os.chown(home, owner.pw_uid, owner.pw_gid)
    if home.is_symlink() or home.stat().st_uid != owner.pw_uid:
        raise Missing(f"{home} belongs to someone else; remove it.")
    return home


def _run(home: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    programs, owner = _programs(), _owner()
    assert programs is not None
    as_owner: dict[str, Any] = (
        {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        if os.geteuid() == 0
        else {}
    )
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
            **as_owner,
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
    with socket.socket() as chooser:
        chooser.bind(("127.0.0.1", 0))
        port = chooser.getsockname()[1]
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
