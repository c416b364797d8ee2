"""What happens in training when something is published."""

from typing import Any

from wagtail.models import Page, Revision

from training import actions
from training.models import ModulePage


def freeze_published_module(
    sender: type[Page], instance: Page, revision: Revision | None = None, **kwargs: Any
) -> None:
    """Freeze a version of a module that has just been published.

    Wagtail says "published" of a page that is to be published later too; that one waits.
    """
    if isinstance(instance, ModulePage) and instance.live:
        actions.freeze(page=instance, revision=revision, at=instance.last_published_at)
