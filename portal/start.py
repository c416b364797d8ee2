"""`make run`: make ready what is missing, then serve the portal on this machine.

The first run writes local.env, fills the database and gathers the static files. Later runs do only
what has changed since: each step has a fingerprint of the files it depends on, kept in var/.
"""

import hashlib
import hmac
import io
import json
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import django
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parent.parent
LOCAL_ENV = ROOT / "local.env"
READY = ROOT / "var" / "ready.json"


def main() -> None:
    """Prepare what needs it, say where to go, and become the server."""
    port = chosen_port(os.environ.get("PORT", ""))
    if not is_free(port):
        sys.exit(
            f"Port {port} är upptagen av ett annat program; stäng det eller välj en annan port, "
            f"till exempel: PORT={port + 1} make run"
        )
    if write_local_env(LOCAL_ENV):
        print("Skapade local.env med en hemlig nyckel för den här datorn.")
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    try:
        django.setup()
        faults = [
            str(check.msg) for check in run_checks(tags=[Tags.security]) if check.is_serious()
        ]
        if faults:
            sys.exit("\n".join(faults))
        prepare()
    except (ImproperlyConfigured, CommandError) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nAvbrutet. Kör make run igen för att fortsätta.")
    print(welcome(port), flush=True)
    os.environ["PORT"] = str(port)
    os.chdir(ROOT)
    os.execv(  # noqa: S606  # the same Python, with arguments of our own
        sys.executable,
        [sys.executable, "-m", "gunicorn", "--config", "python:portal.server", "portal.wsgi"],
    )


def chosen_port(text: str) -> int:
    """Return the port that *text* names, 8000 when it is empty. Ends the program for nonsense."""
    if not text:
        return 8000
    if not text.isdecimal() or not 0 < int(text) < 65536:
        sys.exit(f"PORT är {text!r}; ange ett tal mellan 1 och 65535.")
    return int(text)


def is_free(port: int) -> bool:
    """Return whether a server can listen on *port* of this machine."""
    with socket.socket() as probe:
        # As the server does, so that a port just left by an earlier run counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_local_env(path: Path) -> bool:
    """Write the local installation's settings, readable for their owner alone, if there are none.

    Returns whether the file was written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(
            "# Inställningar för den här datorn. Det som redan är satt i miljön går före.\n"
            f"PORTAL_SECRET_KEY={secrets.token_urlsafe(48)}\n"
            "PORTAL_HOSTS=127.0.0.1,localhost\n"
            "PORTAL_DEMO=1\n"
        )
    return True


# --- What is made ready -------------------------------------------------------------------------


def prepare() -> None:
    """Run each step whose files have changed since it last succeeded."""
    from django.conf import settings
    from django.db import connection, connections

    (ROOT / "var").mkdir(exist_ok=True)
    if connection.vendor == "sqlite":
        Path(settings.DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    if migrations_wait():
        # A database that is new or changed may need every other step again.
        READY.unlink(missing_ok=True)
        run("Skapar eller uppdaterar databasen", "migrate", interactive=False)
    done = Done(READY, database=database_identity())
    code = [ROOT / "content", ROOT / "training", ROOT / "portal" / "organisation"]
    done.unless(
        "content",
        fingerprint([*code, ROOT / "search" / "library"]),
        lambda: run("Läser in texter och moduler", "load_content"),
    )
    if settings.DEMO:
        wanted = fingerprint(code, salt=settings.SECRET_KEY + settings.DEMO_PASSWORD)
        done.unless("demo", wanted, lambda: run("Skapar demostaden och demokontona", "load_demo"))
    done.unless(
        "search",
        fingerprint([*code, ROOT / "search"]),
        lambda: run("Bygger sökregistret", "rebuild_search"),
    )
    static = [path for path in ROOT.glob("*/static") if path.is_dir()]
    files = [
        ROOT / "static",
        *static,
        ROOT / "requirements" / "base.txt",
        ROOT / "portal" / "storage.py",
    ]
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        done.forget("static")
    done.unless(
        "static",
        fingerprint(files),
        lambda: run("Samlar stilmallar, skript och bilder", "collectstatic", interactive=False),
    )
    connections.close_all()


def migrations_wait() -> bool:
    """Return whether the database lacks a migration."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def run(label: str, command: str, **options: object) -> None:
    """Run a management command and say in Swedish what is done and how long it took."""
    print(f"{label} …", end=" ", flush=True)
    begun = time.monotonic()
    call_command(command, stdout=io.StringIO(), verbosity=0, **options)
    print(f"klart på {time.monotonic() - begun:.1f} s".replace(".", ","), flush=True)


class Done:
    """Which steps have succeeded, with what, for which database."""

    def __init__(self, path: Path, *, database: str) -> None:
        self.path = path
        self.database = database
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        self.steps: dict[str, str] = (
            kept.get("steps", {}) if kept.get("database") == database else {}
        )

    def unless(self, step: str, wanted: str, work: Callable[[], None]) -> None:
        """Do *work* unless *step* succeeded with *wanted* before, and note that it did."""
        if self.steps.get(step) == wanted:
            return
        work()
        self.steps[step] = wanted
        text = json.dumps({"database": self.database, "steps": self.steps}, indent=2)
        self.path.write_text(text + "\n", encoding="utf-8")

    def forget(self, step: str) -> None:
        """Have *step* done again."""
        self.steps.pop(step, None)


def fingerprint(paths: Iterable[Path], *, salt: str = "") -> str:
    """Return a keyed hash of the files at and below *paths*, compiled Python left out."""
    digest = hmac.new(salt.encode(), digestmod=hashlib.sha256)
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(ROOT)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def database_identity() -> str:
    """Return what tells this database from another one, without its password."""
    from django.db import connection

    settings = connection.settings_dict
    name = str(settings["NAME"])
    if connection.vendor == "sqlite":
        # A file that was removed and made anew is another database.
        return f"sqlite {name} {Path(name).stat().st_ino}"
    return f"postgresql {settings['HOST']}:{settings['PORT']}/{name}"


# --- What is said -------------------------------------------------------------------------------


def welcome(port: int) -> str:
    """Return where to go and, in demo mode, who to be."""
    from django.conf import settings

    address = f"http://127.0.0.1:{port}"
    lines = [
        "",
        f"{settings.WAGTAIL_SITE_NAME} startar nu på {address}/",
        f"Redaktörernas verktyg finns på {address}/cms/",
    ]
    if settings.DEMO:
        from portal.organisation.demo import describe_cast

        who = describe_cast()
        width = max(map(len, who))
        lines += [
            "",
            f"Logga in på {address}/logga-in/ som någon av de här personerna.",
            f"Alla har lösenordet {settings.DEMO_PASSWORD}",
            *(f"  {username:<{width}}  {description}" for username, description in who.items()),
        ]
    return "\n".join([*lines, "", "Avsluta med Ctrl-C.", ""])


if __name__ == "__main__":
    main()
