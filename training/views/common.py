"""What several views of training need."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils import timezone, translation
from django.utils.formats import time_format
from wagtail.models import Locale

from portal import generation
from training.models import ModulePage, ModuleVersion
from training.models.overview import current_version


@dataclass(frozen=True)
class PublishedModule:
    """A module as its readers find it: the frozen version, its address and the way there."""

    version: ModuleVersion
    title: str
    url: str
    breadcrumb: tuple[dict[str, str], ...]


_modules = generation.Memory(200)


def published_module(slug: str) -> PublishedModule:
    """Return the published module with that slug. Raises Http404."""
    language = (translation.get_language() or "sv").split("-")[0]

    def find() -> PublishedModule:
        locale = Locale.objects.filter(language_code=language).first()
        page = ModulePage.objects.live().public().filter(slug=slug, locale=locale).first()
        version = page and current_version(page.translation_key, language)
        if page is None or version is None:
            raise Http404("Modulen finns inte")
        way = (*page.breadcrumb(), {"title": page.title, "url": page.url})
        return PublishedModule(version, version.data["title"], page.url, way)

    return _modules.get((slug, language), find)


def clock(moment: Any) -> str:
    """Return the time of day as `10:42`, in the portal's time zone."""
    return str(time_format(timezone.localtime(moment), "H:i"))
