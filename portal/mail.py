"""E-mail: one message to one person, sent through a job, with nothing about violence in view.

A mailbox is seen by others: on a lock screen, at the kitchen table, by an assistant. So a subject
is fixed and neutral, the text says no more than that there is something to see, and what it is
stands behind sign-in. Whom it goes to, and whether there still is a reason, is looked up when it is
sent. Each app names its messages in a module called `background`.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string

from portal.jobs import actions, kinds
from portal.jobs.kinds import Dropped, GivenUp, Run
from portal.jobs.models import Job
from portal.organisation.models import Person

TOPIC_WORDS: Final = re.compile(
    r"våld|vald|heder|orosanmäl|misshand|övergrepp|slag(?:en|it|ning)|kränk|prostitu|människohandel|"
    r"könsstymp|tvångs|barnäktenskap|skydd|hot(?:ad|ar|at|et|elser?)?\b|sex|utsatt|förövar|"
    r"jour(?:en|er)?\b|kvinnojour|frid(?:en)?\b|trakasser|förfölj|stalk|relation",
    re.IGNORECASE,
)
"""What a subject may not say. Better one word too many: the remedy is a duller subject."""


class NotNeutral(GivenUp):
    """A subject says what the mail is about."""

    def __init__(self) -> None:
        super().__init__("not_neutral")


class NamesProtected(GivenUp):
    """A mail would name someone with protected identity to somebody else."""

    def __init__(self) -> None:
        super().__init__("names_protected")


class NoMailServer(Exception):
    """PORTAL_EMAIL_URL is empty where mail must really be sent."""


class NoServer(BaseEmailBackend):
    """Stands in where no server is named: nothing is lost, since the job is tried again."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Refuse, in a sentence that says what to do."""
        raise NoMailServer(
            "PORTAL_EMAIL_URL saknas, så mejl går inte att skicka; ange till exempel "
            "smtp+starttls://användare:lösenord@värd:587."
        )


# --- Messages -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """What a message says to one recipient. `names` are the persons that it names, by key."""

    context: Mapping[str, object] = field(default_factory=dict)
    names: Collection[int] = ()


type Writer = Callable[[Person, Mapping[str, Any]], Letter | None]


@dataclass(frozen=True)
class Message:
    """A kind of mail: templates `mail/<code>.txt` and `.html`, and what it may call itself."""

    code: str
    subject: str
    why: str
    write: Writer


_messages: dict[str, Message] = {}


def message(code: str, *, subject: str, why: str) -> Callable[[Writer], Message]:
    """Make the decorated function what writes the mails of a kind.

    It is called when a mail is about to be sent, with the recipient and the arguments that `send`
    was given, and returns None when there is no longer a reason. *why* is printed in every mail:
    "Du får mejlet för att …".
    """

    def register(write: Writer) -> Message:
        _messages[code] = Message(code, subject, why, write)
        return _messages[code]

    return register


def send(
    *,
    message: Message,
    to: Person,
    key: str,
    at: datetime,
    arguments: Mapping[str, Any] | None = None,
) -> Job:
    """Have *message* sent to the person once, in this transaction or not at all.

    The same message, person and key again send nothing more. *arguments* are primary keys and
    codes: what they stand for is looked up when the mail is written.
    """
    return actions.enqueue(
        kind=deliver,
        key=f"{message.code}:{to.pk}:{key}",
        at=at,
        arguments={"message": message.code, "person": to.pk, **(arguments or {})},
    )


@kinds.kind("mail", failures=8, deaths=2)
def deliver(
    run: Run, message: str, person: int | None = None, user: int | None = None, **arguments: Any
) -> None:
    """Send one mail. When the process dies between sending and noting it, it is sent once more.

    A second death is the end: a mail that nobody knows to have arrived is better than a flood.
    """
    found = _messages.get(message)
    if found is None:
        raise GivenUp("unknown_message")
    whom = {"pk": person} if person else {"user__pk": user}
    recipient = Person.objects.filter(**whom).select_related("user").first()
    if recipient is None or not (address := address_of(recipient)):
        raise Dropped("no_recipient")
    letter = found.write(recipient, arguments)
    if letter is None:
        raise Dropped("no_reason")
    others = set(letter.names) - {recipient.pk}
    if Person.objects.filter(pk__in=others, is_protected=True).exists():
        raise NamesProtected
    post(found, letter, address=address, job_id=run.job_id)


def address_of(person: Person) -> str:
    """Return where the person gets mail, or nothing when the account has been closed."""
    user = getattr(person, "user", None)
    return "" if user is not None and not user.is_active else person.email


# --- Sending ------------------------------------------------------------------------------------


def refuse_topics(subject: str) -> None:
    """Raise NotNeutral when *subject* says what the mail is about."""
    if TOPIC_WORDS.search(subject) or "\n" in subject or "\r" in subject:
        raise NotNeutral


def post(message: Message, letter: Letter, *, address: str, job_id: str) -> None:
    """Send a written mail, plain and as HTML. Raises GivenUp when the server will never take it."""
    refuse_topics(message.subject)
    context = {
        "why": message.why,
        "portal_url": settings.WAGTAILADMIN_BASE_URL,
        **letter.context,
    }
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    mail = EmailMultiAlternatives(
        message.subject,
        # No lines of spaces where a tag stood, and never three line ends in a row.
        re.sub(r"\n\s*\n+", "\n\n", render_to_string(f"mail/{message.code}.txt", context)).strip()
        + "\n",
        to=[address],
        headers={
            # The same for every attempt, so that a mailbox may know the second one by it.
            "Message-ID": f"<{job_id}@{sender.partition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    html = render_to_string(f"mail/{message.code}.html", context | {"subject": message.subject})
    mail.attach_alternative(html, "text/html")
    server = mailers.default
    try:
        server.send_messages([mail])
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise GivenUp(kinds.describe(error, codes[0])) from None
        raise
    except SMTPAuthenticationError:
        raise  # the portal's account, not the recipient: someone will put it right
    except SMTPResponseException as error:
        if error.smtp_code >= 500:
            raise GivenUp(kinds.describe(error, error.smtp_code)) from None
        raise
    finally:
        # Django leaves a connection open when signing in to the server failed.
        with suppress(OSError):
            server.close()


# --- Checks -------------------------------------------------------------------------------------


@checks.register
def messages_are_whole_and_neutral(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Refuse a message whose subject says too much, or that lacks one of its two forms."""
    faults: list[checks.CheckMessage] = []
    for each in _messages.values():
        try:
            refuse_topics(each.subject)
        except NotNeutral:
            faults.append(
                checks.Error(
                    f"Ämnesraden i mejlet {each.code} säger vad det handlar om; välj neutrala ord.",
                    id="portal.E020",
                )
            )
        for suffix in ("txt", "html"):
            try:
                get_template(f"mail/{each.code}.{suffix}")
            except TemplateDoesNotExist:
                faults.append(
                    checks.Error(
                        f"Mejlet {each.code} saknar mallen mail/{each.code}.{suffix}.",
                        id="portal.E021",
                    )
                )
    return faults
