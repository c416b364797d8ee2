"""The servers of the tests themselves: shared by runs at the same time, gone after the last."""

import os

import psycopg
import pytest

from tests.services import Missing, apt_install, axe, chromium, elasticsearch, postgres

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


class TestElasticsearch:
    @pytest.fixture
    def home(self, tmp_path, monkeypatch):
        monkeypatch.delenv(elasticsearch.GIVEN, raising=False)
        monkeypatch.setattr(elasticsearch, "_home", lambda: tmp_path)
        return tmp_path

    def test_a_given_server_is_used_as_it_is(self, monkeypatch):
        monkeypatch.setenv(elasticsearch.GIVEN, "http://given:9200")

        with elasticsearch.server() as url:
            assert url == "http://given:9200"

    def test_what_cannot_be_fetched_fails_the_run(self, home, monkeypatch):
        monkeypatch.setattr("tests.services.elasticsearch.shutil.which", lambda name: None)
        monkeypatch.setattr("tests.services.shutil.which", lambda name: None)

        with pytest.raises(Missing, match="install the package maven"):
            elasticsearch.provision()

    @pytest.mark.parametrize(
        ("version", "modules", "is_taken"),
        [
            ("17.0.2", "java.base jdk.jdi", False),
            ("25.0.1", "java.base jdk.jdi", True),
            ("25.0.1", "java.base", False),
        ],
    )
    def test_a_java_is_taken_if_it_is_new_and_whole(
        self, home, monkeypatch, version, modules, is_taken
    ):
        given = home / "given"
        (given / "bin").mkdir(parents=True)
        (given / "bin" / "java").touch()
        (given / "release").write_text(f'JAVA_VERSION="{version}"\nMODULES="{modules}"\n')
        monkeypatch.setenv("JAVA_HOME", str(given))

        assert (elasticsearch._java_found() == given) is is_taken

    def test_what_an_earlier_run_left_is_not_taken_for_a_server(self, home):
        (home / "url").write_text("http://127.0.0.1:9")

        assert elasticsearch._running(home) is None

    def test_another_process_with_the_number_of_ours_is_left_alone(self, home):
        (home / "group").write_text(str(os.getpid()))

        elasticsearch._stop(home)

        assert not (home / "group").exists()
