"""scripts/find-python: a Python that really runs the portal, or one Swedish sentence."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.once
SCRIPT = Path(settings.BASE_DIR) / "scripts" / "find-python"
REAL = sys._base_executable  # type: ignore[attr-defined]


def program(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def working(path: Path) -> Path:
    """A Python under another name, which notes that it was asked."""
    return program(path, f'echo asked >>"{path}.log"; exec "{REAL}" "$@"')


@pytest.fixture
def find(tmp_path):
    """Return a function that runs the script where only what the test has made can be found."""
    (tmp_path / "bin").mkdir()

    def find(**variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SCRIPT],
            env={"PATH": str(tmp_path / "bin"), **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    return find


def test_passes_by_a_shim_that_fails_and_one_that_is_too_old(find, tmp_path):
    program(tmp_path / "bin" / "python3.13", "echo 'command not found' >&2; exit 127")
    program(tmp_path / "bin" / "python3.12", "exit 1")
    working(tmp_path / "bin" / "python3")

    found = find()

    assert found.returncode == 0
    assert Path(found.stdout.strip()).samefile(REAL)
    assert found.stderr == ""


def test_takes_the_newest_name_first(find, tmp_path):
    newest = working(tmp_path / "bin" / "python3.13")
    other = working(tmp_path / "bin" / "python3")

    find()

    assert newest.with_name("python3.13.log").exists()
    assert not other.with_name("python3.log").exists()


def test_takes_the_one_it_is_told_to_before_any_other(find, tmp_path):
    chosen = working(tmp_path / "elsewhere" / "min-python")
    other = working(tmp_path / "bin" / "python3.13")

    assert find(PYTHON=str(chosen)).returncode == 0

    assert chosen.with_name("min-python.log").exists()
    assert not other.with_name("python3.13.log").exists()


def test_looks_among_pyenv_s_versions_when_its_shims_fail(find, tmp_path):
    root = tmp_path / "pyenv"
    program(tmp_path / "bin" / "pyenv", f'echo "{root}"')
    program(tmp_path / "bin" / "python3.13", "exit 127")
    working(root / "versions" / "3.12.1" / "bin" / "python3")
    program(root / "versions" / "3.11.7" / "bin" / "python3", "exit 1")

    assert find().returncode == 0


def test_without_one_it_ends_with_one_sentence_that_says_what_to_install(find, tmp_path):
    program(tmp_path / "bin" / "python3", "exit 1")

    found = find()

    assert found.returncode == 1
    assert found.stdout == ""
    assert len(found.stderr.strip().splitlines()) == 1
    assert "installera Python 3.13" in found.stderr
