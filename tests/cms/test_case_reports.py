"""A department reports, the credit office returns with a reason or accepts, and only then the public sees it."""

import datetime as dt

import pytest
from django.core.exceptions import BadRequest, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from wagtail.models import Page

from cms import actions, registry
from cms.models import CaseIndexPage, CasePage
from foundation.audit.models import Entry
from notifications.models import Message
from tests.factories.cms import CaseFactory, member_of, reporter_of, site
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return site()


@pytest.fixture
def office(home):
    return member_of(registry.CREDIT_OFFICE)


def verbs():
    return list(Entry.objects.filter(action__startswith="cms.").order_by("pk").values_list("action", flat=True))


def test_a_report_is_a_draft_until_the_office_accepts_it(home, office, client):
    case = CaseFactory(draft=True)
    assert client.get(case.url).status_code == 404
    actions.accept_case(by=office, case=case)
    case.refresh_from_db()
    assert case.live
    page = client.get(case.url)
    assert page.status_code == 200
    assert case.title in page.content.decode().replace("<wbr>", "")


def test_the_reporter_reads_why_it_was_returned_and_that_it_was_accepted(home, office):
    unit = OrganisationFactory()
    reporter = reporter_of(unit)
    case = CaseFactory(draft=True, by=reporter, department=unit, title="信用分级监管")
    actions.return_case(by=office, case=case, reason="缺少文号")
    actions.resubmit_case(by=reporter, case=CasePage.objects.get())
    actions.accept_case(by=office, case=CasePage.objects.get())
    told = Message.objects.filter(user=reporter).order_by("pk").values_list("kind", "body", "url")
    edit = f"/admin/pages/{case.pk}/edit/"
    assert list(told) == [("cms.returned", "缺少文号", edit), ("cms.accepted", "", edit)]


def test_each_step_of_the_way_leaves_one_audit_entry(home, office):
    Entry.objects.all()
    before = verbs()
    unit = OrganisationFactory()
    reporter = reporter_of(unit)
    case = CaseFactory(draft=True, by=reporter, department=unit)
    actions.return_case(by=office, case=case, reason="缺少文号")
    actions.resubmit_case(by=reporter, case=CasePage.objects.get())
    actions.accept_case(by=office, case=CasePage.objects.get())
    steps = ["cms.report_case", "cms.return_case", "cms.resubmit_case", "cms.accept_case"]
    assert verbs() == [*before, *steps]


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_is_returned_without_a_reason(home, office, reason):
    case = CaseFactory(draft=True)
    with pytest.raises(BadRequest):
        actions.return_case(by=office, case=case, reason=reason)
    assert CasePage.objects.get().current_workflow_task_state is not None


def test_a_case_that_does_not_wait_cannot_be_decided_again(home, office):
    case = CaseFactory()
    for decide in (actions.accept_case, lambda **kw: actions.return_case(reason="晚了", **kw)):
        with pytest.raises(actions.NotUnderReview):
            decide(by=office, case=case)
    with pytest.raises(actions.NotUnderReview):
        actions.resubmit_case(by=case.owner, case=case)


def test_nobody_reports_for_a_unit_of_others(home):
    reporter = reporter_of(OrganisationFactory())
    with pytest.raises(actions.NotReporting):
        actions.report_case(
            by=reporter,
            index=CaseIndexPage.objects.get(),
            title="别人的案例",
            kind="incentive",
            department=OrganisationFactory(),
        )
    assert CasePage.objects.count() == 0


def test_a_published_sanction_names_its_basis(home, office):
    case = CaseFactory(sanction=True)
    case.basis = []
    with pytest.raises(ValidationError):
        case.save()


def test_the_database_refuses_a_sanction_without_an_end_and_an_unknown_kind(home):
    case = CaseFactory(sanction=True)
    for change in ("publish_until = NULL", "kind = 'other'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE cms_casepage SET {change} WHERE page_ptr_id = %s", [case.pk])


def test_a_sanction_is_published_through_its_last_day_in_china(home):
    case = CaseFactory(sanction=True, publish_until=dt.date(2999, 11, 30))
    china = dt.timezone(dt.timedelta(hours=8))
    assert case.expire_at == dt.datetime(2999, 12, 1, tzinfo=china)
    assert not case.is_past(dt.datetime(2999, 11, 30, 23, 59, tzinfo=china))


def test_a_sanction_comes_down_by_itself_and_is_gone_before_the_job_runs(home, client):
    case = CaseFactory(sanction=True)
    staying = CaseFactory(sanction=True)
    Page.objects.filter(pk=case.pk).update(expire_at=timezone.now() - dt.timedelta(minutes=1))
    assert client.get(case.url).status_code == 404
    assert case.title not in client.get("/cases/").content.decode().replace("<wbr>", "")
    assert actions.publish_scheduled() == 1
    assert list(CasePage.objects.live()) == [staying]
    assert verbs()[-1] == "cms.take_down"
    assert actions.publish_scheduled() == 0


def test_a_sensitive_unit_is_not_named_in_public(home, client):
    unit = OrganisationFactory(name="不公开的单位", is_sensitive=True)
    case = CaseFactory(department=unit)
    for url in (case.url, "/cases/", "/cases/?q=不公开"):
        assert "不公开的单位" not in client.get(url).content.decode()
    assert case.title not in client.get("/cases/?q=不公开").content.decode().replace("<wbr>", "")


@pytest.mark.parametrize("group", [registry.EDITOR, registry.REVIEWER])
def test_who_may_publish_pages_may_not_publish_a_case_past_the_credit_office(home, office, group):
    case = CaseFactory(draft=True)
    assert not case.permissions_for_user(member_of(group)).can_publish()
    assert case.permissions_for_user(office).can_publish()
    assert home.permissions_for_user(member_of(registry.EDITOR)).can_publish()
