"""`make run` from nothing: prepared, served, stopped and started again with the data kept."""

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = [pytest.mark.slow, pytest.mark.once]
ROOT = Path(settings.BASE_DIR)


def free_port() -> int:
    with socket.socket() as chooser:
        chooser.bind(("127.0.0.1", 0))
        return int(chooser.getsockname()[1])


class Portal:
    """A copy of the checkout, with nothing made yet, and the processes started in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[str]] = []
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in listed.stdout.split("\0"):
            source = ROOT / name
            if name and source.is_file():
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).write_bytes(source.read_bytes())

    def start(self) -> subprocess.Popen[str]:
        """Do what `make run` does once the packages are installed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        del kept["DJANGO_SETTINGS_MODULE"]
        with (
            (self.home / "out.txt").open("w", encoding="utf-8") as out,
            (self.home / "err.txt").open("w", encoding="utf-8") as err,
        ):
            process = subprocess.Popen(
                [sys.executable, "-m", "portal.start"],
                cwd=self.home,
                env={**kept, "PORT": str(self.port), "PYTHONUTF8": "1"},
                stdout=out,
                stderr=err,
                text=True,
            )
        self.processes.append(process)
        return process

    def said(self) -> str:
        return (self.home / "out.txt").read_text(encoding="utf-8")

    def complained(self) -> str:
        return (self.home / "err.txt").read_text(encoding="utf-8")

    def get(self, path: str) -> tuple[int, str, dict[str, str]]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=20) as answer:  # noqa: S310
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)

    def wait(self, process: subprocess.Popen[str], seconds: float) -> float:
        """Wait until the portal answers, and return how long that took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            assert process.poll() is None, self.said() + self.complained()
            try:
                self.get("/halsa/live")
            except OSError:
                time.sleep(0.2)
            else:
                return time.monotonic() - begun
        raise AssertionError(f"no answer in {seconds} s\n{self.said()}{self.complained()}")

    def stop(self, process: subprocess.Popen[str]) -> int:
        """Press Ctrl-C."""
        process.send_signal(signal.SIGINT)
        return process.wait(20)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = Portal(tmp_path_factory.mktemp("checkout"))
    yield portal
    for process in portal.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def first(portal: Portal) -> subprocess.Popen[str]:
    """The first run, serving."""
    process = portal.start()
    portal.wait(process, 240)
    return process


# The tests below are one story: they run in order and share the installation.


def test_the_first_run_says_what_it_does_and_where_to_go(first, portal):
    said = portal.said()

    assert re.search(r"Läser in texter och moduler … klart på \d+,\d s", said)
    assert portal.address in said
    assert "medarbetare" in said
    assert "fri-fran-vald" in said
    assert portal.complained() == ""


def test_the_secret_key_is_for_its_owner_alone(first, portal):
    assert stat.S_IMODE((portal.home / "local.env").stat().st_mode) == 0o600


def test_the_start_page_comes_without_cookies_and_with_its_styles(first, portal):
    status, text, headers = portal.get("/")

    assert status == 200
    assert "<html" in text
    assert "Set-Cookie" not in headers
    styles = re.findall(r'href="(/static/[^"]+\.css)"', text)
    assert styles
    for style in styles:
        status, _, headers = portal.get(style)
        assert status == 200, style
        assert "immutable" in headers["Cache-Control"], style


def test_a_missing_page_shows_nothing_of_the_code(first, portal):
    status, text, _ = portal.get("/finns-inte/")

    assert status == 404
    assert "Traceback" not in text
    assert "urlpatterns" not in text.lower()
    assert "DEBUG" not in text


def test_a_second_run_on_the_same_port_is_told_to_choose_another(first, portal):
    kept_out, kept_err = portal.said(), portal.complained()
    second = subprocess.run(
        [sys.executable, "-m", "portal.start"],
        cwd=portal.home,
        env={**os.environ, "PORT": str(portal.port)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1
    assert str(portal.port) in second.stderr
    assert (portal.said(), portal.complained()) == (kept_out, kept_err)


def test_ctrl_c_ends_it_cleanly(first, portal):
    assert portal.stop(first) == 0
    assert "Traceback" not in portal.complained()


def test_the_next_run_starts_in_seconds_and_keeps_everything(first, portal):
    key = (portal.home / "local.env").read_text(encoding="utf-8")
    with closing(sqlite3.connect(portal.home / "var" / "portal.db")) as database, database:
        database.execute(
            "INSERT INTO organisation_profession (code, name) VALUES ('provare', 'Provare')"
        )

    process = portal.start()
    seconds = portal.wait(process, 60)
    portal.stop(process)

    # Three seconds when the machine has nothing else to do.
    assert seconds < 30
    assert "klart på" not in portal.said()
    assert (portal.home / "local.env").read_text(encoding="utf-8") == key
    with closing(sqlite3.connect(portal.home / "var" / "portal.db")) as database:
        found = database.execute("SELECT name FROM organisation_profession WHERE code = 'provare'")
        assert found.fetchall() == [("Provare",)]
