"""Mail: neutral, to one person, once, over a real connection to a real server."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import mailers
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import timezone

from portal import mail
from portal.background import test_mail as prov
from portal.jobs import actions
from portal.jobs.models import Job, JobState
from portal.mail import Letter, Message, NotNeutral
from portal.organisation.models import Person
from tests.factories import PersonFactory, UserFactory
from tests.portal.test_settings import PRODUCTION, settings_in
from tests.services import smtp

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink():
    """A mail server that takes everything, without TLS."""
    with smtp.server() as sink:
        yield sink


@pytest.fixture
def message_of(monkeypatch) -> Callable[..., Message]:
    """Return a message for this test alone, written by a function."""
    monkeypatch.setattr(mail, "_messages", dict(mail._messages))

    def make(write: Callable[[Person, Mapping[str, Any]], Letter | None]) -> Message:
        made = Message("test", "Prov av e-post", "du prövar", write)
        mail._messages["test"] = made
        return made

    return make


def through(url: str) -> Any:
    """Send mail as an installation with that PORTAL_EMAIL_URL does."""
    found = settings_in({**PRODUCTION, "PORTAL_EMAIL_URL": url})
    return override_settings(
        MAILERS=found["MAILERS"], DEFAULT_FROM_EMAIL=found["DEFAULT_FROM_EMAIL"]
    )


def deliver(person: Person, message: Message = prov, *, at: Any = None, **arguments: Any) -> Job:
    """Send a mail and do the job; return it as it is afterwards."""
    at = at or timezone.now()
    job = mail.send(message=message, to=person, key="k", at=at, arguments=arguments)
    actions.run(job_id=job.pk)
    job.refresh_from_db()
    return job


class TestAMail:
    @pytest.fixture
    def received(self, sink):
        with through(sink.url):
            job = deliver(PersonFactory(email="ada@staden.example"))
        assert job.state == JobState.DONE
        [received] = sink.received
        return received

    def test_is_plain_and_html_and_says_the_same(self, received):
        plain, html = received.text("plain"), received.text("html")

        assert "Det här är ett prov." in plain
        assert "Det här är ett prov." in html
        assert received.message.get_content_type() == "multipart/alternative"
        assert not re.search(r"\n\n\n|[ \t]\n", plain)

    def test_loads_nothing_and_follows_nobody(self, received):
        html = received.text("html")

        assert not re.search(r"<(img|link|style|script|iframe)|url\(|style=", html)
        assert [
            address
            for address in re.findall(r'href="([^"]+)"', html)
            if not address.startswith(settings.WAGTAILADMIN_BASE_URL)
        ] == []

    def test_says_why_it_comes_and_that_a_machine_sent_it(self, received):
        assert "Du får mejlet för att" in received.text("plain")
        assert "Du får mejlet för att" in received.text("html")
        assert received.message["Auto-Submitted"] == "auto-generated"

    def test_is_from_the_address_in_the_settings_to_one_person(self, received):
        assert received.sender == "portalen@staden.example"
        assert received.recipients == ["ada@staden.example"]
        assert received.message["To"] == "ada@staden.example"
        assert received.message["Cc"] is None

    def test_says_nothing_aloud_in_what_a_list_of_mails_shows(self, received):
        for name in ("Subject", "From", "To"):
            assert not mail.TOPIC_WORDS.search(received.message[name]), name
        first_line = received.text("plain").splitlines()[0]
        assert first_line == "Hej!"

    def test_has_swedish_letters(self, received):
        assert "här" in received.text("plain")
        assert "gå" in received.text("html")


class TestSubjects:
    @pytest.mark.parametrize(
        "subject",
        [
            "Ny modul om våld i nära relation",
            "VÅLD",
            "Orosanmälan: gör klart",
            "Heder och förtryck",
            "Har du blivit hotad?",
            "Könsstympning",
            "Du som är utsatt",
            "Kvinnojouren",
            "Fri från våld",
            "Hej\nBcc: alla@staden.example",
        ],
    )
    def test_that_say_too_much_are_refused(self, subject):
        with pytest.raises(NotNeutral):
            mail.refuse_topics(subject)

    @pytest.mark.parametrize(
        "subject", ["Utbildning att göra klar", "Det du bad om är klart", "Din enhet, vecka 12"]
    )
    def test_that_say_nothing_pass(self, subject):
        mail.refuse_topics(subject)

    def test_of_a_message_are_checked_before_the_portal_starts(self, message_of):
        mail._messages["ny"] = Message("ny", "Våld", "du", lambda person, arguments: Letter())

        found = mail.messages_are_whole_and_neutral(None)

        assert [fault.id for fault in found] == ["portal.E020", "portal.E021", "portal.E021"]

    def test_of_every_message_of_ours_are_neutral_and_have_both_forms(self):
        assert {"test", "job_finished"} <= set(mail._messages)
        assert mail.messages_are_whole_and_neutral(None) == []

    @pytest.mark.parametrize(
        "name",
        [
            "task_state_submitted", "task_state_approved", "task_state_rejected",
            "workflow_state_submitted", "workflow_state_approved", "workflow_state_rejected",
            "updated_comments", "approved", "rejected",
        ],
    )  # fmt: skip
    def test_of_wagtails_own_mails_leave_the_title_out(self, name, library):
        page = library.page("valdstyper")
        context = {"page": page, "object": page, "title": page.title, "revision": None}

        subject = render_to_string(f"wagtailadmin/notifications/{name}_subject.txt", context)

        assert len(subject.strip()) > 10
        mail.refuse_topics(subject.strip())


class TestWhomItGoesTo:
    def test_is_looked_up_when_it_is_sent(self, sink):
        person = PersonFactory(email="old@staden.example")
        job = mail.send(message=prov, to=person, key="k", at=timezone.now())
        Person.objects.update(email="new@staden.example")

        with through(sink.url):
            actions.run(job_id=job.pk)

        assert sink.recipients == ["new@staden.example"]

    def test_the_same_reason_twice_is_one_mail(self, sink):
        person = PersonFactory()
        with through(sink.url):
            first, second = deliver(person), deliver(person)

        assert first.pk == second.pk
        assert len(sink.received) == 1

    def test_nobody_without_an_address(self, mailoutbox):
        job = deliver(PersonFactory(email=""))

        assert (job.state, job.outcome, mailoutbox) == (JobState.DROPPED, "no_recipient", [])

    def test_nobody_whose_account_is_closed(self, mailoutbox):
        job = deliver(UserFactory(is_active=False).person)

        assert (job.state, job.outcome, mailoutbox) == (JobState.DROPPED, "no_recipient", [])

    def test_someone_who_has_not_signed_in_yet(self, mailoutbox):
        assert deliver(PersonFactory()).state == JobState.DONE
        assert len(mailoutbox) == 1

    def test_nobody_when_there_is_no_longer_a_reason(self, mailoutbox, message_of):
        job = deliver(PersonFactory(), message_of(lambda person, arguments: None))

        assert (job.state, job.outcome, mailoutbox) == (JobState.DROPPED, "no_reason", [])

    def test_a_protected_person_gets_their_own(self, mailoutbox, protected):
        assert deliver(protected.person).state == JobState.DONE
        assert mailoutbox[0].to == [protected.person.email]

    def test_a_protected_person_is_never_named_to_someone_else(
        self, mailoutbox, protected, berit, ada, message_of
    ):
        names = [protected.person.pk, ada.person.pk]
        digest = message_of(lambda person, arguments: Letter(names=names))

        to_manager = deliver(berit.person, digest)
        to_herself = deliver(protected.person, digest)

        assert (to_manager.state, to_manager.outcome) == (JobState.FAILED, "names_protected")
        assert to_herself.state == JobState.DONE
        assert [mail.to for mail in mailoutbox] == [[protected.person.email]]

    def test_is_not_kept_with_the_job(self, ada):
        job = deliver(ada.person)

        row = str(Job.objects.filter(pk=job.pk).values())
        assert ada.person.email not in row
        assert "Ahlgren" not in row


class TestTheServer:
    """What a real server answers, and what becomes of the mail."""

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_with_tls_and_sign_in_gets_it_encrypted(self, security, monkeypatch):
        with smtp.server(security=security, asks_for_sign_in=True) as sink:
            monkeypatch.setenv("SSL_CERT_FILE", str(sink.certificate))
            with through(sink.url):
                job = deliver(PersonFactory())

        assert job.state == JobState.DONE
        [received] = sink.received
        assert received.was_encrypted
        assert received.was_signed_in

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_that_nobody_vouches_for_gets_nothing(self, security):
        with smtp.server(security=security, asks_for_sign_in=True) as sink, through(sink.url):
            job = deliver(PersonFactory())

        assert sink.received == []
        assert (job.state, job.outcome) == (JobState.WAITING, "SSLCertVerificationError")

    def test_that_offers_no_tls_gets_nothing_in_clear(self, sink):
        with through(sink.url.replace("smtp:", "smtp+starttls:")):
            job = deliver(PersonFactory())

        assert sink.received == []
        assert (job.state, job.outcome) == (JobState.WAITING, "SMTPNotSupportedError")

    def test_that_refuses_the_portals_password_is_asked_again_later(self):
        with (
            smtp.server(asks_for_sign_in=True) as sink,
            through(re.sub(r"//.*@127", "//portalen:fel@127", sink.url)),
        ):
            job = deliver(PersonFactory())

        assert (job.state, job.outcome) == (JobState.WAITING, "SMTPAuthenticationError 535")

    def test_that_is_away_is_asked_again_until_it_is_back(self, sink):
        person, now = PersonFactory(), timezone.now()
        with through("smtp://127.0.0.1:1"):
            job = deliver(person, at=now)
        assert (job.state, job.outcome) == (JobState.WAITING, "ConnectionRefusedError")

        with through(sink.url):
            actions.run(job_id=job.pk, clock=lambda: job.due_at)

        assert sink.recipients == [person.email]

    def test_that_is_busy_is_asked_again(self, sink):
        sink.answer_to_recipient = "451 Try again later"
        with through(sink.url):
            job = deliver(PersonFactory())

        assert (job.state, job.outcome) == (JobState.WAITING, "SMTPRecipientsRefused")
        assert job.due_at > timezone.now() + timedelta(seconds=30)

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            ({"answer_to_recipient": "550 No such user"}, "SMTPRecipientsRefused 550"),
            ({"answer_to_mail": "554 Spam"}, "SMTPDataError 554"),
        ],
    )
    def test_that_will_never_take_it_is_not_asked_again(self, sink, answer, outcome):
        vars(sink).update(answer)
        with through(sink.url):
            job = deliver(PersonFactory())

        assert (job.state, job.outcome, job.runs) == (JobState.FAILED, outcome, 1)


class TestWithoutAServer:
    def test_on_this_machine_mail_becomes_a_file(self, tmp_path):
        found = settings_in({"PORTAL_SECRET_KEY": "x" * 60})["MAILERS"]["default"]
        folder = {"file_path": str(tmp_path / "mail")}
        with override_settings(MAILERS={"default": {**found, "OPTIONS": folder}}):
            assert deliver(PersonFactory()).state == JobState.DONE

        [file] = (tmp_path / "mail").iterdir()
        assert "Prov av e-post" in file.read_text(encoding="utf-8")

    def test_where_others_reach_the_portal_mail_waits_and_what_is_missing_is_told(self):
        with override_settings(MAILERS=settings_in(PRODUCTION)["MAILERS"]):
            job = deliver(PersonFactory())
            with pytest.raises(mail.NoMailServer, match="PORTAL_EMAIL_URL saknas"):
                mailers.default.send_messages([object()])

        assert (job.state, job.outcome) == (JobState.WAITING, "NoMailServer")


class TestTheTrialCommand:
    """manage.py send_test_mail, which goes the way of all mail."""

    @pytest.fixture(autouse=True)
    def _in_the_request(self, transactional_db):
        """Without a worker a job is done at the commit, so there must be one."""

    def test_sends_and_says_so_and_forgets_the_address(self, sink, capsys):
        with through(sink.url):
            call_command("send_test_mail", "ada@staden.example")

        assert sink.recipients == ["ada@staden.example"]
        assert "lämnat till 127.0.0.1" in capsys.readouterr().out
        assert "ada@" not in str(Job.objects.values())

    def test_says_what_is_wrong_and_forgets_the_address(self, sink):
        sink.answer_to_recipient = "550 No such user"
        with (
            through(sink.url),
            pytest.raises(CommandError, match="tar inte emot mejl till den adressen"),
        ):
            call_command("send_test_mail", "ada@staden.example")

        assert "ada@" not in str(Job.objects.values())

    def test_refuses_what_is_no_address(self):
        with pytest.raises(CommandError, match="namn@värd"):
            call_command("send_test_mail", "ada")

    def test_says_when_no_worker_takes_it(self):
        backend = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
        with (
            override_settings(WORKER=True, TASKS=backend),
            pytest.raises(CommandError, match="ingen arbetare har tagit det"),
        ):
            call_command("send_test_mail", "ada@staden.example", wait=0)
