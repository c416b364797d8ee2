"""How runs at the same time share a server of the tests' own, and leave nothing when they end.

Each run holds a shared lock on a file while it uses the server; the last to leave stops it.
"""

import fcntl
import hashlib
import os
import pwd
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.services import Missing


@contextmanager
def shared(
    home: Path,
    *,
    running: Callable[[Path], str | None],
    start: Callable[[Path], str],
    stop: Callable[[Path], None],
) -> Iterator[str]:
    """Yield the address of the server in *home*, started unless an earlier run has done it."""
    with (home / "users").open("w") as users:
        with _alone(home):
            url = running(home) or start(home)
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
                    stop(home)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Start and stop the server one run at a time."""
    with (home / "door").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def owner(*names: str) -> pwd.struct_passwd:
    """Return who runs a server that refuses root: ourselves, or the first of *names* there is."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing(f"The server does not run as root; create the user {names[0]}.")


def as_owner(runner: pwd.struct_passwd) -> dict[str, Any]:
    """Return what makes subprocess run a program as *runner*."""
    if os.geteuid() != 0:
        return {}
    return {"user": runner.pw_uid, "group": runner.pw_gid, "extra_groups": []}


def home(name: str, root: Path, runner: pwd.struct_passwd) -> Path:
    """Return the directory of a checkout's server, made and owned by its runner alone."""
    # Short, since a socket's path may be 107 characters, and reachable for another user than root.
    # That the directory is the runner's own is seen to below.
    base = Path("/tmp") if os.geteuid() == 0 else Path(tempfile.gettempdir())  # noqa: S108
    mark = hashlib.sha256(str(root).encode()).hexdigest()[:8]
    place = base / f"{name}-{os.geteuid()}-{mark}"
    place.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and place.stat().st_uid == 0:
        os.chown(place, runner.pw_uid, runner.pw_gid)
    if place.is_symlink() or place.stat().st_uid != runner.pw_uid:
        raise Missing(f"{place} belongs to someone else; remove it.")
    return place


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as chooser:
        chooser.bind(("127.0.0.1", 0))
        return int(chooser.getsockname()[1])
