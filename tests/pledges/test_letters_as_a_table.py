"""The letters of a unit as a table in the national layout: whole at any number, and written down."""

import csv
import io

import pytest
from django.urls import reverse

from foundation.audit.models import Entry
from pledges import actions, queries
from pledges.models import Letter
from tests.factories.accounts import UserFactory
from tests.pledges.test_letters_from_a_table import GOOD, KEPT, PERSON, take

pytestmark = pytest.mark.django_db


def layout_of(client, **query):
    text = client.get(reverse("pledges:office-table"), query).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_unit_takes_its_letters_along_in_the_layout_and_it_is_written_down(client, by, unit):
    take(by, unit, GOOD | KEPT | {"remarks": "=1+1"}, PERSON | {"source_code": "CZ-2"})
    client.force_login(by)
    person, firm = layout_of(client)
    letter = Letter.objects.get(subject="organisation")
    assert (firm["承诺编码"], firm["承诺人类别"], firm["备注"]) == (f"\t{letter.code}", "法人及非法人组织", "'=1+1")
    assert (firm["承诺履行状态"], firm["认定日期"], firm["公开类型"]) == ("部分履行", "2026-11-10", "可向社会公开")
    assert (person["承诺人代码"], person["人员类别"], person["承诺履行状态"]) == ("", "教师", "")
    assert [row["承诺人名称"] for row in layout_of(client, q="林")] == ["林某"]
    assert Entry.objects.filter(action="pledges.office_table.look").count() == 2
    client.force_login(UserFactory())
    assert client.get(reverse("pledges:office-table")).status_code == 403


@pytest.mark.parametrize("many", [1, 3])
def test_the_table_costs_the_same_for_any_number_of_letters(client, by, unit, many, django_assert_max_num_queries):
    take(by, unit, *(GOOD | KEPT | {"source_code": f"CZ-{n}"} for n in range(many)))
    client.force_login(by)
    with django_assert_max_num_queries(15):
        assert len(layout_of(client)) == many


@pytest.mark.parametrize("size", [1, 2, 4, 5, 6])
def test_the_table_is_whole_where_its_batches_meet(client, by, unit, size, monkeypatch):
    take(by, unit, *(GOOD | KEPT | {"source_code": f"CZ-{n}"} for n in range(5)))
    monkeypatch.setattr("pledges.queries.letters.BATCH", size)
    client.force_login(by)
    found = layout_of(client)
    codes = Letter.objects.order_by("-pk").values_list("code", flat=True)
    assert [row["承诺编码"] for row in found] == [f"\t{code}" for code in codes]
    assert {row["承诺履行状态"] for row in found} == {"部分履行"}
    assert Entry.objects.get(action="pledges.office_table.look").details == {"letters": 5}


def test_a_batch_of_the_table_costs_two_statements(
    client, by, unit, monkeypatch, django_assert_num_queries, django_assert_max_num_queries
):
    take(by, unit, *(GOOD | KEPT | {"source_code": f"CZ-{n}"} for n in range(5)))
    monkeypatch.setattr("pledges.queries.letters.BATCH", 2)
    client.force_login(by)
    with django_assert_max_num_queries(15):
        response = client.get(reverse("pledges:office-table"))
    with django_assert_num_queries(6):  # three batches
        assert response.getvalue().count(b"\r\n") == 1 + 5


def test_letters_that_come_or_end_while_the_table_is_read_move_no_other(by, unit, monkeypatch):
    take(by, unit, *(GOOD | {"source_code": f"CZ-{n}"} for n in range(5)))
    fifth, fourth, third, second, first = Letter.objects.order_by("-pk")
    monkeypatch.setattr("pledges.queries.letters.BATCH", 2)
    batches = queries.in_batches(queries.office_letters(by))
    assert next(batches) == [fifth, fourth]
    take(by, unit, GOOD | {"source_code": "CZ-9"})
    actions.end_letter(by=by, letter=fifth, reason="fulfilled")
    assert list(batches) == [[third, second], [first]]
