"""`manage.py load_content`: texts, modules and the search's words, from files into the portal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from content.faults import Faults, FaultyFiles
from content.loading import Library, PageFile, check_references, load, read_library
from content.text_checks import Known, check_texts, measures, table
from search.loading import load_vocabulary, read_vocabulary
from training.loading import read_modules


class Command(BaseCommand):
    """Loads everything or nothing; an editor's change is never overwritten."""

    help = (
        "Läser in texter, moduler och sökningens ord från filerna. Ändrar aldrig det en redaktör "
        "har ändrat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--check` and `--from`."""
        parser.add_argument(
            "--check", action="store_true", help="Kontrollera bara filerna och mät texterna."
        )
        parser.add_argument(
            "--from", dest="folder", help="Läs från en mapp som export_content har skrivit."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check and load. Raises CommandError with every fault."""
        root = Path(options["folder"]) if options["folder"] else Path(settings.BASE_DIR)
        if not root.is_dir():
            raise CommandError(f"Mappen {root} finns inte; ange en som export_content har skrivit.")
        if not (root / "content" / "library").is_dir():
            raise CommandError(f"I mappen {root} saknas content/library; ange en annan mapp.")
        faults = Faults(root)
        library = read_library(root / "content" / "library", faults)
        pages = [*library.pages, *read_modules(root / "training" / "library", faults)]
        check_references([library], pages, faults)
        words = read_vocabulary(root / "search" / "library", faults)
        if options["check"]:
            self.check_only(library, pages, faults)
            return
        try:
            faults.raise_if_any()
            with transaction.atomic():
                reports = [load_vocabulary(words), load([library], pages, faults)]
        except FaultyFiles as error:
            raise CommandError(
                f"{error}\n{len(error.faults)} fel. Ingenting har ändrats."
            ) from error
        self.stdout.write(
            f"{sum(report.created for report in reports)} nya, "
            f"{sum(report.updated for report in reports)} ändrade, "
            f"{sum(report.unchanged for report in reports)} oförändrade."
        )
        for key in [key for report in reports for key in report.kept]:
            self.stdout.write(f"Lämnad orörd, ändrad i portalen: {key}")

    def check_only(self, library: Library, pages: list[PageFile], faults: Faults) -> None:
        """Tell every fault, then how hard and long each text is. Raises CommandError for faults."""
        if not faults.found:
            # A page that cannot be read would look like one that every other page misses.
            known = Known.of_portal() | Known.of_files([library], pages)
            check_texts([library], pages, known, faults, today=timezone.localdate())
        found = sorted(set(faults.found))
        for fault in found:
            self.stderr.write(str(fault))
        self.stdout.write(table(measures(pages)))
        # Before the closing line, also where both go to one log.
        self.stdout.flush()
        if found:
            raise CommandError(f"{len(found)} fel. Ingenting har ändrats.")
        self.stdout.write(f"{len(pages)} sidor lästa, inga fel.")
