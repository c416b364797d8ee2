"""What tests of the texts may ask for."""

from pathlib import Path

import pytest

from tests.content.files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A small library of files in which everything is in order; nothing is loaded."""
    return Files(tmp_path / "portal").whole()


@pytest.fixture
def loaded(db: None, files: Files) -> Files:
    """The small library, loaded."""
    files.load()
    return files
