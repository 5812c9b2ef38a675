"""The public list of cases: kinds, units, years, words, pages."""

import datetime as dt

import pytest

from cms.models import CasePage
from tests.factories.cms import CaseFactory, site
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home():
    site()


def titles(client, query=""):
    response = client.get(f"/cases/{query}")
    assert response.status_code == 200
    return [case.title for case in response.context["cases"]]


def test_the_latest_event_stands_first_and_undated_ones_last(client):
    for title, day in (("无日期", None), ("早", dt.date(2017, 3, 1)), ("晚", dt.date(2017, 9, 1))):
        CaseFactory(title=title, occurred_on=day)
    assert titles(client) == ["晚", "早", "无日期"]


def test_filters_narrow_by_kind_unit_year_and_words(client):
    unit = OrganisationFactory(name="市农委", code="agri")
    CaseFactory(title="农药店分级", department=unit, occurred_on=dt.date(2017, 9, 1))
    CaseFactory(title="联合体投标", sanction=True, occurred_on=dt.date(2016, 5, 1))
    CaseFactory(title="小微贷款", occurred_on=dt.date(2016, 6, 1), effect="按时纳税的企业可以申请")
    assert titles(client, "?kind=sanction") == ["联合体投标"]
    assert titles(client, "?department=agri") == ["农药店分级"]
    assert titles(client, "?year=2016") == ["小微贷款", "联合体投标"]
    assert titles(client, "?q=纳税") == ["小微贷款"]
    assert titles(client, "?q=纳税 投标") == []
    assert titles(client, "?q=农委") == ["农药店分级"]


@pytest.mark.parametrize("query", ["?kind=else", "?year=20x6", "?year=99999", "?page=many", "?department="])
def test_a_filter_without_sense_is_ignored(client, query):
    case = CaseFactory()
    assert titles(client, query) == [case.title]


def test_counts_beside_the_kinds_follow_the_other_filters(client):
    CaseFactory.create_batch(2, occurred_on=dt.date(2017, 1, 1))
    CaseFactory(sanction=True, occurred_on=dt.date(2016, 1, 1))
    counts = [count for _value, _label, count in client.get("/cases/?year=2017&kind=sanction").context["kinds"]]
    assert counts == [2, 2, 0]


def test_the_second_page_continues_the_first_and_keeps_the_filters(client):
    CaseFactory.create_batch(11, occurred_on=dt.date(2017, 1, 1))
    first, second = titles(client, "?year=2017"), titles(client, "?year=2017&page=2")
    assert (len(first), len(second), set(first) & set(second)) == (10, 1, set())
    assert "?year=2017&amp;page=2" in client.get("/cases/?year=2017").content.decode()


def test_empty_lists_say_why(client):
    assert "还没有" in client.get("/cases/").content.decode()
    CaseFactory()
    assert "没有合适的案例" in client.get("/cases/?q=找不到").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_statements_for_three_cases_as_for_one(client, django_assert_num_queries, number):
    CaseFactory.create_batch(number)
    client.get("/cases/")
    with django_assert_num_queries(14):
        client.get("/cases/")


def test_an_old_case_is_marked_and_shows_when_it_ends(client):
    CaseFactory(sanction=True, is_historical=True, publish_until=dt.date(2999, 11, 30))
    html = client.get(CasePage.objects.get().url).content.decode()
    assert "历史资料" in html
    assert "2999年11月30日" in html
