"""The system checks: faults in how values fit together."""

import pytest

from portal import checks


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


def test_every_fault_is_one_swedish_sentence_that_says_what_to_do(reachable):
    reachable.DEMO = reachable.DEBUG = True
    reachable.SECRET_KEY = "kort"

    for check in (checks.demo_only_on_loopback, checks.secret_key_is_long, checks.debug_is_off):
        (message,) = check(None)
        assert message.msg.endswith(".")
        assert message.msg.count("; ") == 1
