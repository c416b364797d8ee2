"""Logs without people in them: no name, address, path, search term or answer."""

import json
import logging
import traceback
from datetime import UTC, datetime

_FACTS = (
    "job", "kind", "task", "chore", "outcome", "failures", "deaths", "part", "seconds", "count",
)  # fmt: skip
"""What a record may add by `extra`: codes, counts and our own ids, never words of a person."""


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, event and, for errors, where it happened.

    The message's arguments and the exception's text are left out on purpose: they are where a
    path, a name or an answer would slip in. The stack says which line of code to look at.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as one line of JSON."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "event": str(record.msg),
        }
        entry |= {name: getattr(record, name) for name in _FACTS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            entry["error"] = record.exc_info[0].__name__
            entry["stack"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(entry, ensure_ascii=False, default=str)
