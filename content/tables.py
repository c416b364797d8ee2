"""Tables as files that the city's other programs can read."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

# What a spreadsheet takes for a formula when it begins a cell.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Return *rows* as CSV in UTF-8 with a mark, parted by semicolons as Swedish Excel wants it."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> str:
    """Return the cell as text that no spreadsheet runs: an apostrophe before what looks so."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text


def csv_response(
    request: HttpRequest, rows: Iterable[Sequence[object]], name: str
) -> HttpResponse:  # fmt: skip
    """Return *rows* as a file to download."""
    response = kept_response(request, csv_bytes(rows), "text/csv; charset=utf-8")
    if response.status_code == 200:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def kept_response(request: HttpRequest, content: bytes, content_type: str) -> HttpResponse:
    """Return *content* with its tag, or only that it has not changed since the client's copy.

    As open pages: a client may keep it but must ask, so that what is withdrawn is gone at once.
    """
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    wanted = {
        tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))
    }
    response: HttpResponse
    if etag in wanted or "*" in wanted:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response
