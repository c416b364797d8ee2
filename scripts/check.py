"""`make check`: style, types, architecture, templates, migrations, deployment.

Every check is run whatever the others say; all that failed is shown, and any of it fails the run.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
PACKAGES = ["portal", "content", "training", "search"]
MANAGE = [sys.executable, "-W", "error::DeprecationWarning:portal", "manage.py"]
PRODUCTION = {
    "PORTAL_HOSTS": "portal.example",
    "PORTAL_DATABASE_URL": "postgresql://portal:secret@db.example:5432/portal",
    "PORTAL_EMAIL_URL": "smtp://mail.example:587",
    "PORTAL_DEMO": "false",
}


@dataclass(frozen=True)
class Check:
    """A command that must end with 0."""

    name: str
    command: list[str]
    variables: dict[str, str] = field(default_factory=dict)


def program(name: str, *arguments: str) -> list[str]:
    """Return the command of a program of this environment."""
    return [str(PROGRAMS / name), *arguments]


CHECKS = [
    Check("mypy", program("mypy", *PACKAGES, "scripts", "manage.py")),
    Check("ruff check", program("ruff", "check", "--output-format=concise", ".")),
    Check("ruff format", program("ruff", "format", "--check", "--output-format=concise", ".")),
    Check("import-linter", program("lint-imports")),
    Check("djlint format", program("djlint", "--check", *PACKAGES)),
    Check("djlint lint", program("djlint", "--lint", *PACKAGES)),
    Check("makemigrations --check", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    Check("check --deploy", [*MANAGE, "check", "--deploy", "--fail-level=WARNING"], PRODUCTION),
    Check("sh", ["sh", "-n", "scripts/find-python", "scripts/venv", "scripts/lock"]),
]


def main() -> int:
    """Run the checks, two at a time; return 1 when any failed."""
    with tempfile.TemporaryDirectory() as folder:
        base = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        # Nothing here is secret, and local.env adds nothing to what is set.
        base |= {
            "PORTAL_SECRET_KEY": secrets.token_urlsafe(48),
            "PORTAL_HOSTS": "127.0.0.1",
            "PORTAL_DEMO": "false",
            "PORTAL_DATABASE_URL": f"sqlite:///{folder}/check.db",
        }
        failed = []
        with ThreadPoolExecutor(2) as pool:
            for check, (code, output, seconds) in zip(
                CHECKS, pool.map(lambda check: run(check, base), CHECKS), strict=True
            ):
                print(f"{'ok    ' if code == 0 else 'FAILED'} {check.name} ({seconds:.1f} s)")
                if code:
                    failed.append(check.name)
                    print(output, flush=True)
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def run(check: Check, base: dict[str, str]) -> tuple[int, str, float]:
    """Run one check; return its exit code, its output and how long it took."""
    begun = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=base | check.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
