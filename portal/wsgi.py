"""The portal as a WSGI application."""

import os
import sys

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.exit(str(error))

# A server runs no management command, so the checks that guard people are run here.
if errors := [str(check.msg) for check in run_checks(tags=[Tags.security]) if check.is_serious()]:
    sys.exit("\n".join(errors))
