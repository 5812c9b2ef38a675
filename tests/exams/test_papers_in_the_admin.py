"""Exam managers make, check, publish and remake papers in Wagtail."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cms import registry
from exams import actions, queries
from exams.models import BlueprintSection, Item, Paper, PaperState, PreparedPaper, Session, SittingRules
from exams.presets import PRESETS
from foundation.audit.models import Entry
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.groups import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = member(registry.EXAM_MANAGER)
    client.force_login(user)
    return user


def posted(page):
    """What a browser would send back of the new-paper page."""
    form, formset = page.context["form"], page.context["formset"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data |= {"sections-TOTAL_FORMS": len(formset.forms), "sections-INITIAL_FORMS": formset.initial_form_count()}
    for row in formset.forms:
        data |= {row.add_prefix(n): row[n].value() for n in row.fields if row[n].value() not in (None, "", False)}
    return data | {"title": "新卷", "slug": "new-paper"}


def warnings(page):
    return [str(m) for m in page.context["messages"] if m.level_tag in ("warning", "error")]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.slug)
def test_each_format_becomes_a_draft_with_its_sections_and_rules(client, manager, preset):
    bank = make.bank()
    page = client.get(reverse("exams_admin:new-paper"), {"preset": preset.slug, "bank": bank.pk})
    made = client.post(reverse("exams_admin:new-paper"), posted(page) | {"do": "save"})
    assert made.status_code == 302, (made.context["form"].errors, made.context["formset"].errors)
    paper = Paper.objects.get()
    assert made["Location"] == reverse("exams_admin:paper", args=[paper.pk])
    sections = BlueprintSection.objects.filter(blueprint=paper.blueprint).order_by("sort_order")
    assert [(s.bank, s.type, s.count, float(s.points)) for s in sections] == [
        (bank, s.item_type, s.count, float(s.points)) for s in preset.sections
    ]
    assert (paper.state, paper.mode, paper.minutes, paper.pass_mark) == (
        PaperState.DRAFT,
        preset.mode,
        preset.minutes,
        preset.pass_mark,
    )
    if preset.mode == "exam":
        assert (preset.points, paper.attempts_allowed, paper.counting) == (100, preset.attempts, preset.counting)


def test_the_page_tells_at_once_what_the_bank_cannot_fill(client, manager):
    bank = make.filled_bank(3)
    page = client.get(reverse("exams_admin:new-paper"), {"preset": "pupils", "bank": bank.pk})
    assert [row["available"] for row in page.context["rows"]] == [3]
    assert len(page.context["reasons"]) == 1
    data = posted(page) | {"do": "check", "sections-0-count": 3}
    checked = client.post(reverse("exams_admin:new-paper"), data)
    assert (checked.context["reasons"], checked.context["check"].is_feasible) == ([], True)
    assert not Paper.objects.exists()
    data |= {"sections-0-count": 2, "sections-1-bank": bank.pk, "sections-1-count": 3, "sections-1-points": 1}
    fragment = client.post(reverse("exams_admin:feasibility"), data)
    assert [s.sections for s in fragment.context["check"].shortages] == [(1, 2)]
    unfinished = client.post(reverse("exams_admin:feasibility"), data | {"sections-1-count": ""})
    assert (unfinished.context["incomplete"], unfinished.context["reasons"]) == (1, [])


def test_a_paper_is_previewed_published_withdrawn_and_copied(client, manager):
    for difficulty in (1, 2, 3, 3, 4, 5):
        make.item("single", difficulty=difficulty)
    paper = make.paper(sections=[{"bank": make.bank(), "type": "single", "count": 3}], published=False)
    page = reverse("exams_admin:paper", args=[paper.pk])
    preview = client.get(page, {"preview": "1"}).context["preview"]
    assert [sum(spread.counts) for spread in preview.spreads] == [3] * 10
    assert (len(preview.overlap), preview.asked, preview.different) == (10, 30, 6)
    assert all(row[n] is None for n, row in enumerate(preview.overlap))
    client.post(page, {"do": "publish"})
    paper.refresh_from_db()
    assert paper.state == PaperState.PUBLISHED
    actions.prepare_papers(paper=paper, count=3)
    assert client.get(page).context["stock"] == 3
    client.post(page, {"do": "withdraw"})
    paper.refresh_from_db()
    assert (paper.state, PreparedPaper.objects.count()) == (PaperState.DRAFT, 0)
    client.post(page, {"do": "copy", "title": "第二卷", "slug": "second"})
    assert Paper.objects.get(slug="second").blueprint_id != paper.blueprint_id
    assert Entry.objects.filter(action="exams.publish_paper", actor_id=manager.pk).count() == 1


def links(page):
    return re.findall(r'class="button button-secondary" href="(/admin/[^"]+)"', page.content.decode())


def test_the_page_of_a_paper_leads_to_its_rules_sessions_and_grants(client, manager):
    paper = make.paper(fixed=[make.item("single").item])
    page = reverse("exams_admin:paper", args=[paper.pk])
    named = f"?paper={paper.pk}"
    grants = reverse("exams_extraattempt:index") + named
    first = links(client.get(page))
    add_rules, add_session = (reverse(f"exams_{name}:add") + named for name in ("sittingrules", "session"))
    assert first[2:] == [add_rules, add_session, grants]
    for address in (add_rules, add_session):
        assert client.get(address).context["form"]["paper"].value() == str(paper.pk)
    rules = SittingRules.objects.create(paper=paper)
    now = timezone.now()
    session = Session.objects.create(paper=paper, name="第一场", opens_at=now, closes_at=now + dt.timedelta(hours=2))
    other = make.paper(fixed=[make.item("single").item])
    Session.objects.create(paper=other, name="别的", opens_at=now, closes_at=now + dt.timedelta(hours=2))
    sessions = reverse("exams_session:index") + named
    edit = reverse("exams_sittingrules:edit", args=[rules.pk])
    assert links(client.get(page))[2:] == [edit, sessions, grants]
    assert list(client.get(sessions).context["object_list"]) == [session]
    assert [client.get(address).status_code for address in (edit, grants)] == [200, 200]
    drill = make.paper("drill", fixed=[make.item("single").item])
    assert links(client.get(reverse("exams_admin:paper", args=[drill.pk])))[2:] == []


def test_publishing_what_cannot_be_drawn_tells_why(client, manager):
    paper = make.paper(sections=[{"bank": make.filled_bank(1), "type": "single", "count": 2}], published=False)
    page = client.post(reverse("exams_admin:paper", args=[paper.pk]), {"do": "publish"}, follow=True)
    assert warnings(page) == page.context["reasons"] != []
    paper.refresh_from_db()
    assert paper.state == PaperState.DRAFT


def test_of_a_published_paper_only_its_words_can_be_edited(client, manager):
    make.filled_bank(2)
    paper = make.paper(sections=[{"bank": make.bank(), "type": "single", "count": 2}])
    edit = reverse("exams_paper:edit", args=[paper.pk])
    fields = client.get(edit).context["form"].fields
    assert set(fields) == {"title", "title_en", "intro", "review", "prepare"}
    client.post(edit, {"title": "改名", "review": "never", "minutes": 5, "title_en": "", "intro": "", "prepare": ""})
    paper.refresh_from_db()
    assert (paper.title, paper.review, paper.minutes) == ("改名", "never", 60)


def test_a_draft_is_edited_with_exclusions(client, manager):
    paper = make.paper(published=False)
    assert client.get(reverse("exams_paper:edit", args=[paper.pk])).status_code == 200
    assert client.get(reverse("exams_blueprint:add")).status_code == 200
    assert b"exams-papers.js" in client.get(reverse("exams_blueprint:add")).content


def test_a_paper_is_remade_exactly_although_its_items_have_new_versions(client, manager):
    for _ in range(6):
        make.item("single")
    paper = make.paper(sections=[{"bank": make.bank(), "type": "single", "count": 4}])
    entry = make.seat(the_paper=paper)
    attempt = actions.start_attempt(entry=entry)
    shown = queries.questions_of(attempt)
    for item in Item.objects.all():
        version = actions.revise_item(
            by=None, item=item, stem="改过了", built=make.build("single", ["甲", "丁"], ["A"])
        )
        actions.submit_for_review(by=None, version=version)
        actions.approve_version(by=None, version=version)
    actions.retire_item(by=None, item=Item.objects.all()[0])
    url = reverse("exams_admin:remake")
    asked = client.post(url, {"code": attempt.public_id.lower(), "reason": ""})
    assert (asked.context["lacks_reason"], "questions" in asked.context) == (True, False)
    page = client.post(url, {"code": attempt.public_id.lower(), "reason": "申诉第3号"})
    assert page.context["questions"] == shown
    assert [(q.stem, [(o.letter, o.id, o.text) for o in q.options]) for q in page.context["questions"]] == [
        (q.stem, [(o.letter, o.id, o.text) for o in q.options]) for q in shown
    ]
    again = client.post(url, {"code": attempt.public_id, "reason": "第二次"})
    assert again.context["digest"] == page.context["digest"]
    entries = Entry.objects.filter(action="exams.remake_paper", target=f"exams.Attempt:{attempt.pk}")
    assert [e.details["reason"] for e in entries.order_by("pk")] == ["申诉第3号", "第二次"]
    assert client.post(url, {"code": "NOBODY", "reason": "x"}).context["is_unknown"]


def test_the_list_and_the_page_cost_the_same_however_much_there_is(client, manager, django_assert_max_num_queries):
    def one():
        return make.paper(sections=[{"bank": make.filled_bank(2), "type": "single", "count": 2}])

    first = one()
    index, page = reverse("exams_paper:index"), reverse("exams_admin:paper", args=[first.pk])
    for url in (index, page):
        client.get(url)
    with django_assert_max_num_queries(45) as few:
        client.get(index)
    with django_assert_max_num_queries(30) as once:
        client.get(page)
    sections = [{"bank": make.bank(), "type": "single", "count": 1, "point": make.point(f"点{n}")} for n in range(3)]
    for section in sections:
        make.item("single", point=section["point"])
    wide = make.paper(sections=sections)
    one()
    with django_assert_max_num_queries(len(few)):
        client.get(index)
    with django_assert_max_num_queries(len(once) + 2):  # where the points stand, and their names
        client.get(reverse("exams_admin:paper", args=[wide.pk]))


def test_nobody_else_enters(client, manager):
    paper = make.paper(published=False)
    pages = [
        reverse("exams_admin:paper", args=[paper.pk]),
        reverse("exams_admin:new-paper"),
        reverse("exams_admin:remake"),
    ]
    client.force_login(member(registry.BANK_AUTHOR))
    assert [client.get(url).status_code for url in pages] == [302, 302, 302]
    assert client.post(reverse("exams_admin:feasibility")).status_code == 302
    client.force_login(UserFactory())
    assert [client.get(url).status_code for url in pages] == [302, 302, 302]
    client.post(pages[0], {"do": "publish"})
    paper.refresh_from_db()
    assert paper.state == PaperState.DRAFT
