"""Swedish words: find them in a text, fold their diacritics, reduce them to a root.

Everything here is a pure function of its arguments. The index and the query go through the same
functions, which is the whole reason that "anmälningar" in a query finds "anmälan" in a text.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

MAX_WORD_LENGTH: Final = 60
"""Longer runs of letters are no words; only this many characters of them are looked at."""

_SOFT_HYPHEN = "\u00ad"
_INSIDE = f"\u0300-\u036f{_SOFT_HYPHEN}"  # combining marks and soft hyphens do not end a word
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_INSIDE}])*")
_VOWELS = frozenset("aeiouyåäöéü")
_DOUBLED = frozenset("bdfgklmnprt")  # not s: sekretess and process end so in every form


def word_list(block: str) -> tuple[str, ...]:
    """Read a block of words with white space between, in order."""
    return tuple(block.split())


class Token(NamedTuple):
    """A word as it is compared (`word`) and where it stands in the text it came from."""

    word: str
    start: int
    end: int


STOP_WORDS: Final = frozenset(
    word_list("""
    alla allt alltså andra att av bara blev bli blir blivit bör de dem den denna deras dess dessa
    det detta dig din dina ditt du då där eftersom ej eller en er era ert ett från får för genom
    gick gå går gått gör göra ha hade han hans har hela henne hennes hon honom hos hur här i icke
    inga ingen inget inom inte ja jag ju kan kanske kom komma kommer kommit kunde kunna man med
    medan mellan men mer mest mig min mina mitt mycket måste nej ni nog nu någon något några nån
    nåt när och också om oss på redan samma samt sedan sig sin sina sitt själv ska skall skulle som
    så sådan sådana sådant till tills upp ut utan vad var vara varför varit varje vars vart vet
    veta vi via vid vidare vilka vilken vilket visste vår våra vårt väl åt än ännu är även
    """)
)
"""Words that say nothing of what a text is about.

"mot", "under", "vem", "efter" and "över" are left out on purpose: they carry the sense of
"sex mot ersättning", "våld under graviditet" and "vem måste anmäla".
"""

# Each row: the root first, then the forms that the rules below would take elsewhere. A form
# belongs here when the vowel changes, when a suffix-like ending is part of the word itself, or
# when the rules would take two different words for one.
_IRREGULAR_ROWS: Final = """
aga agad agade agan agar agas
anhörig anhöriga anhörigas anhörige anhörigs
artikel artikeln artiklar artiklarna
barn barnen barnens barnet barnets barns
beroende beroenden beroendet
bok boken böcker böckerna
brist brista bristande bristen brister bristerna
bror brodern broder bröder bröderna brors
bryt bryta bruten brutit bryter bryts bröt
dator datorer datorerna datorn
dotter dottern döttrar döttrarna dotterns
dölj dölja dold dolda döljer döljs dolt dolde
ekonomi ekonomin ekonomisk ekonomiska ekonomiskt ekonomins
exempel exemplen exemplet exempels
fader fadern fäder pappa pappan pappas pappor
fara far faran faror farit farlig farliga farligt farlighet
flykt flykta flyr fly flydde flykten
flytt flytta flyttar flyttat flytten
fråga fråge frågan frågar frågas frågat frågor frågorna frågade
få fick fått
förening föreningar föreningarna föreningen förenings
faktor faktorer faktorerna faktorn
försvinna försvann försvinner försvunnen försvunnit
förälder föräldern föräldra föräldrar föräldrarna föräldrars föräldrarnas förälderns
ge ger gav gett ges givit
gift gifta gifte gifter gifts giftas giftermål giftermålet
god goda gott
gå går gick gått
göra gjord gjorda gjorde gjort görs
hand handen händer händerna
heder hederlig hedern heders
hem hemma hemmen hemmet hemmets
hemlig hemliga hemligt hemlighet hemligheten hemligheter hemlighålla hemlighålls
hjälp hjälpa hjälpen hjälper hjälpt hjälpte
hot hota hotad hotade hotades hotar hotas hotat hoten hotet hotfull hotfulla hotelse hotelser
håll hålla hålls håller hållen höll hållit
häst hästen
insats insatsen insatsens insatser insatserna
kille killar killen killarna killes killars
kontor kontoren kontoret kontors
kön könen könet könets köns
lag lagar lagarna lagen lagens lagars
land landet länder länderna landets
ledare ledaren ledares ledarna ledarens
ledig lediga ledigt ledighet ledigheten
ljuga ljuger ljög ljugit
lärare läraren lärarens lärares lärarna lärarnas
läs läsa läser läste läst läses
mamma mamman mammas mammor moder modern mödrar mor mors moderns
man mannen mannens mans män männen männens mäns
medel medlen medlet
misshandel misshandeln misshandla misshandlad misshandlade misshandlades misshandlar misshandlas \
misshandlat misshandels
mål målen målet målets
natt natten nätter
nyckel nyckeln nycklar nycklarna nyckels
nämnd nämnden nämndens nämnder nämnderna nämndernas nämnds
nära närmare närmast närmaste
offer offren offret offrets offers
ordning ordningen ordningar ordnings
oro oroa oroad oroade oroande oroar oroas orolig oroliga oroligt oron oros oroväckande
pojke pojkar pojkarna pojken pojkens pojk pojkars
regel regeln regler reglerna regels
rum rummen rummet
rädd rädda rädsla rädslan
rör röra rörde rört
samordna samordnar samordnare samordnaren samordnas samordning samordningen samordnad
samtal samtala samtalar samtalen samtalet samtals
se ser sedd sedda sett sågs ses
sida sidan sidor sidorna
skada skadad skadade skadar skadan skador skadorna skadas skadat
skilj skilja skild skilda skils skilde skiljas skiljer skilsmässa skilsmässan
skola skol skolan skolans skolas skolor skolorna skolornas
skuld skulden skulder skulderna
skydd skydda skyddad skyddade skyddar skyddas skyddat skyddet skydds
skära skar skurit skuren skär skärs
slå slag slagen slaget slagit slagna slog slogs slår slås
son sonen söner sönerna sons
sprid sprida sprider spridd spridda spridde spridit spridits spridning spridningen spridits \
sprids spred spritts
stad staden stadens stads städer
stor stora stort större störst
stryp strypa stryper ströp strypt stryps
stöd stöden stöder stödet stödja stödjande stödjer stöds stött
syster systern systrar systers
säga sa sade sagt säger sägs
säker säkert säkra säkrare säkrar säkerhet säkerheten säkerhets
sälj sälja sålde såld sålda sålt säljer säljs säljande
sätt sätta satt satte sätter sätts
sök söka sökte söker sökt söks
ta tar tas tog tagit tagen tagna tagits taga
tecken tecknen tecknet
tidig tidiga tidigare tidigast tidigt
tidning tidningar tidningen
tiga tiger teg
tjej tjejen tjejer tjejerna tjejers
tjänst tjänsten tjänstens tjänster tjänsterna tjänste
tonåring tonåringar tonåringarna tonåringen tonår tonåren tonårig tonåriga tonårs tonåringars
tvång tvinga tvingad tvingade tvingar tvingas tvingat tvånget tvångs
ung unga ungas unge ungt
utred utrett utredd utredda
utsatt utsatta utsattas utsatte utsattes utsatthet utsattheten utsatts utsätta utsättas utsätter \
utsätts utsättande utsattes
vuxen vuxna vuxnas vuxne
våld våldet våldets vålds våldsam våldsamma våldsamt
våldta våldtagen våldtagna våldtagit våldtar våldtas våldtog våldtäkt våldtäkten våldtäkter
välj välja val vald valde valda väljer valt valet
vän vännen vänner vännerna väns
vänlig vänliga vänligt
vänster
ålder åldern åldrar åldrarna ålders
äga ägare ägaren ägande ägde ägt äger
äldre äldres äldsta äldst
"""


def irregular_table(rows: str) -> dict[str, str]:
    """Turn the rows into form → root, and refuse a form that two rows lay claim to."""
    table: dict[str, str] = {}
    for row in rows.replace("\\\n", " ").splitlines():
        forms = row.split()
        for form in forms:
            if table.setdefault(form, forms[0]) != forms[0]:
                raise ValueError(f"{form!r} stands in two rows: {table[form]!r} and {forms[0]!r}")
    return table


_IRREGULAR: Final = irregular_table(_IRREGULAR_ROWS)

SUFFIXES: Final = tuple(
    sorted(
        word_list("""
        ningarnas ningarna ningars ningens ningar ningen nings ning
        andets andet ande endet ende
        elsernas elserna elsens elser elsen else
        heternas heterna heters heter hetens heten hets het
        eriernas erierna eriers erier eriet eri
        arnas ernas ornas arna erna orna
        arens arnas aren ares are
        ades ade ad ads at
        ars ers ors ens ets ans ar er or en et an as es a e
        igt iga ig ligt liga lig iskt iska isk
        na s t d n
        """),
        key=len,
        reverse=True,
    )
)


def tokenise(text: str) -> Iterator[Token]:
    """Yield the words and numbers of a text in order, split at hyphens, slashes and full stops.

    The offsets are into the text as given, also where å is written as a + ring, so a caller can
    cut the original text by them.
    """
    for match in _WORD.finditer(text):
        written = match.group().replace(_SOFT_HYPHEN, "")[:MAX_WORD_LENGTH]
        word = unicodedata.normalize("NFC", written.lower())
        if not word.isalnum():  # a mark that combines with nothing is left over
            word = "".join(char for char in word if char.isalnum())
        yield Token(word, match.start(), match.end())


def fold(word: str) -> str:
    """Take the diacritics off: "orosanmälan" becomes "orosanmalan"."""
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def is_stop_word(word: str) -> bool:
    """Say whether a word is left out of index and query. A lone letter is, a lone digit is not."""
    return word in STOP_WORDS or (len(word) == 1 and not word.isdigit())


def _without_suffix(word: str) -> str | None:
    """Take the longest ending off that leaves a possible stem, or None when none does."""
    for suffix in SUFFIXES:
        if not word.endswith(suffix):
            continue
        stem = word[: -len(suffix)]
        shortest = 4 if suffix in ("na", "s", "t", "d", "n") else 3
        if len(stem) < shortest or _VOWELS.isdisjoint(stem):
            continue
        if suffix in "td" and stem[-1] in _VOWELS:
            continue  # stöd, fritid: the consonant is the word's own
        if suffix == "s" and (stem[-1] == "s" or stem[-1] in _VOWELS):
            continue  # sekretess, hus
        if suffix == "n" and not (stem[-1] in "iåö" or stem.endswith(("el", "er"))):
            continue  # relation, person; but ekonomin, miljön, människohandeln
        return stem
    return None


@lru_cache(maxsize=100_000)
def root(word: str) -> str:
    """Reduce a lower-case word to what its forms share: anmälan, anmälningar, anmält → anmäl.

    The root is a key for comparing, not a dictionary form. `root(root(word)) == root(word)` holds
    for every word, because endings are taken off until none is left.
    """
    while True:
        if word in _IRREGULAR:
            return _IRREGULAR[word]
        if len(word) <= 3 or not word[0].isalpha():
            return word
        shorter = _without_suffix(word)
        if shorter is None and len(word) > 4 and word[-1] == word[-2] and word[-1] in _DOUBLED:
            shorter = word[:-1]
        if shorter is None:
            return word
        word = shorter


def roots(text: str) -> list[str]:
    """List the roots of a text in order, stop words left out."""
    return [root(token.word) for token in tokenise(text) if not is_stop_word(token.word)]
