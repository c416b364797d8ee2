"""Search as the views use it: words in, pages out."""

import html
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from wagtail.models import Locale, Page, Site

from content.models.pages import Kind
from search.plan import clean

MAX_SUGGESTIONS = 8


@dataclass(frozen=True, slots=True)
class Result:
    """A page that was found, and the part of it that answers best."""

    path: str
    kind: str
    title: str
    title_html: str
    url: str
    heading: str
    snippet: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gave. `total` and `counts` are numbers of pages."""

    query: str
    corrected: str | None = None
    total: int = 0
    engine: str = "embedded"
    results: tuple[Result, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a person may be about to write, and where it leads."""

    text: str
    url: str


def search(
    query: str, *, kind: str = "", operation: str = "", limit: int = 10, offset: int = 0
) -> Answer:
    """Find the published pages whose title holds the query."""
    query = clean(query)
    if not query:
        return Answer(query)
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    found = (
        Page.objects.descendant_of(root)
        .live()
        .public()
        .filter(locale=Locale.get_default(), title__icontains=query)
        .specific(defer=True)
    )
    results = []
    for page in found:
        model = page.specific_class
        page_kind = str(getattr(model, "kind", None) or Kind.PROGRAMME)
        title = html.escape(page.title)
        path = page.url_path.removeprefix(root.url_path).strip("/")
        results.append(Result(path, page_kind, page.title, title, f"/{path}/", "", "", 1.0))
    counts = Counter(result.kind for result in results)
    wanted = [result for result in results if not kind or result.kind == kind]
    return Answer(
        query,
        total=len(wanted),
        results=tuple(wanted[offset : offset + limit]),
        counts=counts,
    )


def suggest(query: str, *, limit: int = MAX_SUGGESTIONS) -> list[Suggestion]:
    """Suggest the pages whose title holds what was written so far."""
    return [Suggestion(found.title, found.url) for found in search(query, limit=limit).results]
