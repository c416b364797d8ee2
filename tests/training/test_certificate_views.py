"""Certificates: the holder's to keep, anyone's to check, nobody's to learn names from."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import ModelLogEntry

from portal.organisation.models import Employment, Person, User
from tests.conftest import Organisation
from tests.factories import EmploymentFactory
from tests.training.factories import CompletionFactory, hand_in, moment, republish
from training import actions
from training.models import Completion, ModuleVersion

pytestmark = pytest.mark.django_db

NOW = moment(2026, 3, 28, 23, 30)


@pytest.fixture
def completion(learner: Person, version: ModuleVersion) -> Completion:
    return hand_in(learner, version, NOW).completion


def signed_in(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def certificate(user: User, completion: Completion) -> Any:
    return signed_in(user).get(f"/intyg/{completion.code}/")


def verify(user: User | None, code: str) -> Any:
    return signed_in(user).get(f"/intyg/verifiera/{code}/")


class TestTheCertificate:
    def test_says_who_what_when_and_how(self, ada, completion):
        response = certificate(ada, completion)

        context = response.context
        assert (context["name"], context["module"]) == ("Ada Ahlgren", "Prova")
        assert (context["version"], context["how_label"]) == (1, "kunskapstest")
        assert context["completed_at"] == NOW
        assert "28 mars 2026" in response.content.decode()
        assert context["verify_url"] == f"http://testserver/intyg/verifiera/{completion.code}/"

    def test_follows_the_version_that_was_completed(self, ada, prova, completion):
        republish(prova, title="Något annat", minutes=90)

        context = certificate(ada, completion).context

        assert (context["module"], context["minutes"], context["version"]) == ("Prova", 15, 1)

    @pytest.mark.parametrize("role", ["berit", "cem", "disa", "registrar", "staff_admin"])
    def test_is_not_there_for_anyone_else(self, request, completion, role):
        assert certificate(request.getfixturevalue(role), completion).status_code == 404

    def test_asks_a_stranger_to_sign_in(self, client, completion):
        assert client.get(f"/intyg/{completion.code}/").url.startswith("/logga-in/?next=/intyg/")

    def test_of_a_revoked_completion_is_not_there(self, ada, disa, completion):
        actions.revoke_completion(completion=completion, by=disa, reason="Fel", at=NOW)

        assert certificate(ada, completion).status_code == 404

    def test_bears_the_name_of_a_protected_holder_for_the_holder(self, protected, version):
        own = CompletionFactory(person=protected.person, version=version)

        assert certificate(protected, own).context["name"] == "Åsa Öberg"

    def test_is_kept_out_of_caches(self, ada, completion):
        assert "no-store" in certificate(ada, completion)["Cache-Control"]

    @pytest.mark.parametrize("code", ["0", "%00", "K7QF-2M9X-R4TD", "å", "x" * 500, "' OR 1=1"])
    def test_with_a_code_that_is_nobodys_is_not_there(self, ada, completion, code):
        assert signed_in(ada).get(f"/intyg/{code}/").status_code == 404


class TestVerifying:
    def test_tells_a_stranger_what_and_when_but_not_who(self, completion):
        response = verify(None, completion.code)

        assert response.status_code == 200
        assert response.context["result"] == {
            "found": True,
            "module": "Prova",
            "completed_at": NOW,
            "name": None,
            "revoked": False,
        }
        assert "Ahlgren" not in response.content.decode()

    def test_tells_the_holder_who(self, ada, completion):
        assert verify(ada, completion.code).context["result"]["name"] == "Ada Ahlgren"
        assert not ModelLogEntry.objects.exists()

    def test_tells_the_holders_manager_who_and_puts_it_on_record(self, berit, completion):
        response = verify(berit, completion.code)

        assert response.context["result"]["name"] == "Ada Ahlgren"
        entry = ModelLogEntry.objects.get(action="training.certificate_checked")
        assert (entry.user, entry.object_id) == (berit, str(completion.pk))
        assert "Ahlgren" not in f"{entry.label} {entry.data}"

    @pytest.mark.parametrize("role", ["cem", "disa", "follow_up", "registrar", "staff_admin"])
    def test_tells_nobody_else_who(self, request, completion, role):
        response = verify(request.getfixturevalue(role), completion.code)

        assert response.context["result"]["name"] is None
        assert not ModelLogEntry.objects.exists()

    def test_tells_a_former_manager_nothing_of_who(self, berit, completion):
        Employment.objects.filter(person=completion.person).update(ends_date=moment(2026, 1, 1))

        assert verify(berit, completion.code).context["result"]["name"] is None

    def test_tells_the_manager_of_a_second_employment(self, cem, organisation, completion):
        EmploymentFactory(person=completion.person, unit=organisation.lonnen)

        assert verify(cem, completion.code).context["result"]["name"] == "Ada Ahlgren"

    def test_never_names_a_protected_holder_to_the_manager(
        self, berit: User, protected: User, version: ModuleVersion, organisation: Organisation
    ):
        hidden = CompletionFactory(person=protected.person, version=version)

        response = verify(berit, hidden.code)

        assert response.context["result"]["name"] is None
        assert "Öberg" not in response.content.decode()
        assert verify(protected, hidden.code).context["result"]["name"] == "Åsa Öberg"

    def test_says_that_a_completion_was_revoked_and_not_why(self, disa, completion):
        actions.revoke_completion(completion=completion, by=disa, reason="Fusk", at=NOW)

        response = verify(None, completion.code)

        assert response.context["result"]["revoked"] is True
        assert "Fusk" not in response.content.decode()

    @pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", "")])
    def test_takes_a_code_as_someone_may_have_written_it(self, completion, change):
        assert verify(None, change(completion.code)).context["result"]["found"]

    @pytest.mark.parametrize(
        "code",
        ["%00", "%2e%2e", "---", "å", "x" * 300, "' OR 1=1 --", "<script>", "٣٤", "%F0%9F%92%A9"],
    )
    def test_of_an_odd_code_finds_nothing_and_breaks_nothing(self, completion, code):
        response = verify(None, code)

        assert response.status_code == 404
        assert "<script>" not in response.content.decode().split("<main")[1]

    def test_has_a_form_that_leads_to_the_code(self, client, completion):
        typed = f"  {completion.code.lower().replace('-', ' ')} "

        response = client.get("/intyg/verifiera/", {"kod": typed})

        assert response.url == f"/intyg/verifiera/{completion.code}/"

    @pytest.mark.parametrize("typed", ["---", "\x00", "x" * 41, " . "])
    def test_asks_for_a_code_that_could_be_one(self, client, typed):
        response = client.get("/intyg/verifiera/", {"kod": typed})

        assert response.status_code == 400
        assert "Skriv koden som står på intyget" in response.content.decode()

    def test_begins_with_an_empty_form(self, client, db):
        response = client.get("/intyg/verifiera/")

        assert response.status_code == 200
        assert "result" not in response.context
