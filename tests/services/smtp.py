"""A mail server of the tests' own, on a free port of loopback, that keeps what it was sent.

It speaks SMTP for real, also with TLS and sign-in, and refuses or breaks off when it is told to.
"""

import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from tests.services.sharing import free_port

USER, PASSWORD = "portalen", "ett/mycket:konstigt@ord"


@dataclass(frozen=True)
class Received:
    """A mail as the server got it."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    was_encrypted: bool
    was_signed_in: bool

    def text(self, kind: str) -> str:
        """Return the body as `plain` or `html`."""
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass
class Sink:
    """What was received, and how the server behaves. Everything may be changed while it runs."""

    security: str
    certificate: Path | None = None
    asks_for_sign_in: bool = False
    port: int = 0
    received: list[Received] = field(default_factory=list)
    # Answers to RCPT and DATA; None takes the mail.
    answer_to_recipient: str | None = None
    answer_to_mail: str | None = None
    # Called when a mail is kept, before the client is told so.
    before_thanks: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """The server as PORTAL_EMAIL_URL names it."""
        scheme = {"none": "smtp", "starttls": "smtp+starttls", "tls": "smtps"}[self.security]
        who = f"{USER}:{quote(PASSWORD, safe='')}@" if self.asks_for_sign_in else ""
        return f"{scheme}://{who}127.0.0.1:{self.port}?from=portalen@staden.example"

    @property
    def recipients(self) -> list[str]:
        """Whom mail was for, in the order it came."""
        return [address for mail in self.received for address in mail.recipients]

    # What aiosmtpd calls, by names that it has chosen (N802).

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender, if who connected has signed in where that is asked for."""
        if self.asks_for_sign_in and not session.authenticated:
            return "530 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if self.answer_to_recipient:
            return self.answer_to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take or refuse a mail."""
        if self.answer_to_mail:
            return self.answer_to_mail
        assert isinstance(envelope.content, bytes)
        self.received.append(
            Received(
                str(envelope.mail_from),
                list(envelope.rcpt_tos),
                message_from_bytes(envelope.content, policy=policy.default),
                session.ssl is not None or self.security == "tls",
                bool(session.authenticated),
            )
        )
        self.before_thanks()
        return "250 OK"


@contextmanager
def server(*, security: str = "none", asks_for_sign_in: bool = False) -> Iterator[Sink]:
    """Yield a running server. With TLS, `certificate` is what a client must trust."""
    with tempfile.TemporaryDirectory() as folder:
        sink = Sink(security, asks_for_sign_in=asks_for_sign_in)
        context = None
        if security != "none":
            sink.certificate = Path(folder) / "authority.pem"
            context = _context(sink.certificate)
        controller = Controller(
            sink,
            hostname="127.0.0.1",
            port=free_port(),
            ssl_context=context if security == "tls" else None,
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls",
            auth_require_tls=False,
            authenticator=_authenticate,
        )
        controller.start()
        sink.port = controller.port
        try:
            yield sink
        finally:
            controller.stop()


def _context(certificate: Path) -> ssl.SSLContext:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def _authenticate(
    server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(), PASSWORD.encode(),
    )  # fmt: skip
    # Not handled: so the server says 535 itself.
    return AuthResult(success=good, handled=False)
