"""`python -m tests.portal.jobs.manage COMMAND`: manage.py, with the kinds of job of the tests."""

import sys

import django
from django.core.management import execute_from_command_line

django.setup()
__import__("tests.portal.jobs.trials")
execute_from_command_line(["manage.py", *sys.argv[1:]])
