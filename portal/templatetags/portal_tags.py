"""What the house offers every template."""

from typing import Any

from django import template
from django.core.cache import cache
from django.utils import timezone

from portal.kept import compile_kept
from portal.organisation.models import Unit, User

register = template.Library()
register.tag("kept", compile_kept)


@register.inclusion_tag("components/user_menu.html", takes_context=True)
def user_menu(context: dict[str, Any]) -> dict[str, Any]:
    """Show who is signed in and where they can go; without a session nothing is asked or set."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"user": None}
    person = user.person
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "user": user,
        "name": person.full_name if person else user.get_username(),
        "has_person": person is not None,
        **_ways(user),
    }


# What the menu offers beyond reading. A new manager's link may take a minute to show; the pages
# themselves ask anew each time.
_SECONDS = 60


def _ways(user: User) -> dict[str, bool]:
    """Return where else *user* may go, remembered for a minute."""
    key = f"menu/{user.pk}"
    ways: dict[str, bool] | None = cache.get(key)
    if ways is None:
        ways = {
            "is_editor": user.has_perm("wagtailadmin.access_admin"),
            "is_manager": user.person is not None
            and Unit.objects.managed_by(user.person, on=timezone.localdate()).exists(),
        }
        cache.set(key, ways, _SECONDS)
    return ways
