"""Words that people search for in vain, added to the page that answers them."""

from django.db import transaction
from wagtail.models import Page

from portal.organisation.models import User
from search import unanswered
from search.models import SearchPassage


class NotAddable(Exception):
    """The words cannot be added here. The message says why, and what to do instead."""


@transaction.atomic
def add(*, words: str, digest: str, path: str, by: User) -> Page:
    """Publish the page at *path* with the words among its keywords, and forget the search.

    A draft is left alone: publishing it would show what somebody is still writing.
    """
    found = SearchPassage.objects.filter(path=path, order=0, page__live=True).first()
    page = Page.objects.get(pk=found.page_id).specific if found else None
    if page is None or not hasattr(page, "keywords") or page._meta.app_label != "content":
        raise NotAddable(
            "Sidan tar inte emot sökord härifrån. Öppna den i redigeringen och lägg till dem där."
        )
    rights = page.permissions_for_user(by)
    if not (rights.can_edit() and rights.can_publish()) or rights.page_locked():
        raise NotAddable("Du får inte publicera sidan. Den kan vara låst för granskning.")
    if page.has_unpublished_changes:
        raise NotAddable(
            "Sidan har ett utkast. Lägg till sökorden i utkastet, så kommer de med när det "
            "publiceras."
        )
    lines = [line for line in page.keywords.splitlines() if line.strip()]
    if words not in lines:
        page.keywords = "\n".join([*lines, words])
        page.save_revision(user=by, log_action=True).publish(user=by)
    unanswered.forget(digest)
    return page
