"""What the settings read while tests run, and Django set up with it.

Every variable is given a value, if only an empty one, so that neither the developer's shell nor
local.env reaches a test.
"""

import atexit
import os
from contextlib import ExitStack

import django

DATABASE = os.environ.get("PORTAL_TEST_DATABASE", "sqlite")

_VALUES = {
    "PORTAL_SECRET_KEY": "only-for-tests-" + 50 * "x",
    "PORTAL_HOSTS": "127.0.0.1,localhost",
    "PORTAL_DEMO": "1",
    "PORTAL_WORKER": "false",
}
_EMPTY = (
    "PORTAL_DATABASE_URL",
    "PORTAL_DEBUG",
    "PORTAL_DEMO_PASSWORD",
    "PORTAL_ELASTICSEARCH_URL",
    "PORTAL_EMAIL_URL",
    "PORTAL_EXIT_URL",
    "PORTAL_OIDC_CLIENT_ID",
    "PORTAL_OIDC_CLIENT_SECRET",
    "PORTAL_OIDC_ISSUER",
    "PORTAL_OPEN_CONTENT",
)

for _name in [name for name in os.environ if name.startswith("PORTAL_")]:
    if not _name.startswith("PORTAL_TEST_"):
        del os.environ[_name]
os.environ.update(_VALUES)
os.environ.update(dict.fromkeys(_EMPTY, ""))
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

if DATABASE == "postgresql":
    from tests.services import postgres

    _server = ExitStack()
    os.environ["PORTAL_DATABASE_URL"] = _server.enter_context(postgres.server())
    atexit.register(_server.close)
elif DATABASE != "sqlite":
    raise SystemExit(f"PORTAL_TEST_DATABASE is {DATABASE!r}; use sqlite or postgresql.")

django.setup()
