"""The servers of the tests themselves: shared by runs at the same time, gone after the last."""

import psycopg
import pytest

from tests.services import Missing, apt_install, axe, chromium, postgres

pytestmark = pytest.mark.once


@pytest.fixture
def home(monkeypatch):
    """A server of this test's own, whether or not the run has been given one."""
    monkeypatch.delenv(postgres.GIVEN, raising=False)
    monkeypatch.setattr(postgres, "ROOT", postgres.ROOT / "tests" / "portal" / "test_services.py")
    return postgres._home()


def answers(url: str) -> bool:
    with psycopg.connect(url.rpartition("/")[0] + "/postgres") as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.slow
def test_two_runs_share_a_server_and_the_last_one_stops_it(home):
    with postgres.server() as first:
        with postgres.server() as second:
            assert second == first
            assert answers(first)

        assert answers(first), "the first is still using it"

    assert not (home / "data").exists()
    with pytest.raises(psycopg.OperationalError):
        answers(first)


@pytest.mark.slow
def test_a_server_sorts_by_code_point_and_keeps_every_letter(home):
    with postgres.server() as url, psycopg.connect(url.rpartition("/")[0] + "/postgres") as found:
        assert found.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert found.execute("SELECT upper('åäö')").fetchone() == ("ÅÄÖ",)
        # Not Swedish order by default: what must be in order has to ask for it.
        assert found.execute("SELECT 'ä' < 'å'").fetchone() == (True,)


def test_a_given_server_is_used_as_it_is(monkeypatch):
    monkeypatch.setenv(postgres.GIVEN, "postgresql://given:5432/portal")

    with postgres.server() as url:
        assert url == "postgresql://given:5432/portal"


def test_what_cannot_be_installed_is_named_and_never_passed_over(monkeypatch):
    monkeypatch.setattr("tests.services.shutil.which", lambda name: None)

    with pytest.raises(Missing, match="Chromium is missing: install the package chromium"):
        apt_install("chromium", why="Chromium is missing")


def test_a_missing_browser_fails_the_run(monkeypatch):
    monkeypatch.setattr("tests.services.chromium.shutil.which", lambda name: None)

    with pytest.raises(Missing, match="chromium"):
        chromium.path()


def test_axe_is_the_locked_release_and_no_lock_names_a_host():
    lock = axe.LOCK.read_text(encoding="utf-8")

    assert '"integrity": "sha512-' in lock
    assert "http" not in lock
    assert "axe.run" in axe.script()
