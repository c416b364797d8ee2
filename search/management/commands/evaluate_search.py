"""`manage.py evaluate_search TSV`: how well the judged searches in a file are answered."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import service
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
        if options["engine"] == "elasticsearch":
            raise CommandError(
                "Elasticsearch är inte inkopplat i den här portalen än. Mät med --engine embedded."
            )
        try:
            judged = load_judged(options["tsv"])
        except (JudgmentError, OSError, UnicodeDecodeError) as fault:
            raise CommandError(f"Filen går inte att läsa: {fault}") from fault
        figures = evaluate(judged, found_paths)
        self.stdout.write(json.dumps(asdict(figures) | {"engine": options["engine"]}))


def found_paths(query: str) -> list[str]:
    """Return the paths of what is found, best first."""
    return [result.path for result in service.search(query, limit=DEPTH).results]
