"""`manage.py rebuild_search`: the whole search index anew, while the portal goes on searching."""

from typing import Any

from django.core.management.base import BaseCommand

from search import indexing, mirror


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
        if mirror.is_used():
            self._rebuild_mirror(verbosity=options["verbosity"])

    def _rebuild_mirror(self, *, verbosity: int) -> None:
        """Make the copy too. One that cannot be made now is made by the timer, and no fault."""
        try:
            count = mirror.rebuild()
        except mirror.Unavailable as fault:
            self.stderr.write(
                f"Elasticsearch fick ingen kopia ({fault.kind}). Sökningen svarar ur databasen, "
                "och timern försöker igen varje minut."
            )
            return
        if verbosity:
            self.stdout.write(f"{count} stycken i Elasticsearch.")
