"""A fault and a planned pause are said on pages that need nothing that may be away."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client, override_settings

from portal import states


@pytest.fixture
def switch(tmp_path):
    """Where the file that closes the portal would lie."""
    file = tmp_path / "maintenance"
    with override_settings(MAINTENANCE_FILE=file):
        yield file


@pytest.fixture
def no_database():
    """A database that answers nothing."""

    def refuse(*args):
        raise DatabaseError("away")

    with connection.execute_wrapper(refuse):
        yield


class TestWhileTheSwitchIsThere:
    @pytest.mark.parametrize("path", ["/", "/vagledning/", "/logga-in/", "/cms/", "/api/sok?q=oro"])
    def test_every_page_says_that_the_portal_is_closed(self, switch, no_database, path):
        switch.touch()

        response = Client().get(path)

        assert response.status_code == 503
        assert response["Retry-After"] == "600"
        assert response["Cache-Control"] == "no-store"
        assert "stängd en stund" in response.content.decode()
        assert "112" in response.content.decode()

    def test_a_form_is_refused_without_being_read(self, switch, no_database):
        switch.touch()

        assert Client().post("/logga-in/", {"username": "ada"}).status_code == 503

    def test_what_the_operator_wrote_is_shown_and_is_no_markup(self, switch):
        switch.write_text("Klart ungefär klockan 14.30. <b>Vänta</b>\n", encoding="utf-8")

        html = Client().get("/").content.decode()

        assert "Klart ungefär klockan 14.30. &lt;b&gt;Vänta&lt;/b&gt;" in html

    def test_a_file_of_any_size_or_kind_gives_a_page(self, switch):
        switch.write_bytes(b"\xff" * 100_000)

        response = Client().get("/")

        assert response.status_code == 503
        assert len(response.content) < 20_000

    def test_the_process_still_says_that_it_lives(self, switch, no_database):
        switch.touch()

        assert Client().get("/halsa/live").status_code == 200

    def test_the_pages_own_style_is_still_served(self, switch):
        switch.touch()

        response = Client().get("/static/css/tokens.css")
        response.close()

        assert response.status_code == 200

    def test_the_policy_for_pages_holds(self, switch):
        switch.touch()

        response = Client().get("/")

        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"


def test_the_portal_opens_again_when_the_switch_is_taken_away(switch, db):
    switch.touch()
    assert Client().get("/logga-in/").status_code == 503

    switch.unlink()

    assert Client().get("/logga-in/").status_code == 200


class TestAFault:
    def test_is_said_without_a_database(self, db, no_database):
        client = Client(raise_request_exception=False)

        response = client.get("/vagledning/")

        assert response.status_code == 500
        assert "Felet är vårt, inte ditt" in response.content.decode()

    @override_settings(EXIT_URL="https://vader.example/")
    def test_lets_one_leave_to_where_the_installation_says(self, rf):
        html = states.server_error(rf.get("/")).content.decode()

        assert 'href="https://vader.example/"' in html
        assert "<title>Något gick fel – Fri från våld</title>" in html
