"""When what readers see has changed, a new generation begins (portal.generation)."""

from django.apps import apps
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_unpublished, post_page_move

from portal import generation
from portal.organisation.models import Operation


def connect() -> None:
    """Listen to publishing, moving and deleting, and to every register that texts show.

    Saving a draft is not listened to: it changes nothing that a reader sees.
    """
    for signal in (page_published, page_unpublished, post_page_move):
        signal.connect(generation.advance, dispatch_uid="content.generation")
    shown = [
        model
        for model in apps.get_app_config("content").get_models()
        if not issubclass(model, Page) and model.__name__ != "LibraryRecord"
    ]
    for model in [*shown, Site, Locale, PageViewRestriction, Operation]:
        for changed in (post_save, post_delete):
            changed.connect(
                generation.advance,
                sender=model,
                dispatch_uid=f"content.generation.{model.__name__}",
            )
    m2m_changed.connect(
        generation.advance,
        sender=PageViewRestriction.groups.through,
        dispatch_uid="content.generation.groups",
    )
    post_delete.connect(_page_deleted, dispatch_uid="content.generation.deleted")


def _page_deleted(sender: type, **kwargs: object) -> None:
    if issubclass(sender, Page):
        generation.advance()
