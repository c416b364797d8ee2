"""The lexicon in use: what both the index and every query are read with."""

import uuid

from search.compounds import BLOCKED_PARTS, CURATED_PARTS, Lexicon
from search.models import PartUse, SearchState

_lexicons: dict[uuid.UUID, Lexicon] = {}


def lexicon_of(state: SearchState) -> Lexicon:
    """Return the lexicon that the index was made with; queries must be read with the same.

    It stays as it is while pages come and go and editors change the parts, so that a passage's
    parts do not depend on the order that pages were published in. It is made anew by `rebuild`, by
    `grow` when it is outgrown and by `follow_parts` when the parts are others (search.indexing).
    """
    found = _lexicons.get(state.lexicon_stamp)
    if found is None:
        parts = state.lexicon_parts or {}
        found = Lexicon.from_texts(
            state.lexicon_words,
            curated=parts.get(PartUse.PART, CURATED_PARTS),
            blocked=parts.get(PartUse.BLOCKED, BLOCKED_PARTS),
        )
        _lexicons.clear()
        _lexicons[state.lexicon_stamp] = found
    return found
