"""axe-core, the accessibility rules that browser tests run.

The newest release comes from npm, locked by tests/browser/package-lock.json, and is kept in var/.
Where npm cannot be used, the release inside axe-playwright-python stands in, and that is said.
"""

import json
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import files
from pathlib import Path

from tests.services import Missing

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "tests" / "browser" / "package-lock.json"
KEPT = ROOT / "var" / "browser"
SCRIPT = KEPT / "node_modules" / "axe-core" / "axe.min.js"


def provision() -> None:
    """Fetch the locked axe-core unless it is here."""
    script()


@cache
def script() -> str:
    """Return the source of axe-core."""
    if not _is_current() and (npm := shutil.which("npm")):
        KEPT.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCK.with_name(name), KEPT / name)
        fetched = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=KEPT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if fetched.returncode:
            sys.stderr.write(f"npm ci failed:\n{fetched.stderr}\n")
    if _is_current():
        return SCRIPT.read_text(encoding="utf-8")
    return _bundled()


def _is_current() -> bool:
    """Return whether the release that the lock file names is here."""
    wanted = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]["node_modules/axe-core"]
    note = SCRIPT.with_name("package.json")
    if not (note.exists() and SCRIPT.exists()):
        return False
    return bool(json.loads(note.read_text(encoding="utf-8"))["version"] == wanted["version"])


def _bundled() -> str:
    for file in files("axe-playwright-python") or []:
        if file.name == "axe.min.js":
            sys.stderr.write("axe-core from npm is missing: using axe-playwright-python's older.\n")
            return str(Path(str(file.locate())).read_text(encoding="utf-8"))
    raise Missing("axe-core is missing: install npm, or axe-playwright-python.")
