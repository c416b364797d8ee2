"""Queries whose SQL is made once."""

import pytest
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from portal.models import Generation
from portal.organisation.models import Person, User
from portal.prepared import Prepared

pytestmark = pytest.mark.django_db


class TestPrepared:
    @pytest.fixture
    def numbers(self) -> Prepared:
        Generation.objects.update_or_create(pk=1, defaults={"number": 7})
        Generation.objects.update_or_create(pk=2, defaults={"number": 8})
        return Prepared(
            lambda row: Generation.objects.filter(pk__gte=row).order_by("pk").values_list("number")
        )

    def test_gives_the_rows_of_each_value(self, numbers):
        assert numbers.rows(1) == [(7,), (8,)]
        assert numbers.rows(2) == [(8,)]
        assert numbers.rows(3) == []

    def test_sees_what_has_changed_since_it_was_made(self, numbers):
        numbers.rows(2)
        Generation.objects.filter(pk=2).update(number=9)

        assert numbers.rows(2) == [(9,)]

    def test_makes_its_sql_once(self):
        made = []

        def make(row: int):
            made.append(row)
            return Generation.objects.filter(pk=row).values_list("number")

        prepared = Prepared(make)
        for row in range(5):
            prepared.rows(row)

        assert len(made) == 1

    def test_asks_one_query(self, numbers):
        with CaptureQueriesContext(connection) as asked:
            numbers.rows(1)

        assert len(asked) == 1

    def test_keeps_several_values_apart(self, numbers):
        between = Prepared(
            lambda low, high: Generation.objects.filter(pk__gte=low, pk__lte=high).values_list("pk")
        )

        assert between.rows(1, 1) == [(1,)]
        assert between.rows(2, 2) == [(2,)]
        assert between.rows(2, 1) == []

    def test_leaves_a_number_of_the_query_itself_alone(self, numbers):
        fixed = Prepared(
            lambda row: Generation.objects.filter(pk=row, number=7).values_list(Value(5), "number")
        )

        assert fixed.rows(1) == [(5, 7)]
        assert fixed.rows(2) == []

    def test_gives_values_of_the_fields_own_kind(self, ada: User):
        person = ada.person
        prepared = Prepared(
            lambda row: Person.objects.filter(pk=row).values_list("uid", "created_at")
        )

        assert prepared.rows(person.pk) == [(person.uid, person.created_at)]
