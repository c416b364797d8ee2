"""How well searches are answered: `python -m bench.relevance`. One JSON object a line.

The judged searches of the tests are asked of the portal's own search, with each engine, and of
Wagtail's stock search over the same pages in the same database. The stock search is given what
readers see: title, summary, for whom and text of every page; and once more with the editors' search
keywords as well. Its own way is to ask for all words; with any word it is asked too, since a
question in a sentence finds nothing else.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from bench.__main__ import ROOT, database
from tests.services import elasticsearch, postgres

JUDGED = ROOT / "tests" / "search" / "judged"
FILES = ("queries-dev.tsv", "own.tsv")
DEPTH = 50
PREFIX = "bench-relevance"
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "PORTAL_SECRET_KEY": "bench-" * 12,
    "PORTAL_HOSTS": "127.0.0.1",
    "PORTAL_DEMO": "1",
    "PORTAL_WORKER": "false",
}


def main() -> int:
    """Fill a database of each kind and measure in it; a process each, as settings are read once."""
    with ExitStack() as held:
        server = held.enter_context(postgres.server())
        elastic = held.enter_context(elasticsearch.server())
        folder = held.enter_context(tempfile.TemporaryDirectory())
        sqlite = {"PORTAL_DATABASE_URL": f"sqlite:///{folder}/relevance.db"}
        on_postgres = {
            "PORTAL_DATABASE_URL": held.enter_context(database(server, "bench_relevance")),
            "PORTAL_ELASTICSEARCH_URL": f"{elastic}?index={PREFIX}",
        }
        for variables in (sqlite, on_postgres):
            subprocess.run(
                [sys.executable, "-m", "bench.relevance", "measure"],
                cwd=ROOT,
                env={**os.environ, "PORTAL_ELASTICSEARCH_URL": "", **SETTINGS, **variables},
                check=True,
            )
    return 0


def measure() -> None:
    """Load the library, then ask everybody."""
    import django

    django.setup()

    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from search import mirror
    from search.management.commands.evaluate_search import found_paths
    from search.models import SearchPassage

    mirror.SEARCH_WITHIN = 30.0  # type: ignore[misc]  # a busy machine is no part of this
    with Path(os.devnull).open("w") as nowhere:
        for command in ("migrate", "load_content", "rebuild_search"):
            call_command(command, verbosity=0, stdout=nowhere)
    paths = set(SearchPassage.objects.values_list("path", flat=True))
    print(json.dumps({"pages": len(paths), "passages": SearchPassage.objects.count()}))
    ask: dict[str, Callable[[str], list[str]]] = {
        f"portal, {connection.vendor}": partial(found_paths, engine="embedded")
    }
    if settings.ELASTICSEARCH:
        ask["portal, elasticsearch"] = partial(found_paths, engine="elasticsearch")
    for name, search in ask.items():
        report(name, search, paths)
    fields = ["summary", "who", "body"]
    for what in ("texts", "texts and keywords"):
        give_stock_search(fields)
        with Path(os.devnull).open("w") as nowhere:
            call_command("rebuild_modelsearch_index", verbosity=0, stdout=nowhere)
        for operator in ("and", "or"):
            name = f"stock, {connection.vendor}, {what}, {operator}"
            report(name, partial(stock_paths, operator=operator), paths)
        fields = [*fields, "keywords"]
    if settings.ELASTICSEARCH:
        mirror.ask(_delete_indexes, within=30)


def _delete_indexes(client: Any) -> None:
    if names := list(client.indices.get(index=f"{PREFIX}_*")):
        client.indices.delete(index=names)


def give_stock_search(fields: Iterable[str]) -> None:
    """Make fields of a text searchable for Wagtail, as a site that used its search would."""
    from wagtail.models import Page
    from wagtail.search import index

    from content.models.pages import TextPage

    TextPage.search_fields = [
        *Page.search_fields,
        *(index.SearchField(name) for name in fields),
    ]


def stock_paths(query: str, *, operator: str) -> list[str]:
    """Return the paths of what Wagtail's own search finds, best first."""
    from wagtail.models import Page

    from search import extraction

    root = extraction.site_root()
    assert root is not None
    pages = Page.objects.descendant_of(root).live()  # all it can filter by; here all are open
    found = pages.search(query, operator=operator)[:DEPTH]
    return [extraction.path_of(page, root) for page in found]


def report(name: str, search: Callable[[str], list[str]], paths: Iterable[str]) -> None:
    """Print the figures of one search over each file."""
    from search.evaluation import answerable, evaluate, load_judged

    for file in FILES:
        figures: dict[str, Any] = asdict(
            evaluate(answerable(load_judged(Path(JUDGED / file)), paths), search)
        )
        rounded = {key: round(value, 3) for key, value in figures.items()}
        print(json.dumps({"search": name, "judged": file, **rounded}), flush=True)


if __name__ == "__main__":
    sys.exit(measure() if sys.argv[1:] == ["measure"] else main())
