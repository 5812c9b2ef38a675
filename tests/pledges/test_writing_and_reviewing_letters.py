"""Wording is written by one person and found ready by another, in Wagtail's admin or by the actions."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.urls import reverse

from cms.actions import set_up_groups
from foundation.audit.models import Entry
from notifications import registry
from notifications.models import Message
from pledges import actions, queries
from pledges.contracts import number_clauses
from pledges.exports import layout_row
from pledges.models import LetterTemplate, LetterVersion
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _groups():
    set_up_groups(using="default")


@pytest.fixture
def office(client):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="credit office"))
    client.force_login(user)
    return user


def wording(template, **changes):
    values = {
        "template": template.pk, "reason": "自愿作出承诺", "preamble": "", "breach_liability": "依规处理。",
        "clause_lines": "第一条。\n*第二条。\n", "decision": "send",
    } | changes  # fmt: skip
    return {key: value for key, value in values.items() if value is not None}


def draft(template, by):
    return actions.draft_version(
        by=by, template=template, clauses=number_clauses(["一条。"], []), breach_liability="责任", reason="事由"
    )


def test_an_office_writes_a_template_and_its_wording_in_the_admin(client, office):
    unit = make.accepting_unit()
    form = {
        "slug": "new", "title": "新承诺书", "audience": "teacher", "pledge_type": "industry", "subject": "person",
        "publication": "limited", "validity_days": "365", "accepting_unit": unit.pk, "withdrawable": "on",
        "copies": "1",
    }  # fmt: skip
    assert client.post(reverse("letter-templates:add"), form).status_code == 302
    template = LetterTemplate.objects.get()
    assert client.post(reverse("letter-versions:add"), wording(template)).status_code == 302
    version = LetterVersion.objects.get()
    assert (version.state, version.author) == ("in_review", office)
    assert [(c.text, c.is_promise) for c in version.clause_list] == [("第一条。", False), ("第二条。", True)]
    names = [action for action in Entry.objects.order_by("pk").values_list("action", flat=True) if "pledges" in action]
    assert names == ["pledges.create_template", "pledges.draft_version", "pledges.send_for_review"]


def test_the_author_cannot_approve_and_a_second_person_can(client, office):
    template = make.template(ready=False)
    client.post(reverse("letter-versions:add"), wording(template))
    version = LetterVersion.objects.get()
    address = reverse("letter-versions:edit", args=[version.pk])
    own = client.post(address, {"decision": "approve"})
    assert own.status_code == 200
    assert "要由另一个人审核" in own.content.decode()
    assert queries.current_version(template) is None
    reviewer = UserFactory()
    reviewer.groups.add(Group.objects.get(name="reviewer"))
    client.force_login(reviewer)
    assert client.post(address, {"decision": "approve"}).status_code == 302
    assert queries.current_version(template).reviewer == reviewer


def test_a_returned_version_is_a_draft_again(office):
    version = draft(make.template(ready=False), office)
    actions.send_for_review(by=office, version=version)
    actions.return_version(by=UserFactory(), version=version, reason="第二条不清楚")
    assert (version.state, Entry.objects.latest("pk").details) == ("draft", {"reason": "第二条不清楚"})


def test_who_returns_a_wording_says_why_and_the_author_reads_it(client, office):
    template = make.template(ready=False)
    client.post(reverse("letter-versions:add"), wording(template))
    version = LetterVersion.objects.get()
    address = reverse("letter-versions:edit", args=[version.pk])
    reviewer = UserFactory()
    reviewer.groups.add(Group.objects.get(name="reviewer"))
    client.force_login(reviewer)
    refused = client.post(address, {"decision": "return", "why": "  "})
    assert (refused.status_code, "请写明退回的原因" in refused.content.decode()) == (200, True)
    version.refresh_from_db()
    assert version.state == "in_review"
    assert client.post(address, {"decision": "return", "why": "第二条不清楚"}).status_code == 302
    version.refresh_from_db()
    assert (version.state, version.returned_because) == ("draft", "第二条不清楚")
    client.force_login(office)
    for page in (address, reverse("letter-versions:index")):
        assert "第二条不清楚" in client.get(page).content.decode()
    assert client.post(address, wording(template)).status_code == 302
    version.refresh_from_db()
    assert (version.state, version.returned_because) == ("in_review", "")


def test_the_author_of_a_returned_wording_gets_a_message_that_leads_there_and_nobody_else(client, office):
    version = actions.send_for_review(by=office, version=draft(make.template(ready=False), office))
    actions.return_version(by=UserFactory(), version=version, reason="第二条不清楚")
    message = Message.objects.get()
    assert (message.user, message.kind, message.body) == (office, "pledges.wording_returned", "第二条不清楚")
    assert message.subject == f"退回给您：《{version.template.title}》文本第1版"
    page = client.get(message.url)
    assert page.context["page_subtitle"] == f"《{version.template.title}》文本第1版"
    assert "第二条不清楚" in page.content.decode()
    actions.send_for_review(by=office, version=version)
    actions.return_version(by=office, version=version, reason="还要改")
    LetterVersion.objects.filter(pk=version.pk).update(author=None)
    actions.send_for_review(by=office, version=version)
    actions.return_version(by=UserFactory(), version=version, reason="没有作者")
    assert Message.objects.count() == 1


def test_the_message_of_a_returned_wording_can_be_unsubscribed_and_waits_for_the_morning():
    kind = registry.kind("pledges.wording_returned")
    assert (kind.is_required, kind.is_calm, kind.is_urgent) == (False, True, False)


def test_a_wording_that_waits_or_is_ready_says_no_reason_whatever_sql_one_uses(office):
    version = actions.send_for_review(by=office, version=draft(make.template(ready=False), office))
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterVersion.objects.filter(pk=version.pk).update(returned_because="x")
    with pytest.raises(actions.NotReviewable):
        actions.return_version(by=UserFactory(), version=version, reason=" ")


def test_a_frozen_version_cannot_be_edited_in_the_admin(client, office):
    template = make.template()
    version = LetterVersion.objects.get()
    response = client.post(reverse("letter-versions:edit", args=[version.pk]), wording(template, clause_lines="软。"))
    assert response.status_code == 200
    assert LetterVersion.objects.get().clauses == version.clauses


def test_one_version_is_open_at_a_time(office):
    template = make.template(ready=False)
    draft(template, office)
    with pytest.raises(actions.NotReviewable):
        draft(template, office)


def test_a_unit_without_a_division_code_can_accept_no_letters(office):
    template = make.template(ready=False, accepting_unit=OrganisationFactory())
    version = actions.send_for_review(by=office, version=draft(template, office))
    with pytest.raises(actions.TemplateIncomplete):
        actions.approve_version(by=UserFactory(), version=version)


def test_signed_letters_and_requests_are_for_looking_only(client, office):
    letter, asked = make.signed(), make.request()
    for name, text in (("signed-letters", letter.code), ("letter-requests", asked.uscc)):
        assert text in client.get(reverse(f"{name}:index")).content.decode()
    page = client.get(reverse("signed-letters:inspect", args=[letter.pk])).content.decode()
    assert letter.signer.name not in page
    for name in ("edit", "delete"):
        address = reverse(f"signed-letters:{name}", args=[letter.pk])
        assert client.post(address, {"code": "x"}).status_code in (302, 403)
        assert client.get(address, follow=True).redirect_chain[-1][0] == "/admin/"


def test_nobody_without_the_right_gets_in(client):
    client.force_login(UserFactory())
    assert client.get(reverse("letter-templates:index")).status_code == 302


def test_a_step_of_an_open_programme_keeps_its_letter():
    enrolled = make.enrolment()
    with pytest.raises(actions.TemplateIncomplete):
        actions.set_step_letter(by=None, step=make.step_of(enrolled), template=make.template())


@pytest.mark.parametrize(("pledge_type", "text"), [("other", ""), ("voluntary", "文明经营")])
def test_only_and_always_the_type_other_says_which_other(client, office, pledge_type, text):
    template = make.template(ready=False)
    fields = ("slug", "title", "title_en", "audience", "subject", "publication", "validity_days", "copies")
    data = {name: getattr(template, name) for name in fields} | {"accepting_unit": template.accepting_unit_id}
    address = f"/admin/letter-templates/edit/{template.pk}/"
    page = client.post(address, data | {"pledge_type": pledge_type, "pledge_type_text": text})
    assert "请写明是哪一类其他承诺" in page.content.decode()
    told = {"pledge_type": "other", "pledge_type_text": "文明经营"}
    assert client.post(address, data | told).status_code == 302
    template.refresh_from_db()
    assert (template.pledge_type, template.pledge_type_text) == ("other", "文明经营")


def test_what_is_signed_by_another_type_says_which_on_its_page_in_its_record_and_in_the_table(client):
    letter = make.logged(make.enrolment(make.template(pledge_type="other", pledge_type_text="文明经营")))
    assert "其他（文明经营）" in client.get(f"/l/{letter.public_id}").content.decode()
    subject = client.get(f"/l/{letter.public_id}.json").json()["credentialSubject"]
    assert (subject["pledgeType"], subject["pledgeTypeText"]) == ("other", "文明经营")
    row = layout_row(letter, None)
    assert (row["pledge_type"], row["pledge_type_text"]) == ("other", "文明经营")
