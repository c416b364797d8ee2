"""Real processes of the portal, over the database that the test uses."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)


def database_url() -> str:
    """Return the test's database as PORTAL_DATABASE_URL names it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    who = f"{quote(found['USER'], safe='')}:{quote(found['PASSWORD'], safe='')}"
    return f"postgresql://{who}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def environment(**variables: str) -> dict[str, str]:
    """Return what a process of the portal is started with: what the test has, and *variables*."""
    return {**os.environ, "PYTHONUTF8": "1", "PORTAL_DATABASE_URL": database_url(), **variables}


class Process:
    """A management command that goes on by itself."""

    def __init__(self, *arguments: str, log: Path, **variables: str) -> None:
        self.log = log
        with log.open("a", encoding="utf-8") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.portal.jobs.manage", *arguments],
                cwd=ROOT,
                env=environment(**variables),
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self, seconds: float = 30) -> int:
        """Return the exit code."""
        return self._process.wait(seconds)

    def kill(self) -> None:
        """End it as the kernel does: it gets to say nothing."""
        self._process.kill()
        self._process.wait()

    def stop(self, seconds: float = 30) -> int:
        """Tell it to end; return the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(seconds)


@contextmanager
def worker(log: Path, **variables: str) -> Iterator[Process]:
    """A worker, killed at the end of the block if it still lives."""
    process = Process(
        "db_worker", "--interval", "0.1", "--no-startup-delay", log=log,
        PORTAL_WORKER="true", **variables,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.is_running:
            process.kill()


def wait_until(
    is_so: Callable[[], object], seconds: float = 40, *, log: Path | None = None
) -> None:
    """Return as soon as *is_so*; fail when it has not been so for too long."""
    end = time.monotonic() + seconds
    while not is_so():
        said = log.read_text(encoding="utf-8") if log else ""
        assert time.monotonic() < end, f"waited in vain for {seconds} s\n{said}"
        time.sleep(0.05)
