"""`make test`: everything, on both databases, with the real servers.

All tests but the browser's on PostgreSQL, and every test on SQLite, side by side: each is one
process, and two cores are what a small machine has. The SQLite run is shown as it goes, the other
after it. What the tests need is found or installed before, and a missing piece ends the run. The
last line is pytest's own: the failing run's, or else the full run's.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from tests.services import Missing, axe, chromium, elasticsearch, postgres

ROOT = Path(__file__).resolve().parent.parent
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# "== 12 passed in 3.4s ==": pytest's closing line.
_CLOSING = re.compile(r"^=* ?(\d+ \w+|no tests ran).* in [\d.]+s.*$")


def main() -> int:
    """Provide, run twice, sum up. Returns 1 when anything failed."""
    arguments = sys.argv[1:]
    try:
        with servers() as addresses:
            given = {**addresses, "PORTAL_TEST_DATABASE": "postgresql"}
            with ThreadPoolExecutor(1) as beside, tempfile.TemporaryFile() as output:
                other = beside.submit(
                    run, "PostgreSQL", ["-m", "not browser and not once", *arguments], given, output
                )
                print("SQLite and browser; PostgreSQL runs beside it", flush=True)
                sqlite = {
                    elasticsearch.GIVEN: addresses[elasticsearch.GIVEN],
                    "PORTAL_TEST_DATABASE": "sqlite",
                }
                shown = run("SQLite and browser", arguments, sqlite, sys.stdout.buffer)
                print("\nPostgreSQL", flush=True)
                runs = [other.result(), shown]
                output.seek(0)
                shutil.copyfileobj(output, sys.stdout.buffer)
                sys.stdout.buffer.flush()
    except Missing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print("\nSummary")
    for name, code, closing, seconds in runs:
        print(f"  {name}: {'passed' if code == 0 else 'FAILED'} ({seconds:.0f} s)  {closing}")
    failed = [each for each in runs if each[1] != 0]
    print((failed or runs)[-1][2], flush=True)
    return 1 if failed else 0


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Provide what the tests need; yield the servers' addresses as the tests' variables.

    Elasticsearch takes longest, and starts while the rest is found or installed.
    """
    with ExitStack() as running, ThreadPoolExecutor(1) as beside:
        elastic = beside.submit(running.enter_context, elasticsearch.server())
        try:
            chromium.provision()
            axe.provision()
            address = running.enter_context(postgres.server())
        finally:
            # Also when something else is missing, so that it is stopped.
            elastic.exception()
        yield {elasticsearch.GIVEN: elastic.result(), postgres.GIVEN: address}


def run(
    name: str, arguments: list[str], variables: dict[str, str], target: IO[bytes]
) -> tuple[str, int, str, float]:
    """Run pytest and pass its output to *target*; return name, exit code, last line and seconds."""
    begun = time.monotonic()
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *colour, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=writer,
    )
    os.close(writer)
    tail = b""
    # Read as it comes, so that the progress is seen.
    while part := os.read(reader, 65536):
        target.write(part)
        target.flush()
        tail = (tail + part)[-65536:]
    os.close(reader)
    code = process.wait()
    lines = _COLOUR.sub("", tail.decode(errors="replace")).splitlines()
    closing = next((line for line in reversed(lines) if _CLOSING.match(line)), "")
    return (
        name,
        code,
        closing or f"pytest ended with {code} and no closing line",
        (time.monotonic() - begun),
    )


if __name__ == "__main__":
    sys.exit(main())
