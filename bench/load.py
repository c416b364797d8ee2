"""A load of requests from one process, cheap for the client: the server is what is timed."""

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

Request = Callable[[int], bytes]


@dataclass
class Round:
    """What one round gave."""

    seconds: float = 0
    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    cpu_seconds: float = 0

    @property
    def per_second(self) -> float:
        """Answered requests a second."""
        return len(self.latencies) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Processor time of the server's workers for each request, in milliseconds."""
        return 1000 * self.cpu_seconds / max(len(self.latencies), 1)

    @property
    def p95_ms(self) -> float:
        """The time that 95 of 100 requests stay within, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[int(0.95 * (len(ordered) - 1))] if ordered else 0


def get(path: str, cookie: str = "", **headers: str) -> Request:
    """Return what sends a GET for *path*."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    data = ("\r\n".join(lines) + "\r\n\r\n").encode()
    return lambda number: data


def run(port: int, request: Request, *, clients: int, seconds: float, expect: int = 200) -> Round:
    """Send *request* from *clients* connections for *seconds*; every answer must be *expect*."""
    result, lock = Round(), threading.Lock()
    stop_at = time.perf_counter() + seconds

    def client(first: int) -> None:
        mine: list[float] = []
        failed = 0
        number = first
        with socket.create_connection(("127.0.0.1", port)) as connection:
            stream = connection.makefile("rb")
            while time.perf_counter() < stop_at:
                begun = time.perf_counter()
                connection.sendall(request(number))
                status = _read(stream)
                mine.append(time.perf_counter() - begun)
                failed += status != expect
                number += clients
        with lock:
            result.latencies += mine
            result.failures += failed

    begun = time.perf_counter()
    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - begun
    return result


def _read(stream: socket.SocketIO) -> int:
    """Read one answer to its end and return its status."""
    status = int(stream.readline().split(b" ", 2)[1])
    length = 0
    while (line := stream.readline()) not in {b"\r\n", b""}:
        if line[:15].lower() == b"content-length:":
            length = int(line[15:])
    remaining = length
    while remaining:
        remaining -= len(stream.read(min(remaining, 65536)))
    return status


def cpu_seconds(pids: list[int]) -> float:
    """Return the processor time that the processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_megabytes(pids: list[int]) -> float:
    """Return the memory of the processes, shared pages split between those that share them."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def children(pid: int) -> list[int]:
    """Return the processes that *pid* has started."""
    tasks = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(task) for task in tasks]
