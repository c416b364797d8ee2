"""Reading the environment: a value nobody meant is refused with one sentence."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORTAL_TRIAL", "PORTAL_TRIAL_FILE", "PORTAL_HOSTS"):
        monkeypatch.delenv(name, raising=False)


def refusal(function, *args, **kwargs) -> str:
    """Return what *function* says when it refuses; it must be one sentence, on one line."""
    with pytest.raises(ImproperlyConfigured) as caught:
        function(*args, **kwargs)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert re.search(r"\b(sätt|använd|skriv|rätta|ange)\b", sentence), "it must say what to do"
    return sentence


class TestFlag:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("true", True), ("1", True), (" True ", True), ("false", False), ("0", False)],
    )
    def test_understands_true_and_false(self, monkeypatch, text, expected):
        monkeypatch.setenv("PORTAL_TRIAL", text)

        assert env.flag("PORTAL_TRIAL", default=not expected) is expected

    @pytest.mark.parametrize("default", [True, False])
    def test_an_empty_value_is_the_default(self, monkeypatch, default):
        monkeypatch.setenv("PORTAL_TRIAL", "")

        assert env.flag("PORTAL_TRIAL", default=default) is default

    @pytest.mark.parametrize("text", ["yes", "on", "ja", "2", "sant"])
    def test_refuses_anything_else_and_names_the_variable(self, monkeypatch, text):
        monkeypatch.setenv("PORTAL_TRIAL", text)

        sentence = refusal(env.flag, "PORTAL_TRIAL", default=True)

        assert "PORTAL_TRIAL" in sentence
        assert text in sentence


class TestSecret:
    def test_is_read_from_the_file_that_name_file_points_at(self, monkeypatch, tmp_path):
        (tmp_path / "key").write_text("hemligt\n", encoding="utf-8")
        monkeypatch.setenv("PORTAL_TRIAL_FILE", str(tmp_path / "key"))

        assert env.secret("PORTAL_TRIAL") == "hemligt"

    def test_refuses_a_file_that_cannot_be_read_and_names_it(self, monkeypatch, tmp_path):
        monkeypatch.setenv("PORTAL_TRIAL_FILE", str(tmp_path / "saknas"))

        sentence = refusal(env.secret, "PORTAL_TRIAL")

        assert "PORTAL_TRIAL_FILE" in sentence
        assert str(tmp_path / "saknas") in sentence

    def test_a_missing_required_secret_is_refused_with_the_hint(self):
        sentence = refusal(env.required_secret, "PORTAL_TRIAL", hint="sätt den.")

        assert sentence == "PORTAL_TRIAL saknas; sätt den."

    def test_a_refusal_never_shows_the_secret(self, monkeypatch):
        monkeypatch.setenv("PORTAL_TRIAL", "mysql://portal:losenord@db/portal")

        assert "losenord" not in refusal(env.database, "PORTAL_TRIAL", default="")


class TestHosts:
    def test_are_separated_by_commas(self, monkeypatch):
        monkeypatch.setenv("PORTAL_TRIAL", "portal.example, .staden.example,[::1],")

        assert env.hosts("PORTAL_TRIAL") == ["portal.example", ".staden.example", "[::1]"]

    @pytest.mark.parametrize(
        "text", ["*", "https://portal.example", "portal.example/cms", "127.0.0.1:8000", "a b"]
    )
    def test_refuses_wildcards_protocols_paths_and_ports(self, monkeypatch, text):
        monkeypatch.setenv("PORTAL_TRIAL", text)

        assert "utan protokoll" in refusal(env.hosts, "PORTAL_TRIAL")


class TestAddress:
    def test_takes_a_whole_address(self, monkeypatch):
        monkeypatch.setenv("PORTAL_TRIAL", "https://vader.example/")

        assert env.address("PORTAL_TRIAL") == "https://vader.example/"

    @pytest.mark.parametrize("text", ["vader.example", "javascript:alert(1)", "//x", "https://"])
    def test_refuses_what_is_not_one(self, monkeypatch, text):
        monkeypatch.setenv("PORTAL_TRIAL", text)

        assert "https://" in refusal(env.address, "PORTAL_TRIAL")


class TestDatabase:
    @pytest.mark.parametrize("slashes", ["sqlite:///", "sqlite:////"])
    def test_an_sqlite_path_is_absolute_with_three_slashes_or_four(self, monkeypatch, slashes):
        monkeypatch.setenv("PORTAL_TRIAL", f"{slashes}srv/v%C3%A5r/portal.db")

        found = env.database("PORTAL_TRIAL", default="")

        assert (found.engine, found.name) == ("sqlite", "/srv/vår/portal.db")

    def test_a_postgresql_address_is_taken_apart(self, monkeypatch):
        monkeypatch.setenv("PORTAL_TRIAL", "postgresql://portal:p%40ss%2F@db.example:5433/staden")

        found = env.database("PORTAL_TRIAL", default="")

        assert found == env.DatabaseAddress(
            "postgresql", "staden", "portal", "p@ss/", "db.example", "5433"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "mysql://db/portal",
            "portal.db",
            "sqlite://",
            "postgresql://db.example",
            "postgresql://db.example:abc/portal",
            "postgresql://db.example:99999/portal",
        ],
    )
    def test_refuses_what_it_cannot_read(self, monkeypatch, text):
        monkeypatch.setenv("PORTAL_TRIAL", text)

        assert "sqlite:" in refusal(env.database, "PORTAL_TRIAL", default="")

    def test_the_default_is_used_when_nothing_is_said(self):
        assert env.database("PORTAL_TRIAL", default="sqlite:///a.db").name == "/a.db"


class TestMail:
    @pytest.mark.parametrize(
        ("text", "server"),
        [
            ("smtp://mail.example", env.MailServer("mail.example", 25)),
            ("smtp://mail.example:1025/", env.MailServer("mail.example", 1025)),
            (
                "smtp+starttls://portal:a%2F%40b@mail.example",
                env.MailServer("mail.example", 587, "portal", "a/@b", "starttls"),
            ),
            (
                "smtps://portal:x@mail.example?from=portalen@staden.se",
                env.MailServer("mail.example", 465, "portal", "x", "tls", "portalen@staden.se"),
            ),
            (
                "smtp://mail.example?from=Utbildning%20%3Cutbildning@staden.se%3E",
                env.MailServer("mail.example", 25, sender="Utbildning <utbildning@staden.se>"),
            ),
        ],
    )
    def test_takes_an_address_apart(self, monkeypatch, text, server):
        monkeypatch.setenv("PORTAL_TRIAL", text)

        assert env.mail("PORTAL_TRIAL") == server

    def test_nothing_is_no_server(self, monkeypatch):
        monkeypatch.setenv("PORTAL_TRIAL", "")

        assert env.mail("PORTAL_TRIAL") is None

    @pytest.mark.parametrize(
        "text",
        [
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://mail.example:abc",
            "smtp://mail.example:99999",
            "smtp://mail.example/inbox",
            "smtp://portal@mail.example",
            "smtp://mail.example?from=staden",
            "smtp://mail.example?from=a@b.se%0ABcc:c@d.se",
            "smtp://mail.example?tls=1",
            "smtp://mail.example?from",
        ],
    )
    def test_refuses_what_it_cannot_read(self, monkeypatch, text):
        monkeypatch.setenv("PORTAL_TRIAL", text)

        assert "smtps://" in refusal(env.mail, "PORTAL_TRIAL")

    def test_refuses_a_password_that_could_never_be_sent(self, monkeypatch):
        monkeypatch.setenv("PORTAL_TRIAL", "smtp://portal:l%C3%B6sen@mail.example")

        assert "bytt på e-postservern" in refusal(env.mail, "PORTAL_TRIAL")


class TestElasticsearch:
    def read(self) -> env.SearchServer | None:
        return env.elasticsearch("PORTAL_TRIAL", prefix="portal")

    @pytest.mark.parametrize(
        ("text", "server"),
        [
            ("http://search:9200/", env.SearchServer("http://search:9200", "portal")),
            ("http://127.0.0.1", env.SearchServer("http://127.0.0.1:9200", "portal")),
            ("http://[::1]:9201", env.SearchServer("http://[::1]:9201", "portal")),
            (
                "https://search.example/es/",
                env.SearchServer("https://search.example:443/es", "portal"),
            ),
            (
                "https://portal:a%2F%40b@search.example:9200/?index=prov-2",
                env.SearchServer("https://search.example:9200", "prov-2", "portal", "a/@b"),
            ),
        ],
    )
    def test_takes_an_address_apart(self, monkeypatch, text, server):
        monkeypatch.setenv("PORTAL_TRIAL", text)

        assert self.read() == server

    def test_may_be_named_by_a_file_and_name_another(self, monkeypatch, tmp_path):
        authority, secret = tmp_path / "ca.pem", tmp_path / "secret"
        authority.touch()
        secret.write_text(f"https://portal:hemligt@search.example:9200/?ca={authority}\n")
        monkeypatch.setenv("PORTAL_TRIAL_FILE", str(secret))

        server = self.read()

        assert server is not None
        assert server.authority == str(authority)
        assert server.is_guarded
        assert "hemligt" not in repr(server)

    def test_nothing_is_no_server(self, monkeypatch):
        monkeypatch.setenv("PORTAL_TRIAL", "")

        assert self.read() is None

    @pytest.mark.parametrize(
        "text",
        [
            "search:9200",
            "ftp://search:9200",
            "http://",
            "http://search:abc",
            "http://search:99999",
            "http://portal@search:9200",
            "http://search:9200/?index=Stad_A",
            "http://search:9200/?index=*",
            "http://search:9200/?ca=/finns/inte.pem",
            "http://search:9200/?tls=1",
            "http://search:9200/?index",
            "http://search:9200/#a",
        ],
    )
    def test_refuses_what_it_cannot_read(self, monkeypatch, text):
        monkeypatch.setenv("PORTAL_TRIAL", text)

        assert "https://användare:lösenord@värd:9200/" in refusal(self.read)


class TestLoadFile:
    @pytest.fixture
    def file(self, tmp_path) -> Path:
        return tmp_path / "local.env"

    def test_gives_what_the_environment_lacks(self, monkeypatch, file):
        monkeypatch.setenv("PORTAL_TRIAL", "")
        monkeypatch.delenv("PORTAL_TRIAL")
        file.write_text("# Kommentar\n\nPORTAL_TRIAL=a=b\n", encoding="utf-8")

        env.load_file(file)

        assert env.text("PORTAL_TRIAL") == "a=b"

    def test_what_the_environment_says_wins_even_if_it_is_empty(self, monkeypatch, file):
        monkeypatch.setenv("PORTAL_TRIAL", "")
        file.write_text("PORTAL_TRIAL=fil\n", encoding="utf-8")

        env.load_file(file)

        assert env.text("PORTAL_TRIAL") == ""

    def test_is_left_alone_when_the_environment_names_a_real_host(self, monkeypatch, file):
        monkeypatch.setenv("PORTAL_HOSTS", "127.0.0.1,portal.example")
        file.write_text("PORTAL_TRIAL=fil\n", encoding="utf-8")

        env.load_file(file)

        assert env.text("PORTAL_TRIAL") == ""

    def test_a_missing_file_is_no_fault(self, file):
        env.load_file(file)

    @pytest.mark.parametrize("line", ["PORTAL_TRIAL", "PATH=/tmp", "export PORTAL_TRIAL=1"])
    def test_refuses_a_line_it_cannot_read_and_says_which(self, file, line):
        file.write_text(f"# Kommentar\n{line}\n", encoding="utf-8")

        assert "local.env rad 2" in refusal(env.load_file, file)
