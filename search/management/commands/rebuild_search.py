"""`manage.py rebuild_search`: the whole search index anew, while the portal goes on searching."""

from typing import Any

from django.core.management.base import BaseCommand

from search import indexing


class Command(BaseCommand):
    """Rebuild the search index."""

    help = "Gör om hela sökindexet. Portalen går att söka i under tiden."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say how much there is."""
        counts = indexing.rebuild()
        if options["verbosity"]:
            self.stdout.write(
                f"{counts.pages} sidor och {counts.passages} stycken i sökindexet, "
                f"{counts.changed} ändrade."
            )
