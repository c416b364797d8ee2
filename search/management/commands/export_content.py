"""`manage.py export_content DIR`: texts, modules and the search's words, from portal to files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from content.exporting import export_library
from search.loading import export_vocabulary
from training.loading import export_modules


class Command(BaseCommand):
    """Writes the files that load_content reads."""

    help = "Skriver texter, moduler och sökningens ord till filer som load_content kan läsa."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder to write to."""
        parser.add_argument("folder", metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files. Raises CommandError when the folder holds something already."""
        root = Path(options["folder"])
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise CommandError(f"{root} är inte en tom mapp; välj en ny.")
        written = export_library(root / "content" / "library")
        written += export_modules(root / "training" / "library")
        written += export_vocabulary(root / "search" / "library")
        self.stdout.write(f"{written} filer skrivna till {root}.")
