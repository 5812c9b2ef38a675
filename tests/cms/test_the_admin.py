"""Editors, reporters and the credit office work in the Wagtail admin, through real requests."""

import datetime as dt

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms import registry
from cms.models import CaseIndexPage, CasePage, NoticeIndexPage, NoticePage
from foundation.audit.models import Entry
from notifications.models import Message
from tests.factories.cms import CaseFactory, member_of, reporter_of, site
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return site()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def case_form(unit, **changes):
    data = {
        "title": "联合体投标先查名单",
        "slug": "consortium",
        "intro": "",
        "kind": "sanction",
        "department": unit.pk,
        "period": "2017年第三季度",
        "occurred_on": "2017-09-30",
        "publish_until": str(timezone.localdate() + dt.timedelta(days=30)),
        "basis": streamfield([("document", {"name": "联合惩戒通知", "number": "法〔2016〕285号"})]),
        "subjects": "9家公司",
        "procedure": "",
        "measures": "资格审查不合格",
        "effect": "",
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""},
    }
    data["comments-TOTAL_FORMS"] = data["comments-INITIAL_FORMS"] = "0"
    del data["comments"]
    return nested_form_data({**data, **changes})


def create(client, unit, **changes):
    index = CaseIndexPage.objects.get()
    return client.post(f"/admin/pages/add/cms/casepage/{index.pk}/", case_form(unit, **changes))


def decide(client, case, action, **data):
    state = case.current_workflow_task_state
    return client.post(f"/admin/pages/workflow/action/{case.pk}/{action}/{state.pk}/", data)


def test_a_report_goes_from_the_department_to_the_public_in_the_browser(home, client):
    unit = OrganisationFactory(name="市住建局")
    reporter, office = reporter_of(unit), member_of(registry.CREDIT_OFFICE)
    assert create(signed_in(reporter), unit, **{"action-submit": "1"}).status_code == 302
    case = CasePage.objects.get()
    assert client.get(case.url).status_code == 404
    assert decide(signed_in(office), case, "reject", comment="").status_code == 302
    assert Message.objects.count() == 0
    assert decide(signed_in(office), case, "reject", comment="缺少成效").status_code in (200, 302)
    assert Message.objects.get(user=reporter).body == "缺少成效"
    edit = f"/admin/pages/{case.pk}/edit/"
    again = case_form(unit, effect="换名字躲不进来", **{"action-submit": "1"})
    assert signed_in(reporter).post(edit, again).status_code == 302
    case = CasePage.objects.get()
    assert decide(signed_in(office), case, "approve").status_code in (200, 302)
    assert "换名字躲不进来" in client.get(case.url).content.decode()
    actions = list(Entry.objects.filter(target__endswith=f":{case.pk}").order_by("pk").values_list("action", flat=True))
    assert actions == ["cms.return_case", "cms.accept_case"]


def test_a_return_without_a_reason_leaves_the_report_waiting(home):
    case = CaseFactory(draft=True)
    office = signed_in(member_of(registry.CREDIT_OFFICE))
    decide(office, case, "reject", comment=" ")
    assert CasePage.objects.get().current_workflow_task_state is not None
    forced = case_form(
        case.department,
        **{"action-workflow-action": "1", "workflow-action-name": "reject", "workflow-action-extra-data": "{}"},
    )
    assert office.post(f"/admin/pages/{case.pk}/edit/", forced).status_code == 400
    assert CasePage.objects.get().current_workflow_task_state is not None


def test_a_sanction_without_basis_can_be_kept_as_a_draft_but_not_handed_in(home):
    unit = OrganisationFactory()
    reporter = signed_in(reporter_of(unit))
    refused = create(reporter, unit, basis=streamfield([]), **{"action-submit": "1"})
    assert (refused.status_code, CasePage.objects.count()) == (200, 0)
    assert create(reporter, unit, basis=streamfield([])).status_code == 302
    past = create(reporter, unit, slug="past", publish_until="2020-01-01", **{"action-submit": "1"})
    assert (past.status_code, CasePage.objects.count()) == (200, 1)


def test_a_reporter_cannot_publish_nor_report_for_others(home):
    unit, other = OrganisationFactory(), OrganisationFactory()
    reporter = signed_in(reporter_of(unit))
    assert create(reporter, other).status_code == 200
    assert CasePage.objects.count() == 0
    assert create(reporter, unit, **{"action-publish": "1"}).status_code == 302
    assert not CasePage.objects.get().live


def test_a_reporter_meets_the_own_units_cases_only(home):
    unit = OrganisationFactory()
    own, foreign = CaseFactory(department=unit, title="自己的案例"), CaseFactory(draft=True, title="别家的案例")
    colleague = signed_in(reporter_of(unit))
    index = CaseIndexPage.objects.get()
    for url in (f"/admin/pages/{index.pk}/", "/admin/pages/search/?q=案例", "/admin/"):
        assert "别家的案例" not in colleague.get(url).content.decode()
    assert "自己的案例" in colleague.get(f"/admin/pages/{index.pk}/").content.decode()
    assert colleague.get(f"/admin/pages/{own.pk}/edit/").status_code == 200
    for path in ("edit", "view_draft", "history", "delete", "copy", "unpublish", "usage"):
        response = colleague.get(f"/admin/pages/{foreign.pk}/{path}/")
        assert (path, response.status_code) in {(path, 302), (path, 403), (path, 404)}
    assert colleague.post(f"/admin/pages/{foreign.pk}/edit/", case_form(unit)).status_code == 302
    assert CasePage.objects.get(pk=foreign.pk).title == "别家的案例"


def test_an_editor_previews_and_publishes_a_notice(home, client):
    editor = signed_in(member_of(registry.EDITOR))
    index = NoticeIndexPage.objects.get()
    form = nested_form_data(
        {
            "title": "第四季度案例请按时报送",
            "slug": "q4",
            "intro": "",
            "published_on": "2026-10-12",
            "body": streamfield([("heading", "时间"), ("text", rich_text("<p>12月15日前</p>"))]),
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            "action-publish": "1",
        }
    )
    assert editor.get(f"/admin/pages/add/cms/noticepage/{index.pk}/").status_code == 200
    preview = f"/admin/pages/add/cms/noticepage/{index.pk}/preview/"
    assert editor.post(preview, form).json()["is_valid"] is True
    assert "12月15日前" in editor.get(preview).content.decode()
    assert editor.post(f"/admin/pages/add/cms/noticepage/{index.pk}/", form).status_code == 302
    notice = NoticePage.objects.get()
    assert "12月15日前" in client.get(notice.url).content.decode()
    assert Entry.objects.order_by("-pk")[0].action == "cms.publish_page"


@pytest.mark.parametrize("group", registry.GROUPS)
def test_every_staff_group_enters_the_admin_and_nobody_else_does(home, group):
    assert signed_in(member_of(group)).get("/admin/").status_code == 200
    assert signed_in(member_of()).get("/admin/").status_code in (302, 403)


def test_the_menu_shows_case_reports_to_those_who_work_on_them(home):
    index = CaseIndexPage.objects.get()
    for group, shown in ((registry.REPORTER, True), (registry.CREDIT_OFFICE, True), (registry.AUDITOR, False)):
        html = signed_in(member_of(group)).get("/admin/").content.decode()
        assert (f"/admin/pages/{index.pk}/" in html) is shown


def test_every_page_of_the_admin_has_the_sheet_that_keeps_lists_legible_on_a_phone(home):
    page = signed_in(member_of(registry.EDITOR)).get("/admin/").content.decode()
    assert page.count(f'<link rel="stylesheet" href="{static("css/admin/lists.css")}">') == 1
    assert finders.find("css/admin/lists.css") is not None


def test_a_list_of_the_admin_in_which_nothing_fits_says_so_in_chinese_and_what_to_do(home):
    manager = signed_in(member_of(registry.EXAM_MANAGER))
    for query in ("?q=没有的", "?comments=on"):
        page = manager.get(f"/admin/exams_item/{query}").content.decode()
        assert page.count("没有符合的内容。少写几个字，或者去掉一个筛选条件再找。") == 1
        assert "match your query" not in page
