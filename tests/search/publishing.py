"""Small page trees to search in, published the way an editor publishes."""

from datetime import date
from typing import Any

from wagtail.models import Page, Site

from content.models import GuidancePage
from content.models.pages import TextPage

A_DAY = date(2026, 1, 7)


def root() -> Page:
    """The page that the site's addresses begin at."""
    return Site.objects.get(is_default_site=True).root_page


def heading(text: str) -> dict[str, Any]:
    return {"type": "heading", "value": {"text": text, "level": "2"}}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "value": {"text": f"<p>{words}</p>", "sources": []}}


def page(
    title: str,
    *blocks: dict[str, Any],
    model: type[TextPage] = GuidancePage,
    parent: Page | None = None,
    live: bool = True,
    **fields: Any,
) -> Any:
    """Make a page below *parent*, or below the root; published unless *live* is false."""
    values = {
        "summary": "Det här står överst.",
        "written_date": A_DAY,
        "review_due_date": A_DAY,
        "body": list(blocks),
    }
    parent = Page.objects.get(pk=(parent or root()).pk)
    made = parent.add_child(instance=model(title=title, live=False, **(values | fields)))
    revision = made.save_revision()
    if live:
        revision.publish()
    return model.objects.get(pk=made.pk)
