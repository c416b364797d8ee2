"""The portal as gunicorn serves it, made to break where a test asks for it.

What it breaks with is full of what must reach no log: search terms, names, answers, in the text of
exceptions and in the statements of the database.
"""

import os
from typing import Any

from django.conf import settings
from django.db import connection

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
# As in every test: static files where they lie, so that none need be gathered first.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True

# isort: split

from portal.wsgi import application  # noqa: E402
from search import service  # noqa: E402
from training import actions  # noqa: E402

__all__ = ["application"]

_find, _save_answer = service._find, actions.save_answer


def find(query: str, *given: Any) -> Any:
    """Search, or break in the code or in the database."""
    if query.startswith("krasch"):
        raise RuntimeError(f"ingen träff på {query}")
    if query.startswith("databasfel"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM finns_inte WHERE sokord = '{query}'")  # noqa: S608
    return _find(query, *given)


def save_answer(**given: Any) -> Any:
    """Save an answer, or break with it."""
    if any(str(choice).startswith("krasch") for choice in given["choice_ids"]):
        raise ValueError(f"{given['attempt'].person.full_name} svarade {given['choice_ids']}")
    return _save_answer(**given)


service._find = find
actions.save_answer = save_answer
