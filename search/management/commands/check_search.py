"""`manage.py check_search`: is everything indexed that should be, and nothing else?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import indexing, mirror


class Command(BaseCommand):
    """Compare the search index with the pages. Exit code 1 when they differ."""

    help = "Jämför sökindexet med de publicerade sidorna. Ändrar ingenting."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what differs, by address."""
        drift = indexing.find_drift()
        lines = [
            f"{what}: {url}"
            for what, urls in (
                ("Saknas i indexet", drift.missing),
                ("Ska inte finnas i indexet", drift.extra),
                ("Har ändrats", drift.different),
                ("Fel i sökmotorns tabell", drift.engine),
            )
            for url in urls
        ]
        if mirror.is_used():
            lines += _lines_of_mirror()
        if lines:
            raise CommandError(
                "\n".join([*lines, f"{len(lines)} fel. Kör manage.py rebuild_search."])
            )
        if options["verbosity"]:
            self.stdout.write("Sökindexet stämmer med sidorna.")


def _lines_of_mirror() -> list[str]:
    """Say what differs in Elasticsearch; that it cannot be told is a fault too."""
    try:
        return [f"Fel i Elasticsearch: {url}" for url in indexing.find_drift_of_mirror()]
    except mirror.Unavailable as fault:
        return [f"Elasticsearch kunde inte jämföras: {fault.kind}"]
