"""The stepper "Jag är orolig för ett barn": a few questions, and what to do.

The answers stand in the address and nowhere else. Every answer is a link, so it works without
scripts, the browser's Back goes one question back, and what one comes to can be printed. The
questions and what they lead to are a file of the library (`guide.yaml`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import yaml
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from content import directory, documents, facts, mentions
from content.models.registers import District, tel_link
from content.tree import Place
from portal import generation

FILE: Final = Path(__file__).parent / "library" / "guide.yaml"
MOST_QUESTIONS: Final = 5
ELSEWHERE: Final = "annan"
CHILD_SERVICES, EMERGENCY_SERVICES = "mottagning-barn-unga", "socialjouren"

type Answers = dict[str, str]


@dataclass(frozen=True)
class Choice:
    """An answer. One that `ends` leads to what to do at once."""

    key: str
    text: str
    ends: bool = False


@dataclass(frozen=True)
class Question:
    """A question with its answers."""

    key: str
    text: str
    help: str
    choices: tuple[Choice, ...]

    def choice(self, key: str) -> Choice | None:
        """Return the answer called *key*."""
        return next((each for each in self.choices if each.key == key), None)


@lru_cache(maxsize=1)
def script() -> dict[str, Any]:
    """Return what the file says."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


_kept = generation.Memory(2)


def questions() -> tuple[Question, ...]:
    """Return the questions in their order, with an answer for each operation and district."""
    return _kept.get("questions", _questions)


def _questions() -> tuple[Question, ...]:
    return tuple(
        Question(row["key"], row["text"], row.get("help", ""), tuple(_choices(row)))
        for row in script()["questions"]
    )


def _choices(row: Mapping[str, Any]) -> list[Choice]:
    found: list[Choice] = []
    if row.get("operations"):
        found += [Choice(each.slug, each.name) for each in facts.now().operations.values()]
    if row.get("districts"):
        found += [Choice(each.key, each.name) for each in _districts().values()]
    return found + [
        Choice(each["key"], each["text"], each.get("ends", False)) for each in row["choices"]
    ]


def _districts() -> dict[str, District]:
    return _kept.get(
        "districts",
        lambda: {row.key: row for row in District.objects.order_by("sort_order", "pk")},
    )


def answered(asked: Mapping[str, str]) -> Answers:
    """Return the answers that an address holds, up to the first that is missing or unknown."""
    found: Answers = {}
    for question in questions():
        choice = question.choice(asked.get(question.key, ""))
        if choice is None:
            break
        found[question.key] = choice.key
        if choice.ends:
            break
    return found


def shown(asked: Mapping[str, str], url: str) -> dict[str, Any]:
    """Return what the page at *url* shows for the answers in *asked*.

    `question` is the next one with its `choices` as links, or None when there is nothing more to
    ask; then `steps` say what to do. `given` lists what has been answered, each with the address
    that takes one back to it; `back` is the address of the question before.
    """
    answers = answered(asked)
    ends = any(
        (choice := question.choice(answers.get(question.key, ""))) and choice.ends
        for question in questions()
    )
    left = [] if ends else [each for each in questions() if each.key not in answers]
    given = []
    before: Answers = {}
    for question in questions():
        if choice := question.choice(answers.get(question.key, "")):
            given.append(
                {"question": question.text, "answer": choice.text, "url": _address(url, before)}
            )
            before[question.key] = choice.key
    return {
        "guide": script(),
        "question": left[0] if left else None,
        "number": len(answers) + 1,
        "most": len(questions()),
        "choices": [
            {"text": each.text, "url": _address(url, answers | {left[0].key: each.key})}
            for each in left[0].choices
        ]
        if left
        else [],
        "given": given,
        "back": given[-1]["url"] if given else "",
        "start": url,
        "steps": [] if left else _steps(answers),
        "is_danger": ends,
    }


def _address(url: str, answers: Answers) -> str:
    return f"{url}?{urlencode(answers)}" if answers else url


# --- What to do ---------------------------------------------------------------------------------


def _steps(answers: Answers) -> list[dict[str, Any]]:
    here = facts.now().tree
    steps = []
    for row in script()["results"]:
        if not _suits(row["when"], answers):
            continue
        paths = list(row.get("links", []))
        if row.get("operation_page"):
            paths.append(
                script()["operation_pages"].get(
                    answers.get("verksamhet", ""), script()["otherwise"]
                )
            )
        places = [place for path in paths if (place := here.at(path))]
        steps.append(
            {
                "title": _said(row["title"]),
                "text": _said(row["text"]),
                "links": [{"title": place.title, "url": place.url} for place in places],
                "contacts": _contacts(answers) if row.get("contact") else [],
            }
        )
    return steps


def _suits(when: Mapping[str, Any], answers: Answers) -> bool:
    return all(
        answers.get(key) in (wanted if isinstance(wanted, list) else [wanted])
        for key, wanted in when.items()
    )


def _said(text: str) -> SafeString:
    """Return a text of the file as HTML, with the numbers that it mentions."""
    words = mentions.filled(
        escape(text), directory.contacts().get, lambda key: None, lambda key: ""
    )
    return mark_safe(words)  # noqa: S308  # escaped above


def _contacts(answers: Answers) -> list[dict[str, Any]]:
    """Return whom to ring, as cards: the district's own reception, and the emergency services."""
    known = directory.contacts()
    child = documents.contact_dict(known.get(CHILD_SERVICES))
    district = _districts().get(answers.get("stadsdel", ""))
    if child and district:
        child |= {
            "name": f"Mottagningen för barn och unga, {district.name}",
            "phone": district.child_phone,
            "phone_link": tel_link(district.child_phone),
            "hours": district.child_hours,
            "hours_note": "",
            "web": district.report_web,
            "verified_on": district.verified_on,
            # The number is the editors' own, and no other source's.
            "source": "",
            "phone_note": "" if district.child_phone else child["phone_note"],
        }
    elif child and answers.get("stadsdel") == ELSEWHERE:
        child |= {
            "name": "Socialtjänsten i kommunen där barnet bor",
            "for_whom": "Sök på kommunens namn och ordet orosanmälan, eller ring kommunens växel.",
        }
    cards = [child, documents.contact_dict(known.get(EMERGENCY_SERVICES))]
    return [card for card in cards if card]


def paths() -> set[str]:
    """Return the paths of every page that the file leads to."""
    rows = script()
    linked = {path for row in rows["results"] for path in row.get("links", [])}
    return linked | set(rows["operation_pages"].values()) | {rows["otherwise"]}


def places() -> list[Place]:
    """Return those of them that are published."""
    here = facts.now().tree
    return [place for path in sorted(paths()) if (place := here.at(path))]
