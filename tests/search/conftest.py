"""A library small enough to know by heart, and the search that is built over it."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

import search
from portal.env import SearchServer
from search import indexing
from search import mirror as mirroring
from search.compounds import Lexicon
from search.plan import Planner
from search.records import Passage
from search.synonyms import SynonymRule, Synonyms, load_rules
from search.vocabulary import Vocabulary
from tests.search.publishing import page, text

PAGES = 5
SHIPPED_SYNONYMS = Path(search.__file__).parent / "library" / "synonyms.yaml"

_ROWS = [
    (
        "vagledning/orosanmalan",
        "Gör en orosanmälan",
        "När ska du anmäla",
        "Anmäl genast när du misstänker att ett barn far illa. En orosanmälan går till "
        "socialtjänsten. Orosanmälningar ska inte vänta.",
    ),
    (
        "vagledning/orosanmalan",
        "Gör en orosanmälan",
        "Skriv vad du har sett",
        "Skriv dag, tid och barnets egna ord. Anmälningsskyldigheten är din egen.",
    ),
    (
        "vagledning/orosanmalan/i-forskolan",
        "Orosanmälan i förskolan",
        "Du som arbetar i förskolan",
        "Förskollärare och barnskötare är anmälningsskyldiga. Prata med chefen efter anmälan.",
    ),
    (
        "valdstyper/konsstympning",
        "Könsstympning",
        "Vad lagen säger",
        "Könsstympning är förbjudet, också utomlands. Den som könsstympas kan få vård.",
    ),
    (
        "valdstyper/vald-i-nara-relationer",
        "Våld i nära relationer",
        "Vem som utsätts",
        "Våld i nära relationer kan drabba vem som helst. Våldet är ofta dolt.",
    ),
    (
        "valdstyper/prostitution-sex-mot-ersattning",
        "Prostitution och sex mot ersättning",
        "Tecken",
        "Unga kan få pengar, kläder eller droger för sex. Sex mot ersättning är ett sätt att "
        "utnyttja någon.",
    ),
    (
        "valdstyper/manniskohandel",
        "Människohandel för sexuella ändamål",
        "Vad det är",
        "Människohandel är ett brott. Människohandel med barn kräver inga otillbörliga medel.",
    ),
    (
        "valdstyper/manniskohandel",
        "Människohandel för sexuella ändamål",
        "Vem som utsätts",
        "Människohandel drabbar vuxna och barn. Ofta finns våld i nära relationer bakom.",
    ),
    (
        "vagledning/misstankt-manniskohandel",
        "Misstänkt människohandel",
        "Tecken",
        "Någon annan håller i passet. Våld och hot i nära band till den som utnyttjar.",
    ),
    ("mal/mal-3", "Mål 3", "Upptäcka", "Mål 3 handlar om att upptäcka våld tidigt."),
    ("mal/mal-5", "Mål 5", "Medverka", "Mål 5 handlar om brottsutredningar."),
    (
        "kallor",
        "Källor",
        "Avskrifter",
        "vald i nara relationer, manniskohandel: en avskrift som har förlorat sina prickar.",
    ),
    (
        "vagledning/sekretess",
        "Sekretess och tystnadsplikt",
        "Vad du får säga",
        "Tystnadsplikten hindrar inte en orosanmälan. Tystnadsplikt gäller alla medarbetare.",
    ),
    (
        "vagledning/vardnad",
        "Vårdnad, boende och umgänge",
        "När föräldrar separerar",
        "Vårdnaden avgörs efter barnets bästa. Vårdnad kan vara gemensam.",
    ),
]


@pytest.fixture(scope="session")
def passages() -> list[Passage]:
    return [
        Passage(number, path, path.split("/")[0], title, heading, f"avsnitt-{number}", text)
        for number, (path, title, heading, text) in enumerate(_ROWS, start=1)
    ]


@pytest.fixture(scope="session")
def texts(passages: list[Passage]) -> list[str]:
    return [f"{passage.title}\n{passage.heading}\n{passage.text}" for passage in passages]


@pytest.fixture(scope="session")
def lexicon(texts: list[str], rules: list[SynonymRule]) -> Lexicon:
    return Lexicon.from_texts([*texts, *Synonyms(rules).words])


@pytest.fixture(scope="session")
def rules() -> list[SynonymRule]:
    return load_rules(SHIPPED_SYNONYMS)


@pytest.fixture(scope="session")
def planner(passages: list[Passage], texts: list[str], lexicon: Lexicon, rules) -> Planner:
    synonyms = Synonyms(rules)
    trusted = [*synonyms.words, *(passage.title for passage in passages)]
    vocabulary = Vocabulary.from_texts(texts, lexicon=lexicon, trusted=trusted)
    return Planner(lexicon, synonyms, vocabulary)


@dataclass
class Mirror:
    """The copy in Elasticsearch, as the tests look at it past the portal."""

    client: Elasticsearch
    url: str
    prefix: str

    def indexes(self) -> list[str]:
        return sorted(self.client.indices.get(index=f"{self.prefix}_*"))

    def searched(self) -> list[str]:
        """The indexes that searches go to: one, or none."""
        found = self.client.indices.get_alias(index=f"{self.prefix}_*")
        return sorted(
            index
            for index, about in found.items()
            if any(not alias.endswith("_write") for alias in about["aliases"])
        )

    def ids(self) -> set[int]:
        return {row["id"] for row in self.rows()}

    def rows(self) -> list[dict[str, Any]]:
        [index] = self.searched()
        self.client.indices.refresh(index=index)
        answer = self.client.search(index=index, query={"match_all": {}}, size=10_000)
        return [hit["_source"] for hit in answer["hits"]["hits"]]

    def everything(self) -> str:
        """All words that are stored under the prefix, in any index."""
        self.client.indices.refresh(index=f"{self.prefix}_*")
        answer = self.client.search(index=f"{self.prefix}_*", query={"match_all": {}}, size=10_000)
        return str(answer["hits"]["hits"])


@pytest.fixture
def mirror(elasticsearch: str, settings: Any) -> Iterator[Mirror]:
    """Elasticsearch is used, with names of this test's own; nothing is in it yet."""
    prefix = f"test-{secrets.token_hex(6)}"
    settings.ELASTICSEARCH = SearchServer(elasticsearch, prefix)
    mirroring.forget()
    with Elasticsearch(elasticsearch, max_retries=0) as client:
        found = Mirror(client, elasticsearch, prefix)
        yield found
        if indexes := found.indexes():
            client.indices.delete(index=indexes)
    mirroring.forget()


@pytest.fixture
def few_skoters(db: None) -> None:
    """Pages enough for one more to outgrow no lexicon."""
    for number in range(PAGES):
        page(f"Skoter {number}", text(f"Om skoter nummer {number}."))
    indexing.rebuild()


@pytest.fixture
def filled_mirror(few_skoters: None, mirror: Mirror) -> Mirror:
    """A few pages, all of them in Elasticsearch."""
    mirroring.rebuild()
    return mirror
