"""`manage.py tick`: do what the clock says. A timer runs it every minute."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.jobs.schedule import Ending, Outcome, tick

_ENDINGS = {
    Ending.NOT_DUE: "inte nu",
    Ending.TAKEN: "görs redan av en annan process",
    Ending.FAILED: "MISSLYCKADES",
}


class Command(BaseCommand):
    """Do the chores that are due. May be run as often as wanted, and several at once."""

    help = "Gör det som klockan säger ska göras nu. Körs varje minut av en timer."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done; nothing at verbosity 0, at 2 also what was left. Fails if one did."""
        failed = 0
        for outcome in tick(at=timezone.now()):
            failed += outcome.ending is Ending.FAILED
            was_done = outcome.ending in {Ending.DONE, Ending.FAILED}
            if options["verbosity"] > (0 if was_done else 1):
                self.stdout.write(_line(outcome))
        if failed:
            raise CommandError(f"{failed} av sysslorna misslyckades; se loggen.")


def _line(outcome: Outcome) -> str:
    seconds = f"{outcome.seconds:.1f}".replace(".", ",")
    ending = _ENDINGS.get(outcome.ending, f"klart på {seconds} s")
    return f"{outcome.chore.label}: {ending}" + (f" ({outcome.said})" if outcome.said else "")
