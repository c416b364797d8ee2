"""How the portal tells that it is well, to whom, and that it tells nothing else."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import health
from portal.jobs.models import ChoreRun, Worker
from tests.conftest import Library

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _not_asked_before(monkeypatch):
    """Ask for the migrations anew in each test."""
    monkeypatch.setattr(health, "_is_migrated", False)


def readiness(client: Client) -> tuple[int, dict[str, object]]:
    response = client.get("/halsa/redo")
    return response.status_code, json.loads(response.content)


class TestReadiness:
    def test_tells_how_the_parts_are(self, client, library):
        assert readiness(client) == (
            200,
            {
                "ready": True,
                "database": "ok",
                "migrations": "ok",
                "search": "ok",
                "search_engine": "embedded",
                "worker_age_seconds": None,
                "timer_age_seconds": None,
            },
        )

    def test_tells_how_old_the_last_signs_of_life_are(self, client):
        now = timezone.now()
        for name, minutes in (("a", 3), ("b", 1)):
            Worker.objects.create(pk=name, started_at=now, seen_at=now - timedelta(minutes=minutes))
        ChoreRun.objects.create(name="recover", finished_at=now - timedelta(minutes=2))

        status, said = readiness(client)

        assert status == 200
        assert said["worker_age_seconds"] in {60, 61, 62}
        assert said["timer_age_seconds"] in {120, 121, 122}

    def test_does_not_hang_on_search_since_people_can_read_without(self, client):
        status, said = readiness(client)

        assert (status, said["ready"], said["search"]) == (200, True, "empty")

    def test_fails_when_a_migration_is_missing(self, client):
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM django_migrations WHERE app = 'training' AND name LIKE '0002%%'"
            )

        status, said = readiness(client)

        assert (status, said) == (503, {"ready": False, "database": "ok", "migrations": "missing"})

    def test_fails_when_the_database_is_away(self, client, monkeypatch):
        def away() -> bool:
            raise DatabaseError("could not connect to server db.internal")

        monkeypatch.setattr(health, "are_migrations_missing", away)

        assert readiness(client) == (503, {"ready": False, "database": "away"})

    def test_asks_the_database_little(self, client, library):
        readiness(client)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            readiness(client)

        assert len(asked) == 4

    def test_knows_every_migration_that_django_knows(self):
        from django.db.migrations.loader import MigrationLoader

        assert health.known_migrations() == set(MigrationLoader(connection).disk_migrations)


class TestEveryAddress:
    ADDRESSES = ("/halsa/live", "/halsa/redo", "/halsa/matt")

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_answers_to_any_name_without_cookie_or_language(self, address, client):
        response = client.get(address, headers={"host": "10.0.0.7:8000", "accept-language": "en"})

        assert response.status_code == 200
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in response
        assert "Content-Language" not in response

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_answers_while_the_portal_is_closed(self, address, client, settings, tmp_path):
        settings.MAINTENANCE_FILE = tmp_path / "maintenance"
        settings.MAINTENANCE_FILE.touch()

        assert client.get("/").status_code == 503
        assert client.get(address).status_code == 200

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_says_nothing_of_versions_or_machines(self, address, client, library):
        import platform

        import django

        text = client.get(address).content.decode()

        for secret in (
            django.get_version(), platform.python_version(), platform.node(), "Django", "python",
            str(connection.settings_dict["NAME"]), "/work",
        ):  # fmt: skip
            assert secret not in text, secret

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_only_shows(self, address, client):
        assert client.post(address).status_code == 405

    def test_being_alive_asks_the_database_nothing(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert client.get("/halsa/live").content == b"ok"

    def test_others_below_are_pages_as_any(self, client, library: Library):
        response = client.get("/halsa/annat/")

        assert response.status_code == 404
        assert "<html" in response.content.decode()


class TestWhoMayReadTheFigures:
    @pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
    def test_a_program_on_this_machine(self, address, client):
        response = client.get("/halsa/matt", REMOTE_ADDR=address)

        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain; version=0.0.4")

    @pytest.mark.parametrize(
        "asked",
        [
            {"REMOTE_ADDR": "10.0.0.7"},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.7"},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=10.0.0.7"},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_REAL_IP": "10.0.0.7"},
            {"REMOTE_ADDR": "", "HTTP_VIA": "1.1 proxy"},
        ],
    )
    def test_nobody_from_elsewhere_nor_through_a_proxy(self, asked, client):
        assert client.get("/halsa/matt", **asked).status_code == 404
