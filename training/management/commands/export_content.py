"""`manage.py export_content DIR`: the texts and modules from the portal to files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from content.exporting import export_library
from training.loading import export_modules


class Command(BaseCommand):
    """Writes the files that load_content reads."""

    help = "Skriver texter och moduler till filer som load_content kan läsa."

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
        self.stdout.write(f"{written} filer skrivna till {root}.")
