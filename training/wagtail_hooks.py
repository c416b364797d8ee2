"""Modules in the editor: evidence is never deleted, and a copy is a module of its own."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from training.models import Module, ModulePage, Requirement, Track


class RequirementViewSet(SnippetViewSet):
    """Requirements."""

    model = Requirement
    icon = "tasks"
    list_display = ["title", "module", "track", "starts_date", "ends_date"]


class TrackViewSet(SnippetViewSet):
    """Tracks."""

    model = Track
    icon = "list-ol"


class TrainingGroup(SnippetViewSetGroup):
    """What concerns training."""

    menu_label = "Utbildning"
    menu_icon = "tasks"
    items = (RequirementViewSet, TrackViewSet)


register_snippet(TrainingGroup)


def _modules_below(page: Page) -> list[ModulePage]:
    return list(
        ModulePage.objects.descendant_of(page, inclusive=True).filter(
            translation_key__in=Module.objects.filter(versions__isnull=False).values("key")
        )
    )


@hooks.register("before_delete_page")
def keep_modules_with_evidence(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse to delete a module that has been published: unpublishing retires it."""
    kept = _modules_below(page)
    if not kept:
        return None
    names = ", ".join(module.title for module in kept)
    messages.error(
        request,
        f"{names} har publicerats, och det som medarbetare har genomfört hör till modulen. "
        "Avpublicera den i stället. Då försvinner den för läsare, men genomförandena finns kvar.",
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def keep_modules_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Refuse a bulk delete that holds such a module."""
    if action_type != "delete":
        return None
    for page in objects:
        if isinstance(page, Page):
            refused = keep_modules_with_evidence(request, page)
            if refused:
                return redirect("wagtailadmin_explore_root")
    return None


@hooks.register("after_copy_page")
def renew_block_ids(request: HttpRequest, page: Page, new_page: Page) -> None:
    """Give a copied module block ids of its own: evidence hangs on them (DESIGN 6, rule 3).

    An alias has its source's blocks and no revisions, so it is left as it is.
    """
    copies = ModulePage.objects.descendant_of(new_page, inclusive=True).filter(alias_of=None)
    for copied in copies:
        draft = copied.get_latest_revision_as_object()
        for name in ("lessons", "questions"):
            raw = [
                _renewed(block, copied.translation_key)
                for block in getattr(draft, name).get_prep_value()
            ]
            setattr(draft, name, draft._meta.get_field(name).stream_block.to_python(raw))
        revision = draft.save_revision(user=request.user, changed=False, clean=False)
        if copied.live:
            revision.publish(user=request.user, changed=False)


def _renewed(value: Any, key: uuid.UUID) -> Any:
    """Return *value* with every block id replaced by one that belongs to the module *key*."""
    if isinstance(value, dict):
        return {
            name: str(uuid.uuid5(key, str(item)))
            if name == "id" and "type" in value
            else _renewed(item, key)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_renewed(item, key) for item in value]
    return value
