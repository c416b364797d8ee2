"""The stepper: which questions, what they lead to, and that it keeps nothing."""

from itertools import product
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from content import documents, guide
from content.models import Contact, District
from tests.conftest import Library
from tests.content.pages import Words

URL = "/vagledning/orosanmalan/guide/"

pytestmark = pytest.mark.usefixtures("library")

ANSWERS = {
    "fara": "nej", "verksamhet": "forskola", "oro": "vald", "idag": "nej", "stadsdel": "jarva",
}  # fmt: skip


def shown(**answers: str) -> dict[str, Any]:
    return guide.shown(answers, URL)


def titles(**answers: str) -> list[str]:
    return [str(step["title"]) for step in shown(**answers)["steps"]]


class TestTheQuestions:
    def test_are_at_most_five_and_danger_is_the_first(self) -> None:
        keys = [question.key for question in guide.questions()]

        assert len(keys) <= guide.MOST_QUESTIONS
        assert keys[0] == "fara"

    def test_come_one_by_one_each_answer_a_link(self) -> None:
        answers: dict[str, str] = {}
        for key, value in ANSWERS.items():
            found = shown(**answers)
            assert found["question"].key == key
            answers[key] = value
            address = f"{URL}?" + "&".join(f"{k}={v}" for k, v in answers.items())
            assert address in [choice["url"] for choice in found["choices"]]
        assert shown(**answers)["question"] is None

    def test_lead_back_one_step(self) -> None:
        found = shown(fara="nej", verksamhet="skola")

        assert found["back"] == f"{URL}?fara=nej"
        assert shown(fara="nej")["back"] == URL

    def test_have_an_answer_for_each_operation_and_district(self) -> None:
        by_key = {question.key: question for question in guide.questions()}

        assert by_key["verksamhet"].choice("evenemang")
        districts = {row.key for row in District.objects.all()}
        assert districts < {choice.key for choice in by_key["stadsdel"].choices}
        assert len(districts) == 11

    @pytest.mark.parametrize(
        "query", ["?fara=kanske", "?fara=%00", "?oro=heder", "?fara=nej&verksamhet=<script>"]
    )
    def test_ask_again_when_an_answer_is_unknown(self, query: str) -> None:
        answer = Client().get(URL + query)

        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode().partition("<main")[2]
        assert answer.context["question"] is not None


class TestWhatToDo:
    def test_danger_ends_the_questions(self) -> None:
        assert titles(fara="ja")[0].startswith("Ring ")
        assert ">112<" in titles(fara="ja")[0]

    def test_every_way_through_says_something_and_leads_to_pages_that_exist(self) -> None:
        _danger, *others = guide.questions()
        ways = list(product(*([c.key for c in q.choices] for q in others)))
        assert len(ways) > 1000
        seen: set[str] = set()
        # What the district is changes the cards alone, so one of each sort will do.
        for way in ways:
            answers = {"fara": "nej"} | dict(zip([q.key for q in others], way, strict=True))
            if answers["stadsdel"] not in {"jarva", "vet-inte", "annan"}:
                continue
            steps = shown(**answers)["steps"]
            assert any(step["contacts"] for step in steps), answers
            assert len(steps) >= 4, answers
            seen |= {link["url"] for step in steps for link in step["links"]}
        missing = {path for path in guide.paths() if f"/{path}/" not in seen}
        assert missing <= {"vagledning/akut-fara"}
        assert documents.alive_paths(guide.paths()) == guide.paths()

    @pytest.mark.parametrize("oro", ["vald", "sexuellt", "heder"])
    def test_nobody_at_home_is_told_when_they_may_be_the_ones(self, oro: str) -> None:
        said = " ".join(titles(**ANSWERS | {"oro": oro}))

        assert "Kontakta inte" in said

    def test_the_guidance_is_that_of_the_operation(self) -> None:
        steps = shown(**ANSWERS)["steps"]

        assert steps[-1]["links"][0]["url"] == "/vagledning/orosanmalan/i-forskolan/"

    def test_the_district_s_number_is_shown_once_an_editor_has_written_it(self) -> None:
        def card() -> dict[str, Any]:
            return next(s["contacts"][0] for s in shown(**ANSWERS)["steps"] if s["contacts"])

        assert card()["name"] == "Mottagningen för barn och unga, Järva"
        assert card()["phone"] == ""

        row = District.objects.get(key="jarva")
        row.child_phone = "08-000 00 00"
        row.save()

        assert card()["phone"] == "08-000 00 00"
        assert card()["phone_link"] == "tel:080000000"

    def test_another_municipality_is_reached_by_its_own_name(self) -> None:
        steps = shown(**ANSWERS | {"stadsdel": "annan"})["steps"]

        assert "kommunen där barnet bor" in steps[0]["contacts"][0]["name"]

    def test_goes_on_without_the_contacts(self) -> None:
        Contact.objects.filter(key="socialjouren").update(phone="")

        assert titles(**ANSWERS)


class TestWhatIsKept:
    def test_is_nothing(self) -> None:
        client = Client()
        query = "?" + "&".join(f"{key}={value}" for key, value in ANSWERS.items())

        answer = client.get(URL + query)

        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert not answer.cookies
        assert not Session.objects.exists()

    def test_asks_the_database_little(self, django_assert_max_num_queries: Any) -> None:
        query = "?" + "&".join(f"{key}={value}" for key, value in ANSWERS.items())
        with django_assert_max_num_queries(10):
            Client().get(URL + query)
        with django_assert_max_num_queries(1):
            Client().get(URL + query)

    def test_takes_no_post(self) -> None:
        assert Client().post(URL, {"fara": "ja"}).status_code == 405

    def test_says_whose_advice_it_is(self) -> None:
        query = "?" + "&".join(f"{key}={value}" for key, value in ANSWERS.items())
        said = " ".join("".join(Words(Client().get(URL + query).content.decode()).parts).split())

        assert "ännu inte sakgranskade" in said
        assert "sparar dem inte" in said


def test_the_library_is_whole(library: Library) -> None:
    assert {place.url.strip("/") for place in guide.places()} == guide.paths()
