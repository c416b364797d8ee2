"""Read settings from the environment, and refuse a value that nobody meant.

Every message is one Swedish sentence that says what to do, since the person who reads it has just
tried to start the portal.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1", "testserver"})


def load_file(path: Path) -> None:
    """Take `NAME=value` lines from *path* for names that the environment does not set.

    `make run` writes that file for the local installation. It is left alone when the environment
    names a host beyond this machine: a real installation must say everything itself.

    Raises ImproperlyConfigured for a line that is not `NAME=value`.
    """
    if not path.exists():
        return
    hosts = os.environ.get("PORTAL_HOSTS")
    if hosts and not set(_split(hosts)) <= LOOPBACK:
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not re.fullmatch(r"PORTAL_[A-Z_]+", name):
            raise ImproperlyConfigured(
                f"{path.name} rad {number} går inte att läsa; skriv raden som PORTAL_NAMN=värde."
            )
        os.environ.setdefault(name, value)


def text(name: str, *, default: str = "") -> str:
    """Return the value of *name*, or *default* when it is missing or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Return *name* as a truth value.

    Raises ImproperlyConfigured for anything but true, false, 1 and 0.
    """
    value = os.environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value not in {"true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name} är {value!r}; använd true eller false.")
    return value in {"true", "1"}


def secret(name: str) -> str:
    """Return NAME, or the contents of the file that NAME_FILE points at, or an empty string.

    Raises ImproperlyConfigured when the file cannot be read.
    """
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE pekar på {path}, som inte går att läsa ({error.strerror}); "
                "rätta sökvägen eller filens rättigheter."
            ) from error
    return os.environ.get(name, "").strip()


def required_secret(name: str, *, hint: str) -> str:
    """Return the secret *name*, or raise ImproperlyConfigured with *hint* when it is missing."""
    value = secret(name)
    if not value:
        raise ImproperlyConfigured(f"{name} saknas; {hint}")
    return value


def hosts(name: str) -> list[str]:
    """Return the comma-separated hosts of *name*.

    Raises ImproperlyConfigured when one is a wildcard or looks like an address with a path.
    """
    values = _split(os.environ.get(name, ""))
    for value in values:
        if not re.fullmatch(r"\.?[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]", value):
            raise ImproperlyConfigured(
                f"{name} innehåller {value!r}; skriv värdnamn utan protokoll, port och sökväg, "
                "åtskilda med komma."
            )
    return values


def address(name: str, *, default: str = "") -> str:
    """Return *name* as an http(s) address. Raises ImproperlyConfigured when it is not one."""
    value = text(name, default=default)
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise ImproperlyConfigured(
            f"{name} är {value!r}; skriv en hel adress som börjar med https://."
        )
    return value


@dataclass(frozen=True)
class DatabaseAddress:
    """A database address taken apart: `engine` is `sqlite` or `postgresql`."""

    engine: str
    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""


def database(name: str, *, default: str) -> DatabaseAddress:
    """Return the database that *name* points at.

    `sqlite:///absolute/path` and `postgresql://user:password@host:port/name` are understood.
    Raises ImproperlyConfigured for anything else.
    """
    value = secret(name) or default
    parts = urlsplit(value)
    if parts.scheme == "sqlite" and parts.path:
        # Three slashes or four: either way the path is absolute.
        return DatabaseAddress("sqlite", "/" + unquote(parts.path).lstrip("/"))
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        try:
            port = str(parts.port or "")
        except ValueError:
            port = "?"
        if port != "?":
            return DatabaseAddress(
                "postgresql",
                unquote(parts.path.lstrip("/")),
                unquote(parts.username or ""),
                unquote(parts.password or ""),
                parts.hostname or "",
                port,
            )
    raise ImproperlyConfigured(
        f"{name} går inte att läsa; skriv sqlite:////sökväg/portal.db eller "
        "postgresql://användare:lösenord@värd:5432/databas."
    )


@dataclass(frozen=True)
class MailServer:
    """A mail server's address taken apart. `security` is `none`, `starttls` or `tls`."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    security: str = "none"
    sender: str = ""


_MAIL_SCHEMES = {
    "smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465),
}  # fmt: skip


def mail(name: str) -> MailServer | None:
    """Return the mail server that *name* points at, or None when it is empty.

    `smtp://host:25`, `smtp+starttls://user:password@host:587` and `smtps://user:password@host:465`
    are understood; `?from=portalen@staden.se` names the sender. Raises ImproperlyConfigured for
    anything else.
    """
    value = secret(name)
    if not value:
        return None
    parts = urlsplit(value)
    try:
        port = parts.port
        queries = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError:
        port, queries = None, {"?": []}
    sender = queries.get("from", [""])[0]
    if (
        parts.scheme not in _MAIL_SCHEMES
        or not parts.hostname
        or parts.path not in {"", "/"}
        or parts.fragment
        or set(queries) - {"from"}
        or bool(parts.username) != bool(parts.password)
        or (sender and not re.fullmatch(r"(?:[^<>@\r\n]*<)?[^<>@\s]+@[A-Za-z0-9.-]+>?", sender))
    ):
        raise ImproperlyConfigured(
            f"{name} går inte att läsa; skriv smtp://värd:25, "
            "smtp+starttls://användare:lösenord@värd:587 eller "
            "smtps://användare:lösenord@värd:465, och efter det ?from=avsändare@värd om du vill."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise ImproperlyConfigured(
            f"{name} har ett användarnamn eller lösenord med å, ä, ö eller liknande, och det kan "
            "Pythons SMTP inte skicka; ange ett annat, bytt på e-postservern."
        )
    security, usual_port = _MAIL_SCHEMES[parts.scheme]
    return MailServer(
        parts.hostname,
        port or usual_port,
        user,
        password,
        security,
        sender,
    )


@dataclass(frozen=True)
class SearchServer:
    """An Elasticsearch's address taken apart. `prefix` begins the names of the portal's indexes."""

    url: str
    prefix: str
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""

    @property
    def host(self) -> str:
        """The host's name or number."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_guarded(self) -> bool:
        """Whether what is sent is encrypted, and the server asks who sends it."""
        return self.url.startswith("https:") and bool(self.password)


def elasticsearch(name: str, *, prefix: str) -> SearchServer | None:
    """Return the Elasticsearch that *name* points at, or None when it is empty.

    `https://user:password@host:9200/` is understood, with `?index=` for another beginning of the
    indexes' names than *prefix* and `?ca=` for a file with the authority that the server's
    certificate comes from. Raises ImproperlyConfigured for anything else.
    """
    value = secret(name)
    if not value:
        return None
    parts = urlsplit(value)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 9200)
        queries = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError:
        port, queries = 0, {}
    prefix = queries.pop("index", [prefix])[0]
    authority = queries.pop("ca", [""])[0]
    if (
        not port
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
        or bool(parts.username) != bool(parts.password)
        or parts.fragment
        or queries
        or not re.fullmatch(r"[a-z][a-z0-9-]{0,60}", prefix)
        or (authority and not Path(authority).is_file())
    ):
        raise ImproperlyConfigured(
            f"{name} går inte att läsa; skriv https://användare:lösenord@värd:9200/, och efter det "
            "?index=namn för ett annat namn på indexen eller ?ca=/sökväg/ca.pem för en egen "
            "certifikatutfärdare."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return SearchServer(
        f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}",
        prefix,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        authority,
    )


def _split(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
