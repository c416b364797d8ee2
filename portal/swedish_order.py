"""Swedish alphabetical order, the same in Python, SQLite and PostgreSQL.

PostgreSQL brings ICU's `sv-SE-x-icu`. SQLite is given a collation of the same name, so one
`Collate("name", SWEDISH)` sorts å, ä and ö after z on both.
"""

import unicodedata

SWEDISH = "sv-SE-x-icu"

# Letters that Swedish sorts after z, and the foreign letters that are sorted as them.
_AFTER_Z = {"å": "{a", "ä": "{b", "æ": "{b", "ö": "{c", "ø": "{c", "œ": "{c"}
_AS = {"ü": "y", "ð": "d", "þ": "th", "ß": "ss", "ł": "l", "đ": "d"}


def sort_key(text: str) -> tuple[str, str]:
    """Return a key that sorts *text* in Swedish order; case only breaks ties."""
    letters: list[str] = []
    for character in unicodedata.normalize("NFC", text).casefold():
        if character in _AFTER_Z:
            letters.append(_AFTER_Z[character])
        elif character in _AS:
            letters.append(_AS[character])
        else:
            letters.append(
                "".join(
                    part
                    for part in unicodedata.normalize("NFD", character)
                    if not unicodedata.combining(part)
                )
            )
    return "".join(letters), text.swapcase()


def compare(left: str, right: str) -> int:
    """Return -1, 0 or 1 as SQLite wants it of a collation."""
    left_key, right_key = sort_key(left), sort_key(right)
    return (left_key > right_key) - (left_key < right_key)
