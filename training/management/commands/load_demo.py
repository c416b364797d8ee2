"""`manage.py load_demo`: a made-up city with people, history and the cast's accounts."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.organisation import demo
from training.demo import NoVersion, load_history


class Command(BaseCommand):
    """Loads the demo once; run again, it leaves everything that is there as it is."""

    help = (
        "Läser in en påhittad organisation med utbildningshistorik och demokonton. "
        "Finns demon redan ändras ingenting."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--employees` and `--seed`."""
        parser.add_argument(
            "--employees",
            type=int,
            help=f"Antal personer, förval {demo.DEFAULT_EMPLOYEES}, minst {demo.FEWEST_EMPLOYEES}.",
        )
        parser.add_argument(
            "--seed",
            type=int,
            help=f"Frö: samma frö ger samma organisation, förval {demo.DEFAULT_SEED}.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing. Raises CommandError when the demo does not belong here."""
        if not settings.DEMO:
            raise CommandError(
                "Demon är avstängd; sätt PORTAL_DEMO=1 om det här är en provinstallation, där "
                "demokonton med ett känt lösenord får finnas."
            )
        began, today = monotonic(), timezone.localdate()
        try:
            report = demo.load(
                today=today,
                password=settings.DEMO_PASSWORD,
                seed=options["seed"],
                employees=options["employees"],
                tell=self.stdout.write,
            )
        except demo.NotTheDemosPeople as error:
            raise CommandError(
                "Organisationen innehåller redan enheter eller personer som inte hör till demon; "
                "läs in demon i en tom databas."
            ) from error
        except demo.NotTheDemosAccounts as error:
            raise CommandError(
                f"Kontona {', '.join(error.args[0])} finns redan; byt namn på dem eller läs in "
                "demon i en tom databas."
            ) from error
        except demo.AnotherDemo as error:
            raise CommandError(
                "En demo med ett annat frö eller ett annat antal personer är redan inläst; läs in "
                "den nya i en tom databas."
            ) from error
        except demo.TooFewEmployees as error:
            raise CommandError(
                f"Demon behöver minst {demo.FEWEST_EMPLOYEES} personer; ange ett högre tal med "
                "--employees."
            ) from error
        except demo.NotMigrated as error:
            raise CommandError(
                f"Det här saknas i databasen: {', '.join(error.args[0])}; kör manage.py migrate "
                "först."
            ) from error
        has_new_history = self._history(today)
        self._say_what_was_done(report, has_new_history, monotonic() - began)

    def _history(self, today: Any) -> bool:
        try:
            return load_history(today=today, tell=self.stdout.write).is_new
        except NoVersion:
            self.stdout.write(
                "Utbildningen Orosanmälan är inte inläst, så ingen utbildningshistorik skapades. "
                "Kör manage.py load_content och sedan load_demo igen."
            )
            return False

    def _say_what_was_done(
        self, report: demo.Report, has_new_history: bool, seconds: float
    ) -> None:
        for names, what in (
            (report.new_accounts, "Nya konton"),
            (report.new_passwords, "Nytt lösenord från PORTAL_DEMO_PASSWORD"),
            (report.kept_passwords, "Lösenordet är ändrat i portalen och lämnas"),
        ):
            if names:
                self.stdout.write(f"{what}: {', '.join(names)}.")
        if not (report.changed or has_new_history):
            self.stdout.write("Demon är redan inläst. Ingenting ändrades.")
            return
        self.stdout.write(
            f"Klart på {seconds:.0f} sekunder. Demon har "
            f"{demo.with_thousands(report.people)} personer i "
            f"{demo.with_thousands(report.units)} enheter."
        )
