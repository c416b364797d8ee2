"""The yardstick: a minimal Django site, served the way the portal is.

`/ref/` is one indexed SELECT and a page of 20 kB for someone signed in, with sessions, messages and
the form token as any Django site has them. Nothing is kept between requests.
"""

from pathlib import Path
from typing import Any

import django
from django.conf import settings

from portal import env

_database = env.database("PORTAL_DATABASE_URL", default="")
PAGES = 1000

settings.configure(
    DEBUG=False,
    SECRET_KEY="bench-" * 12,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _database.name,
            "USER": _database.user,
            "PASSWORD": _database.password,
            "HOST": _database.host,
            "PORT": _database.port,
            "CONN_MAX_AGE": None,
        }
    },
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).resolve().parent / "templates"],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    LOGGING_CONFIG=None,
)
django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402

MENU = [
    {"title": f"Menyval nummer {number}", "url": f"/sida/{number}/", "done": number % 3 == 0}
    for number in range(90)
]


@login_required(login_url="/nej/")
def ref(request: HttpRequest) -> HttpResponse:
    """Show the page whose slug is asked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title, body, updated FROM page WHERE slug = %s",
            [request.GET.get("s", "sida-417")],
        )
        title, body, updated = cursor.fetchone()
    context = {"title": title, "body": body, "updated": updated, "menu": MENU}
    return render(request, "ref.html", context)


urlpatterns = [path("ref/", ref)]
application = get_wsgi_application()


def prepare() -> str:
    """Fill the reference's database and return the cookie of someone signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE page (id serial PRIMARY KEY, slug text UNIQUE, title text, body text, "
            "updated timestamptz DEFAULT now())"
        )
        cursor.execute(
            "INSERT INTO page (slug, title, body) SELECT 'sida-' || i, 'Sida ' || i, repeat("
            "'<p>Text om informationssäkerhet och rutiner i kommunen, stycke för stycke.</p>', 108"
            ") FROM generate_series(1, %s) i",
            [PAGES],
        )
        cursor.execute("ANALYZE")
    User.objects.bulk_create([User(username=f"u{number}", password="!") for number in range(5000)])
    user = User.objects.get(username="u417")
    session: Any = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"


if __name__ == "__main__":
    print(prepare())
