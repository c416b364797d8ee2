"""Faults in the text files, each with file, line and what to do."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Fault:
    """One fault. `line` counts from 1; 0 means the whole file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}, rad {self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class FaultyFiles(Exception):
    """Files that cannot be loaded. Nothing was changed."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Faults:
    """Collects faults, so that a reader learns of all of them at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: list[Fault] = []

    def add(self, file: Path, line: int, message: str) -> None:
        """Note a fault in *file*, named by its path below the root."""
        name = file.relative_to(self.root) if file.is_relative_to(self.root) else file
        self.found.append(Fault(str(name), line, message))

    def raise_if_any(self) -> None:
        """Raise FaultyFiles when there are faults."""
        if self.found:
            raise FaultyFiles(self.found)
