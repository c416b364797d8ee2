"""Names sort in Swedish order: the same in Python and in the database."""

from functools import cmp_to_key

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.organisation.models import Person, Unit
from portal.swedish_order import compare, sort_key
from tests.factories import PersonFactory, UnitFactory

# In the order a Swedish reader expects.
IN_ORDER = [
    "Abel", "Ahlgren", "Émile", "emilia", "Ulf", "Vera", "Wahl", "Xerxes", "Ytter", "Zäta", "Åberg",
    "Åsa", "Älg", "Äng", "Öberg", "Östra",
]  # fmt: skip


def test_letters_after_z_come_after_z():
    assert sorted(sorted(IN_ORDER), key=sort_key) == IN_ORDER


@pytest.mark.parametrize(("first", "second"), [("Müller", "Myller"), ("Øberg", "Öberg")])
def test_foreign_letters_stand_beside_the_swedish_ones_they_are_sorted_as(first, second):
    assert sort_key(first)[0] == sort_key(second)[0]


def test_a_letter_is_the_same_composed_or_not():
    assert (
        compare("Å", "A\N{COMBINING RING ABOVE}") != 0
    )  # a tie is broken, but they are neighbours
    assert sort_key("Å")[0] == sort_key("A\N{COMBINING RING ABOVE}")[0]


NAMES = st.text(alphabet="abzåäöÅÄÖéüABZ -", max_size=6)


@given(NAMES, NAMES)
def test_comparing_the_other_way_round_is_the_opposite(left, right):
    assert compare(left, right) == -compare(right, left)


@given(st.lists(NAMES, max_size=8))
def test_the_database_s_comparison_sorts_as_the_key_does(names):
    assert sorted(names, key=cmp_to_key(compare)) == sorted(names, key=sort_key)


def test_units_come_in_swedish_order_from_the_database(db):
    for name in sorted(IN_ORDER):
        UnitFactory(name=name)

    assert [unit.name for unit in Unit.objects.by_name()] == IN_ORDER


def test_persons_come_by_family_name_and_then_given_name(db):
    for family_name, given_name in [("Öberg", "Åsa"), ("Åberg", "Örjan"), ("Öberg", "Zara")]:
        PersonFactory(family_name=family_name, given_name=given_name)

    assert [person.full_name for person in Person.objects.by_name()] == [
        "Örjan Åberg",
        "Zara Öberg",
        "Åsa Öberg",
    ]
