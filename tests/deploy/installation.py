"""docker-compose.yml, Dockerfile and .dockerignore as tests read them, and the image made of them.

No container engine is needed: the files that Docker would send to the build are copied to a folder,
the build's own commands are run there, and so are the services' commands, with the environment that
the image and the services give them.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from docker.utils.build import exclude_paths

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
KEY = "x" * 60

_VARIABLE = re.compile(r"\$\{(\w+)(?:(:?[-?])([^}]*))?\}")


def interpolated(text: str, **variables: str) -> str:
    """Return *text* with Compose's `${NAME:-default}` filled in. KeyError for `:?`."""

    def value(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        found = variables.get(name)
        if found or (found == "" and kind in {"-", "?", None}):
            return found
        if kind in {":?", "?"}:
            raise KeyError(name)
        return default or ""

    return _VARIABLE.sub(value, text)


def variables_in(text: str) -> set[str]:
    """Return the names that Compose would fill in."""
    return {match[1] for match in _VARIABLE.finditer(text)}


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile, its lines joined."""

    name: str
    value: str


def stages() -> list[list[Instruction]]:
    """Return the Dockerfile's instructions, stage by stage."""
    lines = [
        line
        for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    found: list[list[Instruction]] = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        name, _, value = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append(Instruction(name, value.strip()))
    return found


def values(stage: list[Instruction], name: str) -> list[str]:
    """Return what the instructions called *name* say in a stage."""
    return [instruction.value for instruction in stage if instruction.name == name]


def environment_of_image() -> dict[str, str]:
    """Return what the first stage, on which the others build, sets."""
    [text] = values(stages()[0], "ENV")
    found = dict(part.split("=", 1) for part in shlex.split(text))
    # The image has its environment in /venv; here it is the one that runs the tests.
    found["PATH"] = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return found


def files_sent(root: Path) -> set[str]:
    """Return the files below *root* that Docker would send to the build, by Docker's own client."""
    patterns = [
        line.strip()
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    return {
        path
        for path in exclude_paths(str(root), patterns)
        if (root / path).is_file() and path != "Dockerfile"
    }


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as chooser:
        chooser.bind(("127.0.0.1", 0))
        return int(chooser.getsockname()[1])


@dataclass
class Image:
    """The image's /app, and what is started in it."""

    home: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def files(self) -> set[str]:
        """Return every file of /app."""
        return {str(path.relative_to(self.home)) for path in self.home.rglob("*") if path.is_file()}

    def environment(self, service: str, **changed: str | None) -> dict[str, str]:
        """Return the environment of a service; None takes a name away."""
        given = {"PORTAL_HOSTS": "portal.example", "PORTAL_EMAIL_URL": "smtp://127.0.0.1:1025"}
        found = environment_of_image() | {
            name: interpolated(value, **given)
            for name, value in SERVICES[service]["environment"].items()
        }
        return {name: value for name, value in (found | changed).items() if value is not None}

    def run(
        self, command: list[str], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run *command* in the image to its end."""
        return subprocess.run(
            command, cwd=self.home, env=environment, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip

    def start(
        self, command: list[str], environment: dict[str, str], log: Path
    ) -> subprocess.Popen[bytes]:
        """Start *command* in the image, its words going to *log*."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=self.home, env=environment, stdout=output, stderr=output
            )
        self.processes.append(process)
        return process

    def stop_all(self) -> None:
        """End what still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.processes.clear()


def build(home: Path) -> Image:
    """Make the image's /app in *home*, by the Dockerfile's own commands."""
    for name in files_sent(ROOT):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, home / name)
    image = Image(home)
    [command] = values(stages()[2], "RUN")
    built = image.run(["sh", "-euc", command], environment_of_image())
    assert built.returncode == 0, built.stdout + built.stderr
    return image


def told_to_end(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Tell *process* to end as Docker does, and return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(seconds)


def wait_for(said: Any, seconds: float, *, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until *said* returns something true while *process* lives."""
    end = time.monotonic() + seconds
    while not said():
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < end, log.read_text(encoding="utf-8")
        time.sleep(0.1)
