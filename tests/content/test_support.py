"""The directory: what suits what one is looking for."""

from typing import Any

import pytest
from django.test import Client

from content import support
from content.models import Contact, SupportPage
from tests.conftest import Library

pytestmark = pytest.mark.usefixtures("library")


def keys(**asked: str) -> set[str]:
    found = support.listing(asked)
    return {row["key"] for group in found["groups"] for row in group["contacts"]}


class TestTheShippedDirectory:
    def test_lists_every_service_once(self) -> None:
        found = support.listing({})
        listed = [row["key"] for group in found["groups"] for row in group["contacts"]]

        assert sorted(listed) == sorted(Contact.objects.values_list("key", flat=True))
        assert found["count"] == len(listed)
        assert not found["is_filtered"]

    def test_has_a_page_for_each_service(self) -> None:
        have = set(SupportPage.objects.live().values_list("contact__key", flat=True))
        authorities = {
            "sos112", "polisen11414", "polisen-utlandet", "1177", "mottagning-barn-unga",
            "overformyndaren",
        }  # fmt: skip

        assert set(Contact.objects.values_list("key", flat=True)) - have == authorities

    def test_claims_of_no_number_that_somebody_has_called(self) -> None:
        assert not Contact.objects.exclude(verified_on=None).exists()
        assert "Kontrollerad " not in Client().get("/stod/").content.decode()


class TestTheFilters:
    @pytest.mark.parametrize(
        ("asked", "there", "not_there"),
        [
            ({"for": "utovare"}, "valj-att-sluta", "bris"),
            ({"for": "personal"}, "nch-stodtelefon", "bris"),
            ({"alder": "barn"}, "bris", "kvinnofridslinjen"),
            ({"typ": "honour_related"}, "origo", "kast"),
            ({"typ": "prostitution_trafficking"}, "mikamottagningen", "origo"),
            ({"sprak": "so"}, "youmo", "bris"),
            ({"dygnet-runt": "ja"}, "sjalvmordslinjen", "brottsofferjouren"),
            ({"for": "utsatt", "alder": "barn", "dygnet-runt": "ja"}, "sos112", "origo"),
        ],
    )
    def test_leave_what_suits(self, asked: dict[str, str], there: str, not_there: str) -> None:
        assert there in keys(**asked)
        assert not_there not in keys(**asked)

    def test_a_contact_for_no_sort_of_violence_in_particular_suits_all(self) -> None:
        Contact.objects.filter(key="bris").update(violence=[])

        assert "bris" in keys(typ="sexual_violence")

    def test_offer_only_languages_that_somebody_speaks(self) -> None:
        select = next(each for each in support.listing({})["selects"] if each["name"] == "sprak")
        spoken = {code for row in Contact.objects.all() for code in row.speaks} - {"sv"}

        assert {option["value"] for option in select["options"]} == spoken | {""}

    @pytest.mark.parametrize(
        "query", ["for=x", "alder=%00", "typ=<script>", "sprak=sv", "dygnet-runt=nej", "x=1",
                  f"for={3000 * 'a'}"],
    )  # fmt: skip
    def test_take_odd_values_for_no_choice(self, query: str) -> None:
        answer = Client().get(f"/stod/?{query}")

        assert answer.status_code == 200
        assert answer.context["count"] == support.listing({})["count"]

    def test_say_what_to_do_when_nothing_suits(self) -> None:
        Contact.objects.update(always_open=False)
        row = Contact.objects.get(key="bris")
        row.save()

        said = Client().get("/stod/?dygnet-runt=ja").content.decode()

        assert "Inget ställe i katalogen passar valet" in said
        assert ">112<" in said

    def test_cost_one_question_once_the_directory_has_been_read(
        self, django_assert_max_num_queries: Any
    ) -> None:
        Client().get("/stod/?for=utsatt")
        with django_assert_max_num_queries(1):
            Client().get("/stod/?for=utsatt&alder=barn")


def test_a_service_leads_to_its_page(library: Library) -> None:
    found = support.listing({})
    urls = {row["key"]: row["url"] for group in found["groups"] for row in group["contacts"]}

    assert urls["origo"] == "/stod/origo/"
    assert urls["sos112"] == ""
