"""The lexicon in use, and the synonyms: what both the index and every query are read with."""

import uuid
from pathlib import Path
from typing import Final

from search.compounds import Lexicon
from search.models import SearchState
from search.synonyms import Synonyms, load_rules

SYNONYMS: Final = Synonyms(load_rules(Path(__file__).parent / "library" / "synonyms.yaml"))

_lexicons: dict[uuid.UUID, Lexicon] = {}


def lexicon_of(state: SearchState) -> Lexicon:
    """Return the lexicon that the index was made with; queries must be read with the same.

    It stays as it is while pages come and go, so that a passage's parts do not depend on the order
    that pages were published in. It is made anew by `rebuild`, and by `grow` when it is outgrown
    (search.indexing).
    """
    found = _lexicons.get(state.lexicon_stamp)
    if found is None:
        found = Lexicon.from_texts([*state.lexicon_words, *SYNONYMS.words])
        _lexicons.clear()
        _lexicons[state.lexicon_stamp] = found
    return found
