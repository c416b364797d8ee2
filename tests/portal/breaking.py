"""The portal as gunicorn serves it, made to break where a test asks for it.

What it breaks with is full of what must reach no log: search terms, names, answers, in the text of
exceptions and in the statements of the database.
"""

import os
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import connection

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
# As in every test: static files where they lie, so that none need be gathered first.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True

# Not before the settings are as they should be.
application = import_module("portal.wsgi").application
service, actions = import_module("search.service"), import_module("training.actions")

_find, _save_answer = service._find, actions.save_answer


def find(query: str, *given: Any) -> Any:
    """Search, or break in the code or in the database."""
    if query.startswith("krasch"):
        raise RuntimeError(f"ingen träff på {query}")
    if query.startswith("databasfel"):
        with connection.cursor() as cursor:
            # In the statement itself, so that the database's own message holds the words.
            cursor.execute(f"SELECT * FROM finns_inte WHERE sokord = '{query}'")  # noqa: S608
    return _find(query, *given)


def save_answer(**given: Any) -> Any:
    """Save an answer, or break with it."""
    if any(str(choice).startswith("krasch") for choice in given["choice_ids"]):
        raise ValueError(f"{given['attempt'].person.full_name} svarade {given['choice_ids']}")
    return _save_answer(**given)


service._find = find
actions.save_answer = save_answer
