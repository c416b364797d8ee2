import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import swedish
from search.synonyms import SynonymError, Synonyms, load_rules, parse_rule


def _targets(synonyms: Synonyms, text: str) -> dict[str, float]:
    return {
        " ".join(expansion.terms): expansion.weight
        for expansion in synonyms.of(tuple(swedish.roots(text)))
    }


def test_a_two_way_rule_finds_each_from_the_other():
    synonyms = Synonyms([parse_rule("dagis, förskola")])
    assert _targets(synonyms, "dagis") == {swedish.root("förskola"): 0.84}
    assert _targets(synonyms, "förskolan") == {swedish.root("dagis"): 0.84}


def test_a_one_way_rule_counts_for_less_and_does_not_go_back():
    synonyms = Synonyms([parse_rule("soc => socialtjänst, orosanmälan")])
    assert set(_targets(synonyms, "soc").values()) == {0.6}
    assert len(_targets(synonyms, "soc")) == 2
    assert _targets(synonyms, "socialtjänst") == {}


def test_terms_of_several_words_are_matched_on_their_roots():
    synonyms = Synonyms([parse_rule("vnr, våld i nära relationer")])
    assert _targets(synonyms, "våldet i en nära relation") == {"vnr": 0.84}
    assert synonyms.longest == 3


def test_the_stronger_of_two_rules_wins():
    synonyms = Synonyms([parse_rule("aga => misshandel"), parse_rule("aga, misshandel")])
    assert _targets(synonyms, "aga") == {"misshandel": 0.84}


def test_forms_of_one_word_may_stand_side_by_side():
    synonyms = Synonyms([parse_rule("mobbning, mobba, kränkande behandling")])
    assert _targets(synonyms, "mobbad") == {" ".join(swedish.roots("kränkande behandling")): 0.84}


@pytest.mark.parametrize("line", ["dagis, förskola", "soc => socialtjänst, orosanmälan"])
def test_a_rule_is_written_back_as_it_was_read(line):
    assert str(parse_rule(line)) == line


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("", "minst två ord"),
        ("dagis", "minst två ord"),
        ("dagis, , förskola", "mellan två komman"),
        ("dagis, förskola,", "mellan två komman"),
        ("=> förskola", "båda sidor"),
        ("dagis =>", "båda sidor"),
        ("a => b => c", "bara stå en gång"),
        ("och, eller", "inget ord att söka på"),
        ("!!!, ???", "inget ord att söka på"),
        ("anmälan, anmälning", "redan samma sak"),
        ("anmälan => anmälning", "redan samma sak som det som står före"),
        ("dagis, för\x00skola", "vanliga tecken"),
        ("dagis, " + "x" * 81, "vanliga tecken"),
        ("dagis, två tre fyra fem sex sju åtta", "fler än 6 ord"),
    ],
)
def test_a_faulty_rule_is_refused_with_words_an_editor_can_act_on(line, fault):
    with pytest.raises(SynonymError, match=fault):
        parse_rule(line)


@given(st.text(max_size=120))
def test_reading_a_rule_gives_a_rule_or_a_named_fault(line):
    try:
        rule = parse_rule(line)
    except SynonymError:
        return
    assert rule.terms
    assert parse_rule(str(rule)) == rule


@pytest.mark.parametrize(
    ("content", "line", "fault"),
    [
        ("- a1, b2\n- dagis\n", 2, "minst två ord"),
        ("# ord\n\n- dagis, förskola\n- {a: b}\n", 4, "en rad text"),
        ("dagis: förskola\n", 1, "en lista"),
        ("- a1, b2\n- [dagis\n", 3, "YAML"),
    ],
)
def test_a_faulty_file_is_refused_with_file_line_and_fault(tmp_path, content, line, fault):
    path = tmp_path / "synonyms.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SynonymError, match=rf"synonyms\.yaml, rad {line}: .*{fault}"):
        load_rules(path)


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path):
    path = tmp_path / "synonyms.yaml"
    path.write_bytes("- förskola, dagis".encode("latin-1"))
    with pytest.raises(SynonymError, match=r"synonyms\.yaml, rad 1: .*YAML"):
        load_rules(path)


def test_an_empty_file_holds_no_rules(tmp_path):
    path = tmp_path / "synonyms.yaml"
    path.write_text("# inget än\n", encoding="utf-8")
    assert load_rules(path) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("VNR", "våld i nära relationer"),
        ("HRV", "hedersrelaterat våld och förtryck"),
        ("IOP", "idéburet offentligt partnerskap"),
        ("SoL", "socialtjänstlagen"),
        ("LVU", "tvångsvård av unga"),
        ("soc", "socialtjänst"),
        ("dagis", "förskola"),
        ("kurs", "utbildning"),
    ],
)
def test_the_shipped_list_knows_the_common_short_forms(rules, typed, meant):
    assert " ".join(swedish.roots(meant)) in _targets(Synonyms(rules), typed)


def test_no_shipped_rule_stands_twice(rules):
    keys = [frozenset(tuple(swedish.roots(term)) for term in rule.terms) for rule in rules]
    assert len(keys) == len(set(keys))
