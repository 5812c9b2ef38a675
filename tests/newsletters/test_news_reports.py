"""Departments report news; the credit office accepts it or returns it with a reason."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from cms import registry
from foundation.audit.models import Entry
from newsletters import actions
from newsletters.models import NewsItem, NewsState
from notifications.models import Message
from tests.factories.cms import member_of, reporter_of, site
from tests.factories.newsletters import NewsItemFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/snippets/newsletters/newsitem/"


@pytest.fixture(autouse=True)
def _home():
    site()


@pytest.fixture
def office():
    return member_of(registry.CREDIT_OFFICE)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def form(unit, **changes):
    return {
        "department": unit.pk,
        "title": "82家加油站作出计量承诺",
        "body": "近日检查全部合格。",
        "happened_on": "",
        "further_units": "",
        **changes,
    }


def test_a_returned_report_is_mended_submitted_again_and_accepted(office):
    unit = OrganisationFactory()
    reporter = reporter_of(unit)
    item = NewsItemFactory(by=reporter, department=unit)
    actions.return_news(by=office, item=item, reason=" 写明日期 ")
    assert (item.state, item.reason) == (NewsState.RETURNED, "写明日期")
    item.title = "8月28日，46家单位获评"
    actions.revise_news(by=reporter, item=item)
    assert (item.state, item.reason, item.decided_at) == (NewsState.SUBMITTED, "", None)
    actions.accept_news(by=office, item=item)
    assert NewsItem.objects.get().state == NewsState.ACCEPTED
    told = Message.objects.filter(user=reporter).order_by("pk").values_list("kind", "body")
    assert list(told) == [("newsletters.returned", "写明日期"), ("newsletters.accepted", "")]
    done = Entry.objects.filter(action__startswith="newsletters.").order_by("pk").values_list("action", flat=True)
    steps = ["submit_news", "return_news", "revise_news", "accept_news"]
    assert list(done) == [f"newsletters.{step}" for step in steps]


def test_what_is_decided_cannot_be_decided_again_nor_an_accepted_report_changed(office):
    item = NewsItemFactory(accepted=True)
    with pytest.raises(actions.WrongState):
        actions.accept_news(by=office, item=item)
    with pytest.raises(actions.WrongState):
        actions.return_news(by=office, item=item, reason="晚了")
    with pytest.raises(actions.WrongState):
        actions.revise_news(by=office, item=item)


def test_a_return_needs_its_reason_and_a_report_its_text(office):
    item = NewsItemFactory()
    with pytest.raises(ValueError, match="reason"):
        actions.return_news(by=office, item=item, reason="  ")
    item.title = ""
    with pytest.raises(ValidationError):
        actions.revise_news(by=office, item=item)


def test_nobody_reports_or_mends_for_a_unit_of_others():
    reporter = reporter_of(OrganisationFactory())
    with pytest.raises(actions.NotReporting):
        NewsItemFactory(by=reporter, department=OrganisationFactory())
    with pytest.raises(actions.NotReporting):
        actions.revise_news(by=reporter, item=NewsItemFactory())


@pytest.mark.parametrize(
    "change", ["state = 'else'", "state = 'returned'", "reason = 'because'", "decided_at = '2026-01-01 00:00:00'"]
)
def test_the_database_keeps_state_reason_and_moment_together(change):
    NewsItemFactory()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE newsletters_newsitem SET {change}")


def test_reporter_and_office_work_in_the_admin(office):
    unit = OrganisationFactory()
    reporter = signed_in(reporter_of(unit))
    assert reporter.post(f"{LIST}add/", form(unit)).status_code == 302
    item = NewsItem.objects.get()
    decide = f"{LIST}decide/{item.pk}/"
    assert reporter.get(decide).status_code in (302, 403)
    clerk = signed_in(office)
    assert item.body in clerk.get(decide).content.decode()
    assert decide in clerk.get(LIST).content.decode()
    assert clerk.post(decide, {"decision": "return", "why": " "}).status_code == 200
    assert NewsItem.objects.get().state == NewsState.SUBMITTED
    assert clerk.post(decide, {"decision": "return", "why": "写明日期"}).status_code == 302
    assert NewsItem.objects.get().reason == "写明日期"
    changed = form(unit, happened_on=str(timezone.localdate()))
    assert reporter.post(f"{LIST}edit/{item.pk}/", changed).status_code == 302
    assert clerk.post(decide, {"decision": "accept", "why": ""}).status_code == 302
    assert NewsItem.objects.get().state == NewsState.ACCEPTED
    refused = reporter.post(f"{LIST}edit/{item.pk}/", form(unit, title="改过的标题"))
    assert "已经采用" in refused.content.decode()
    assert NewsItem.objects.get().title == "82家加油站作出计量承诺"


def test_a_reporter_finds_the_own_units_reports_only():
    unit = OrganisationFactory()
    own, foreign = NewsItemFactory(department=unit, title="自己的简讯"), NewsItemFactory(title="别家的简讯")
    reporter = signed_in(reporter_of(unit))
    html = reporter.get(LIST).content.decode()
    assert ("自己的简讯" in html, "别家的简讯" in html) == (True, False)
    assert reporter.get(f"{LIST}edit/{own.pk}/").status_code == 200
    for path in ("edit", "history", "usage"):
        assert (path, reporter.get(f"{LIST}{path}/{foreign.pk}/").status_code) == (path, 404)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_statements_for_three_reports_as_for_one(office, django_assert_max_num_queries, number):
    for _ in range(number):
        NewsItemFactory()
    client = signed_in(office)
    client.get(LIST)
    with django_assert_max_num_queries(24):
        client.get(LIST)
