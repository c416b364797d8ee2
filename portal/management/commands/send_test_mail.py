"""`manage.py send_test_mail ADDRESS`: does mail go all the way out?"""

import time
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from portal.background import send_test
from portal.jobs import actions
from portal.jobs.models import JobState

_LOOK_EVERY = 0.5


class Command(BaseCommand):
    """Send a mail the way all mail is sent, and say how it went."""

    help = "Skickar ett provmejl samma väg som all annan e-post och berättar hur det gick."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the address."""
        parser.add_argument("address", metavar="ADRESS")
        parser.add_argument(
            "--wait", type=int, default=60, metavar="SEKUNDER",
            help="Så länge väntar kommandot på en arbetare.",
        )  # fmt: skip

    def handle(self, *args: Any, address: str, wait: int, **options: Any) -> None:
        """Send, wait, tell."""
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError("Adressen går inte att läsa; skriv den som namn@värd.se.") from None
        job = actions.enqueue(
            kind=send_test, key=uuid.uuid4().hex, at=timezone.now(), arguments={"address": address}
        )
        end = time.monotonic() + wait
        job.refresh_from_db()
        while not job.is_ended and time.monotonic() < end:
            time.sleep(_LOOK_EVERY)
            job.refresh_from_db()
        if job.state == JobState.FAILED:
            raise CommandError(_advice(job.outcome))
        if job.state != JobState.DONE:
            raise CommandError(
                "Mejlet väntar i kön, men ingen arbetare har tagit det; starta en med "
                "manage.py db_worker. Mejlet skickas då."
            )
        self.stdout.write(_sent())


def _sent() -> str:
    options = settings.MAILERS["default"].get("OPTIONS", {})
    if "file_path" in options:
        return f"Ingen e-postserver är angiven, så mejlet ligger som fil i {options['file_path']}."
    return f"Mejlet är lämnat till {options['host']}."


def _advice(outcome: str) -> str:
    error, _, code = outcome.partition(" ")
    what = {
        "NoMailServer": "PORTAL_EMAIL_URL saknas; ange till exempel smtp://värd:25.",
        "SMTPAuthenticationError": "Servern godtar inte användarnamnet eller lösenordet.",
        "SMTPRecipientsRefused": "Servern tar inte emot mejl till den adressen.",
        "SMTPSenderRefused": "Servern tar inte emot mejl från portalens adress.",
        "SMTPNotSupportedError": "Servern erbjuder inte det som PORTAL_EMAIL_URL kräver.",
        "SSLCertVerificationError": "Serverns certifikat går inte att lita på.",
        "ConnectionRefusedError": "Ingen svarar på den porten.",
        "TimeoutError": "Servern svarade inte i tid.",
        "gaierror": "Det finns ingen server med det namnet.",
    }.get(error, "Något gick fel; se loggen.")
    return f"Mejlet gick inte att skicka. {what} ({error}{', ' + code if code else ''})"
