"""`manage.py evaluate_search TSV`: how well the judged searches in a file are answered."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import mirror, service
from search.evaluation import JudgmentError, evaluate, load_judged

DEPTH = 50


class Command(BaseCommand):
    """Measure the search against judged searches and print one JSON object."""

    help = "Mäter sökningen mot bedömda sökningar och skriver ett JSON-objekt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and the engine."""
        parser.add_argument("tsv", type=Path, metavar="TSV")
        parser.add_argument("--engine", choices=["embedded", "elasticsearch"], default="embedded")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every search of the file and print the figures."""
        try:
            judged = load_judged(options["tsv"])
        except (JudgmentError, OSError, UnicodeDecodeError) as fault:
            raise CommandError(f"Filen går inte att läsa: {fault}") from fault
        try:
            figures = evaluate(judged, partial(found_paths, engine=options["engine"]))
        except mirror.Unavailable as fault:
            raise CommandError(
                f"Elasticsearch svarar inte ({fault.kind}); kontrollera PORTAL_ELASTICSEARCH_URL "
                "och kör manage.py rebuild_search, eller mät med --engine embedded."
            ) from None
        self.stdout.write(json.dumps(asdict(figures) | {"engine": options["engine"]}))


def found_paths(query: str, *, engine: service.EngineName | None = None) -> list[str]:
    """Return the paths of what is found, best first."""
    return [result.path for result in service.search(query, limit=DEPTH, engine=engine).results]
