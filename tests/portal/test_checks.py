"""The system checks: faults in how values fit together."""

import pytest
from django.core.checks import Tags, run_checks

from portal import checks
from portal.env import SearchServer


@pytest.fixture
def reachable(settings):
    """An installation that others reach, rightly configured."""
    settings.ONLY_LOOPBACK = False
    settings.DEMO = False
    settings.DEBUG = False
    settings.SECRET_KEY = "k" * 50
    return settings


def ids(check) -> list[str]:
    return [message.id for message in check(None)]


def test_a_right_installation_has_no_faults(reachable):
    for check in (checks.demo_only_on_loopback, checks.secret_key_is_long, checks.debug_is_off):
        assert ids(check) == []


def test_the_demo_is_refused_where_others_reach_it(reachable):
    reachable.DEMO = True

    assert ids(checks.demo_only_on_loopback) == ["portal.E001"]


def test_a_short_key_is_refused_where_others_reach_it(reachable):
    reachable.SECRET_KEY = "k" * 49

    assert ids(checks.secret_key_is_long) == ["portal.E002"]


def test_debug_is_refused_where_others_reach_it(reachable):
    reachable.DEBUG = True

    assert ids(checks.debug_is_off) == ["portal.E003"]


def test_one_machine_may_have_demo_debug_and_a_short_key(settings):
    settings.ONLY_LOOPBACK = True
    settings.DEMO = settings.DEBUG = True
    settings.SECRET_KEY = "kort"

    for check in (checks.demo_only_on_loopback, checks.secret_key_is_long, checks.debug_is_off):
        assert ids(check) == []


def test_this_database_can_search(db):
    assert ids(checks.sqlite_can_search) == []


def test_an_sqlite_that_cannot_search_is_refused(monkeypatch):
    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *args):
            return None

        def execute(self, statement):
            self.statement = statement

        def fetchone(self):
            return None

    class Connection:
        vendor = "sqlite"
        cursor = Cursor

    monkeypatch.setattr(checks, "connection", Connection)

    assert ids(checks.sqlite_can_search) == ["portal.E004"]


class TestElasticsearch:
    def found(self, settings, url: str, **guarded: str) -> list[str]:
        settings.ELASTICSEARCH = SearchServer(url, "portal", **guarded)
        return ids(checks.elasticsearch_is_guarded) + ids(checks.elasticsearch_is_alone)

    def test_none_is_no_fault(self, settings):
        settings.ELASTICSEARCH = None

        assert ids(checks.elasticsearch_is_guarded) + ids(checks.elasticsearch_is_alone) == []

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
    def test_on_this_machine_needs_no_guard(self, settings, host):
        assert self.found(settings, f"http://{host}:9200") == []

    @pytest.mark.parametrize("host", ["elasticsearch", "10.0.0.7", "[fd00::7]"])
    def test_on_a_network_of_its_own_is_remarked_on(self, settings, host):
        assert self.found(settings, f"http://{host}:9200") == ["portal.W001"]

    @pytest.mark.parametrize("host", ["search.example", "8.8.8.8"])
    def test_out_on_a_network_is_refused_without_password_and_tls(self, settings, host):
        signed_in = {"user": "portal", "password": "x"}

        assert self.found(settings, f"http://{host}:9200") == ["portal.E005"]
        assert self.found(settings, f"http://{host}:9200", **signed_in) == ["portal.E005"]
        assert self.found(settings, f"https://{host}:9200") == ["portal.E005"]
        assert self.found(settings, f"https://{host}:9200", **signed_in) == []

    def test_the_refusal_stops_the_start_and_the_remark_only_a_deployment_check(self, settings):
        settings.ELASTICSEARCH = SearchServer("http://search.example:9200", "portal")
        assert "portal.E005" in {found.id for found in run_checks(tags=[Tags.security])}
        settings.ELASTICSEARCH = SearchServer("http://elasticsearch:9200", "portal")
        assert "portal.W001" not in {found.id for found in run_checks(tags=[Tags.security])}
        deployed = run_checks(tags=[Tags.security], include_deployment_checks=True)
        assert "portal.W001" in {found.id for found in deployed}


def test_every_fault_is_one_swedish_sentence_that_says_what_to_do(reachable):
    reachable.DEMO = reachable.DEBUG = True
    reachable.SECRET_KEY = "kort"
    reachable.ELASTICSEARCH = SearchServer("http://search.example:9200", "portal")

    for check in (
        checks.demo_only_on_loopback,
        checks.secret_key_is_long,
        checks.debug_is_off,
        checks.elasticsearch_is_guarded,
    ):
        (message,) = check(None)
        assert message.msg.endswith(".")
        assert message.msg.count("; ") == 1
