"""Logs say what went wrong and where, and never who, what or which page."""

import io
import json
import logging

import pytest
from wagtail.models import Site

from portal.logs import JsonFormatter


def formatted(record: logging.LogRecord) -> dict:
    line = JsonFormatter().format(record)
    assert "\n" not in line
    return json.loads(line)


def record_of(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("portal.trial", logging.ERROR, __file__, 1, message, args, info)


def test_an_entry_says_when_how_bad_and_what():
    entry = formatted(record_of("Kön står still"))

    assert entry["level"] == "ERROR"
    assert entry["logger"] == "portal.trial"
    assert entry["event"] == "Kön står still"
    assert entry["time"].endswith("+00:00")


def test_arguments_are_left_out_since_they_hold_paths_and_names():
    line = JsonFormatter().format(record_of("Internal Server Error: %s", "/stod-till-dig/"))

    assert "stod-till-dig" not in line
    assert "Internal Server Error: %s" in line


def test_an_error_is_known_by_its_type_and_place_and_not_by_its_words():
    try:
        raise ValueError("Ada Ahlgren svarade fel")
    except ValueError as error:
        record = record_of("Det gick inte", error=error)

    entry = formatted(record)

    assert entry["error"] == "ValueError"
    assert any("test_logs.py" in place for place in entry["stack"])
    assert "Ada" not in json.dumps(entry)


def test_swedish_letters_are_readable():
    assert "åäö" in JsonFormatter().format(record_of("åäö"))


@pytest.fixture
def written(monkeypatch) -> io.StringIO:
    """What the configured handlers write."""
    stream = io.StringIO()
    for name in ("", "django", "django.request"):
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler.formatter, JsonFormatter):
                monkeypatch.setattr(handler, "stream", stream)
    return stream


def test_a_page_that_is_missing_leaves_no_trace(client, db, written):
    response = client.get("/jag-ar-radd-for-min-partner/")

    assert response.status_code == 404
    assert written.getvalue() == ""


def test_a_page_that_breaks_is_noted_without_its_path(client, db, written, monkeypatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("Ada Ahlgren")

    monkeypatch.setattr(Site, "find_for_request", broken)
    client.raise_request_exception = False

    response = client.get("/jag-ar-radd-for-min-partner/?q=hemligt")

    assert response.status_code == 500
    entry = json.loads(written.getvalue().splitlines()[0])
    assert entry["error"] == "RuntimeError"
    assert "radd" not in written.getvalue()
    assert "hemligt" not in written.getvalue()
    assert "Ada" not in written.getvalue()
