"""What the bench needs to know of the portal: a cookie, an attempt, and how many queries a page is.

Run in a process of its own with the portal's settings; prints one JSON object.
"""

import json
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from portal.organisation.models import User  # noqa: E402
from training import actions  # noqa: E402
from training.models import ModuleVersion  # noqa: E402


def main() -> None:
    """Sign the employee of the demo in, open an attempt, count queries, print."""
    user = User.objects.get(username="medarbetare")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    version = ModuleVersion.objects.filter(module__slug="orosanmalan").latest("number")
    assert user.person
    attempt = actions.start_attempt(person=user.person, version=version, at=timezone.now())
    lesson = reverse("training:lesson", args=["orosanmalan", version.lessons[1]["slug"]])
    addresses = {
        "guidance_anonymous": ("/vagledning/orosanmalan/sa-gor-du/", False),
        "guidance_signed_in": ("/vagledning/orosanmalan/sa-gor-du/", True),
        "module_signed_in": ("/utbildning/orosanmalan/", True),
        "lesson_signed_in": (lesson, True),
        "search": ("/sok/?q=anm%C3%A4la+oro", False),
        "api_search": ("/api/sok?q=anm%C3%A4la+oro", False),
    }
    print(
        json.dumps(
            {
                "cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
                "csrf": _get_new_csrf_string(),
                "lesson": lesson,
                "answer": reverse("training:quiz_autosave", args=["orosanmalan", attempt.guid, 1]),
                "choices": attempt.shown[0]["choices"],
                "queries": {name: queries(*where) for name, where in addresses.items()},
            }
        )
    )


def queries(address: str, signed_in: bool) -> int:
    """Return how many queries the page takes once the process is warm."""
    client = Client(headers={"host": "127.0.0.1"})
    if signed_in:
        client.force_login(User.objects.get(username="medarbetare"))
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return len(captured)


main()
