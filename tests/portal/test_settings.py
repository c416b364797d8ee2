"""What the settings become in different environments, and that a faulty one stops the start."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from portal import env

ROOT = Path(settings.BASE_DIR)
KEY = "x" * 60
PRODUCTION = {"PORTAL_SECRET_KEY": KEY, "PORTAL_HOSTS": "portal.example"}


def settings_in(variables: dict[str, str]) -> dict[str, Any]:
    """Return the settings that an environment of *variables*, and no local.env, gives."""
    with (
        mock.patch.dict(os.environ, variables, clear=True),
        mock.patch.object(env, "load_file"),
    ):
        return runpy.run_path(str(ROOT / "portal" / "settings.py"))


def start(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python with *command* in an environment of *variables* alone."""
    # A real host keeps local.env out; every test here names one.
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        # Whether static files have been gathered is not what is asked here.
        env={
            "PATH": os.environ["PATH"],
            "PYTHONUTF8": "1",
            "PYTHONWARNINGS": "ignore",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


class TestAnInstallationThatOthersReach:
    def test_sends_its_cookies_over_https_alone(self):
        found = settings_in(PRODUCTION)

        assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
        assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
        assert found["SESSION_COOKIE_SECURE"]
        assert found["CSRF_COOKIE_SECURE"]
        assert found["SECURE_SSL_REDIRECT"]
        assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
        assert found["CSRF_TRUSTED_ORIGINS"] == ["https://portal.example"]

    def test_has_debug_and_demo_off_unless_told(self):
        found = settings_in(PRODUCTION)

        assert found["DEBUG"] is False
        assert found["DEMO"] is False

    def test_takes_its_key_from_a_file(self, tmp_path):
        (tmp_path / "key").write_text(KEY, encoding="utf-8")

        found = settings_in(
            {"PORTAL_HOSTS": "portal.example", "PORTAL_SECRET_KEY_FILE": str(tmp_path / "key")}
        )

        assert found["SECRET_KEY"] == KEY


class TestAnInstallationOfOneMachine:
    def test_works_for_plain_clients_without_https(self):
        found = settings_in({"PORTAL_SECRET_KEY": KEY, "PORTAL_HOSTS": "127.0.0.1,localhost"})

        assert found["SESSION_COOKIE_NAME"] == "session"
        assert not found["SESSION_COOKIE_SECURE"]
        assert not found["SECURE_SSL_REDIRECT"]
        assert found["DEBUG"] is False

    def test_answers_loopback_alone_when_no_host_is_named(self):
        found = settings_in({"PORTAL_SECRET_KEY": KEY})

        assert set(found["ALLOWED_HOSTS"]) == {"127.0.0.1", "localhost", "[::1]"}
        assert found["ONLY_LOOPBACK"]

    def test_keeps_its_data_in_var(self):
        found = settings_in({"PORTAL_SECRET_KEY": KEY})

        assert found["DATABASES"]["default"]["NAME"] == str(ROOT / "var" / "portal.db")


class TestWhatIsOpen:
    def test_texts_are_open_unless_told(self):
        found = settings_in(PRODUCTION)

        assert not any("LoginRequired" in name for name in found["MIDDLEWARE"])

    def test_other_hosts_are_never_told_where_a_reader_came_from(self):
        # Not no-referrer: a browser then calls a form's origin null, and no form works.
        assert settings_in(PRODUCTION)["SECURE_REFERRER_POLICY"] == "same-origin"

    def test_closing_them_guards_every_view(self):
        found = settings_in({**PRODUCTION, "PORTAL_OPEN_CONTENT": "false"})

        assert found["MIDDLEWARE"][-1] == ("django.contrib.auth.middleware.LoginRequiredMiddleware")


class TestTheDatabase:
    def test_postgresql_connections_are_checked_before_they_are_used_again(self):
        found = settings_in(
            {**PRODUCTION, "PORTAL_DATABASE_URL": "postgresql://u:p@db:5432/portal"}
        )

        database = found["DATABASES"]["default"]
        assert database["ENGINE"] == "django.db.backends.postgresql"
        assert (database["USER"], database["HOST"], database["PORT"]) == ("u", "db", "5432")
        assert database["CONN_HEALTH_CHECKS"]

    def test_what_was_acknowledged_is_on_disk_and_whole(self, db):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SHOW synchronous_commit")
                assert cursor.fetchone() == ("on",)
                cursor.execute("SHOW server_encoding")
                assert cursor.fetchone() == ("UTF8",)
                return
            found = {}
            for pragma in ("journal_mode", "synchronous", "foreign_keys"):
                cursor.execute(f"PRAGMA {pragma}")
                found[pragma] = cursor.fetchone()[0]
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


class TestTheContentSecurityPolicy:
    def test_allows_nothing_inline_in_front(self):
        for name, sources in settings.SECURE_CSP.items():
            assert not any("unsafe" in source for source in sources), name

    def test_starts_from_nothing(self):
        assert settings.SECURE_CSP["default-src"] == ["'none'"]
        assert settings.SECURE_CSP["object-src"] == ["'none'"]
        assert settings.SECURE_CSP["base-uri"] == ["'none'"]


class TestAFaultyEnvironment:
    def test_without_a_key_there_are_no_settings(self):
        with pytest.raises(ImproperlyConfigured, match="PORTAL_SECRET_KEY saknas"):
            settings_in({"PORTAL_HOSTS": "portal.example"})

    @pytest.mark.parametrize("command", [("manage.py", "check"), ("-m", "portal.wsgi")])
    def test_stops_the_start_with_one_sentence(self, command):
        ended = start(*command, PORTAL_HOSTS="portal.example")

        assert ended.returncode != 0
        assert len(ended.stderr.strip().splitlines()) == 1
        assert "PORTAL_SECRET_KEY saknas" in ended.stderr

    def test_the_server_refuses_the_demo_where_others_reach_it(self):
        ended = start(
            "-m", "portal.wsgi",
            PORTAL_SECRET_KEY=KEY, PORTAL_HOSTS="portal.example", PORTAL_DEMO="1",
        )  # fmt: skip

        assert ended.returncode != 0
        assert len(ended.stderr.strip().splitlines()) == 1
        assert "PORTAL_DEMO är på" in ended.stderr
