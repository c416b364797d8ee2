"""What is frozen when a module is published: everything a learner sees, as plain data.

Laws, contacts and sources are written in by value too, so that what was shown on a day can be shown
again after they have changed.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from content import documents
from training.models.versions import SCHEMA_VERSION

STORED_QUESTION_KINDS = ("single", "multiple", "true_false")


def build(page: Any) -> dict[str, Any]:
    """Return the content of *page* (a ModulePage) as JSON values, keyed by block ids."""
    paths = documents.paths_by_id()

    def portable(raw: list[dict[str, Any]]) -> documents.Document:
        return documents.to_portable(documents.unwrap(raw), path_of=paths.get)

    overview = portable(page.body.get_prep_value())
    lessons = [_lesson(raw, portable) for raw in page.lessons.get_prep_value()]
    questions = [_question(raw, portable) for raw in page.questions.get_prep_value()]
    data = {
        "schema": SCHEMA_VERSION,
        "module": str(page.translation_key),
        "language": page.locale.language_code,
        "slug": page.slug,
        "title": page.title,
        "summary": page.summary,
        "minutes": page.minutes,
        "goals": [item["value"] for item in page.learning_goals.get_prep_value()],
        "areas": page.areas,
        "policy": {"pass_percent": page.pass_percent, "draw": page.draw},
        "overview": overview,
        "lessons": lessons,
        "questions": questions,
        "registers": _registers(
            [overview, *(lesson["body"] for lesson in lessons)],
            [question["sources"] for question in questions],
        ),
    }
    # Through JSON and back, so that the data is what will be read again: no dates, no lazy text.
    return dict(json.loads(json.dumps(data, cls=DjangoJSONEncoder)))


def _lesson(raw: dict[str, Any], portable: Any) -> dict[str, Any]:
    value = raw["value"]
    return {
        "id": raw["id"],
        "slug": value["slug"],
        "title": value["title"],
        "minutes": value["minutes"],
        "goal": value["goal"],
        "body": portable(value["body"]),
    }


def _question(raw: dict[str, Any], portable: Any) -> dict[str, Any]:
    value = raw["value"]
    explained = portable(
        [
            {
                "type": "text",
                "id": raw["id"],
                "value": {"text": value["explanation"], "sources": value.get("sources") or []},
            }
        ]
    )[0]
    return {
        "id": raw["id"],
        "key": value.get("key") or raw["id"],
        "kind": raw["type"],
        "text": value["text"],
        "lesson": value.get("lesson") or "",
        "link": value.get("link") or "",
        "choices": [
            {
                "id": item["id"],
                "key": item["value"].get("key") or item["id"],
                "text": item["value"]["text"],
                "correct": bool(item["value"].get("correct")),
                "feedback": item["value"]["feedback"],
            }
            for item in value["choices"]
        ],
        "explanation": explained["text"],
        "sources": explained["sources"],
    }


def _registers(
    texts: Iterable[documents.Document], references: Iterable[list[dict[str, str]]]
) -> dict[str, Any]:
    blocks = [block for text in texts for block in text]
    blocks += [
        {"kind": "reported", "text": "", "sources": reference, "id": ""} for reference in references
    ]
    rows = documents.Registers.of(blocks)
    return {
        "laws": {key: documents.law_dict(row) for key, row in rows.provisions.items()},
        "contacts": {key: documents.contact_dict(row) for key, row in rows.contacts.items()},
        "sources": {key: documents.source_dict(row) for key, row in rows.sources.items()},
    }
