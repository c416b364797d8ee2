"""Run the bench: `make bench`. One JSON object a line: name, value, unit, ratio.

The portal runs with production settings on PostgreSQL and gunicorn with two workers; the reference
beside it runs the same way. Their rounds are interleaved, and a ratio is between rounds that stood
next to each other. Ratios are what is judged; milliseconds depend on the machine.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import load
from tests.services import postgres

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 8
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))


@dataclass
class Target:
    """Something to measure."""

    name: str
    port: int
    request: load.Request
    pids: list[int]
    rounds: list[load.Round] = field(default_factory=list)


def main() -> int:
    """Prepare, measure, print. Returns 1 when a request was answered wrongly."""
    with postgres.server() as server:
        with database(server, "bench_ref") as ref_url, database(server, "bench") as url:
            ref_env = {"PORTAL_DATABASE_URL": ref_url}
            cookie = python(["-m", "bench.reference"], ref_env).strip().splitlines()[-1]
            portal_env = {
                "PORTAL_DATABASE_URL": url,
                "PORTAL_SECRET_KEY": "bench-" * 12,
                "PORTAL_HOSTS": "127.0.0.1",
                "PORTAL_DEMO": "1",
                "PORTAL_DEBUG": "false",
            }
            facts = prepare(portal_env)
            with served("bench.reference:application", ref_env) as (ref_port, ref_pids):
                with served("portal.wsgi", portal_env) as (port, pids):
                    reference = Target(
                        "reference", ref_port, load.get("/ref/?s=sida-417", cookie), ref_pids
                    )
                    targets = [reference, *portal_targets(port, pids, facts)]
                    measure(targets)
                    report(targets, reference)
                    emit("memory.two_workers", load.pss_megabytes(pids), "MB PSS")
            for name, count in facts["queries"].items():
                emit(f"{name}.queries", count, "queries")
    return 1 if any(each.failures for target in targets for each in target.rounds) else 0


def emit(name: str, value: float, unit: str, ratio: float | None = None) -> None:
    """Print one figure."""
    line = {"name": name, "value": round(value, 3), "unit": unit}
    line["ratio"] = None if ratio is None else round(ratio, 3)  # type: ignore[assignment]
    print(json.dumps(line), flush=True)


# --- Preparing ----------------------------------------------------------------------------------


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """Yield the address of an empty database of that name, dropped afterwards."""
    import psycopg

    place = server.rpartition("/")[0]
    with psycopg.connect(f"{place}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        try:
            yield f"{place}/{name}"
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]


def python(arguments: list[str], variables: dict[str, str]) -> str:
    """Run Python with *arguments* and return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def prepare(variables: dict[str, str]) -> dict[str, Any]:
    """Fill the portal's database and return what the requests need (bench.facts)."""
    for command in ("migrate -v0", "load_content", "load_demo", "rebuild_search"):
        python(["manage.py", *command.split()], variables)
    python(["manage.py", "collectstatic", "--noinput", "-v0"], variables)
    return dict(json.loads(python(["-m", "bench.facts"], variables).strip().splitlines()[-1]))


@contextmanager
def served(application: str, variables: dict[str, str]) -> Iterator[tuple[int, list[int]]]:
    """Serve *application* as `make run` does; yield its port and its workers' process ids."""
    with socket.socket() as chooser:
        chooser.bind(("127.0.0.1", 0))
        port = chooser.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:portal.server", application],
        cwd=ROOT,
        env={**os.environ, **variables, "PORT": str(port)},
        start_new_session=True,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0 and load.children(process.pid):
                    break
            time.sleep(0.1)
        time.sleep(1)
        yield port, load.children(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def portal_targets(port: int, pids: list[int], facts: dict[str, Any]) -> list[Target]:
    """Return what is measured of the portal."""
    mine = facts["cookie"]
    return [
        Target("guidance_anonymous", port, load.get("/vagledning/orosanmalan/sa-gor-du/"), pids),
        Target(
            "guidance_signed_in", port, load.get("/vagledning/orosanmalan/sa-gor-du/", mine), pids
        ),
        Target("module_signed_in", port, load.get("/utbildning/orosanmalan/", mine), pids),
        Target("lesson_signed_in", port, load.get(facts["lesson"], mine), pids),
        Target("search", port, load.get("/sok/?q=anm%C3%A4la+oro"), pids),
        Target("api_search", port, load.get("/api/sok?q=anm%C3%A4la+oro"), pids),
        Target("quiz_answer", port, answer(facts), pids),
    ]


def answer(facts: dict[str, Any]) -> load.Request:
    """Return what answers a question, each time anew."""
    client = uuid.uuid4()
    token = facts["csrf"]

    def request(number: int) -> bytes:
        choice = facts["choices"][number % len(facts["choices"])]
        body = f"choice={choice}&client={client}&seq={number}&csrfmiddlewaretoken={token}".encode()
        head = (
            f"POST {facts['answer']} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: {facts['cookie']}; csrf={token}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    return request


# --- Measuring ----------------------------------------------------------------------------------


def measure(targets: list[Target]) -> None:
    """Run the rounds, one of each target at a time; the first is a warm-up and not counted."""
    for number in range(ROUNDS + 1):
        for target in targets:
            before = load.cpu_seconds(target.pids)
            result = load.run(
                target.port,
                target.request,
                clients=CLIENTS,
                seconds=SECONDS if number else min(SECONDS, 1.0),
            )
            result.cpu_seconds = load.cpu_seconds(target.pids) - before
            if number:
                target.rounds.append(result)
        sys.stderr.write(f"omgång {number} av {ROUNDS}\n")


def report(targets: list[Target], reference: Target) -> None:
    """Print requests a second, p95 and processor time, with ratios to the reference."""
    for target in targets:
        pairs = list(zip(target.rounds, reference.rounds, strict=True))
        emit(
            f"{target.name}.rps",
            statistics.median(mine.per_second for mine, _ in pairs),
            "requests/s",
            statistics.median(mine.per_second / ref.per_second for mine, ref in pairs),
        )
        emit(
            f"{target.name}.p95",
            statistics.median(mine.p95_ms for mine, _ in pairs),
            "ms",
            statistics.median(mine.p95_ms / ref.p95_ms for mine, ref in pairs),
        )
        emit(
            f"{target.name}.cpu",
            statistics.median(mine.cpu_ms for mine, _ in pairs),
            "ms CPU/request",
            statistics.median(mine.cpu_ms / ref.cpu_ms for mine, ref in pairs),
        )
        failures = sum(mine.failures for mine, _ in pairs)
        if failures:
            emit(f"{target.name}.failures", failures, "requests")


if __name__ == "__main__":
    sys.exit(main())
