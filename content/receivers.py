"""When what readers see has changed, a new generation begins (portal.generation)."""

from collections.abc import Collection

from django.apps import apps
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_unpublished, post_page_move

from content.models import Remark
from portal import generation
from portal.organisation.models import Operation

# Loading's own notes, and what units write for themselves: no kept page shows any of it.
SHOWN_TO_NO_STRANGER = {"LibraryRecord", "UnitRoutine", "RoutineVersion"}


def connect() -> None:
    """Listen to publishing, moving and deleting, and to every register that texts show.

    Saving a draft is not listened to: it changes nothing that a reader sees.
    """
    for signal in (page_published, page_unpublished, post_page_move):
        signal.connect(generation.advance, dispatch_uid="content.generation")
    shown = [
        model
        for model in apps.get_app_config("content").get_models()
        if not issubclass(model, Page) and model.__name__ not in SHOWN_TO_NO_STRANGER
    ]
    for model in [*shown, Site, Locale, PageViewRestriction, Operation]:
        for changed in (post_save, post_delete):
            changed.connect(
                _changed,
                sender=model,
                dispatch_uid=f"content.generation.{model.__name__}",
            )
    for through in (PageViewRestriction.groups.through, Remark.boards.through):
        m2m_changed.connect(
            generation.advance,
            sender=through,
            dispatch_uid=f"content.generation.{through.__name__}",
        )
    post_delete.connect(_page_deleted, dispatch_uid="content.generation.deleted")


# What Wagtail writes on a row when a draft of it is saved. Readers see none of it.
OF_DRAFTS = frozenset({"latest_revision", "has_unpublished_changes", "draft_title"})


def _changed(update_fields: Collection[str] | None = None, **kwargs: object) -> None:
    if not update_fields or not OF_DRAFTS.issuperset(update_fields):
        generation.advance()


def _page_deleted(sender: type, **kwargs: object) -> None:
    if issubclass(sender, Page):
        generation.advance()
