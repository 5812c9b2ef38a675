"""Reports for leaders: asked for on a form, written in the background, for one person only and for a time."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from dashboards import queries
from dashboards.exports.wording import Grid, blocks_of, numeral
from dashboards.models import Report
from foundation.audit.models import Entry
from foundation.fonts import pdf_available
from foundation.jobs import worker
from foundation.jobs.models import Job
from notifications.models import Message
from organisations.models import Membership, Role
from privacy import registry as privacy
from programmes.actions import complete_steps, count_completions, enrol_unit, rebuild_tallies
from programmes.contracts import Evidence
from programmes.models import Enrolment
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.practice import Workplace
from tests.paper import glyphs, outside

pytestmark = pytest.mark.django_db


@pytest.fixture
def workplace(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    workplace = Workplace()
    done = workplace.learner()
    workplace.learner(workplace.department)
    complete_steps(evidence=[Evidence(done.pk, workplace.step.pk, timezone.now(), "tests.Fact:1")])
    count_completions()
    rebuild_tallies()
    return workplace


def work():
    while worker.run_pending(limit=20):
        pass


def ask(client, workplace, **fields):
    client.force_login(workplace.coordinator)
    fields = {"scope": "unit", "programme": workplace.programme.slug, **fields}
    return client.post(f"/reports/new/{workplace.department.code}/", fields)


def text_of(data):
    word = Document(BytesIO(data))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in word.paragraphs), *cells])


def taken(client, report, kind):
    answer = client.get(f"/reports/{report.public_id}.{kind}")
    return answer.status_code, b"".join(answer.streaming_content) if answer.streaming else b""


def test_from_the_form_to_an_editable_word_file_and_a_pdf(workplace, client):
    answer = ask(client, workplace)
    report = Report.objects.get()
    assert answer["Location"] == f"/reports/{report.public_id}/"
    page = client.get(answer["Location"]).content.decode()
    assert ("data-look-again" in page, "0 / 4" in page) == (True, True)
    work()
    report.refresh_from_db()
    assert (report.state, Message.objects.get().user) == ("done", workplace.coordinator)
    status, data = taken(client, report, "docx")
    text = text_of(data)
    assert (status, report.title in text, "应参加2人，已全部完成1人" in text) == (200, True, True)
    for chapter in ("一、工作概况", f"二、{workplace.programme.title}", "三、承诺与践行", "五、下一步工作"):
        assert chapter in text
    learners = Enrolment.objects.select_related("user")
    assert [enrolment.user.name in text for enrolment in learners] == [False, False]
    if pdf_available().ok:
        status, data = taken(client, report, "pdf")
        whole = "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
        assert (status, "一、工作概况" in whole) == (200, True)
    assert Entry.objects.filter(action="dashboards.take_report").count() == (2 if pdf_available().ok else 1)


def test_the_word_file_is_set_as_an_official_document(workplace, client):
    ask(client, workplace)
    work()
    word = Document(BytesIO(taken(client, Report.objects.get(), "docx")[1]))
    section = word.sections[0]
    assert [
        round(x.mm) for x in (section.page_width, section.page_height, section.top_margin, section.left_margin)
    ] == [
        210,
        297,
        37,
        28,
    ]
    faces = {
        name: (word.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")), word.styles[name].font.size.pt)
        for name in ("Title", "Heading 1", "Heading 2", "Normal")
    }
    assert faces == {
        "Title": ("方正小标宋简体", 22),
        "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
        "Normal": ("仿宋_GB2312", 16),
    }
    pictures = word.inline_shapes
    if pdf_available().ok:
        assert len(pictures) >= 1
        assert {shape._inline.docPr.get("descr") for shape in pictures} >= {"各步骤完成的人所占比例"}


@pytest.mark.skipif(not pdf_available().ok, reason="the system libraries for PDFs are missing")
def test_the_pdf_keeps_the_type_area_of_an_official_document_and_numbers_pages_outside_it(workplace, client):
    ask(client, workplace)
    work()
    pages = glyphs(taken(client, Report.objects.get(), "pdf")[1])
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert outside(page, left=28, top=37, right=184, bottom=262) == f"—{number}—"
        assert (page[-1].bottom > 269, page[-1].right > 170) == (True, number % 2 == 1)


def test_a_quarter_and_a_campaign(workplace, client):
    today = timezone.localdate()
    quarter = f"{today.year}-{(today.month + 2) // 3}"
    ask(client, workplace, scope="quarter", quarter=quarter)
    campaign = enrol_unit(by=None, programme=workplace.programme, organisation=workplace.section)
    Enrolment.objects.filter(organisation=workplace.section).update(assignment=campaign)
    ask(client, workplace, scope="campaign", assignment=campaign.public_id)
    work()
    contents = [queries.content_of(report, today) for report in Report.objects.order_by("pk")]
    assert [(c.report.state, c.parts[0].total.enrolled, c.parts[0].total.finished) for c in contents] == [
        ("done", 2, 1),
        ("done", 1, 1),
    ]
    assert [(c.report.from_on.month - 1) % 3 for c in contents[:1]] == [0]
    grids = [block for block in blocks_of(contents[0]) if isinstance(block, Grid)]
    assert [row[0] for row in grids[1].rows] == [workplace.section.name, "本级", "合计"]


def test_what_the_scope_needs_must_be_chosen(workplace, client):
    for fields in ({"programme": ""}, {"scope": "campaign"}, {"scope": "nonsense"}, {"programme": "another"}):
        answer = ask(client, workplace, **fields)
        assert (answer.status_code, 'class="err"' in answer.content.decode()) == (
            200,
            True,
        )
    assert Report.objects.count() == 0


def test_only_who_asked_and_still_leads_the_unit_gets_it(workplace, client):
    ask(client, workplace)
    work()
    report = Report.objects.get()
    colleague = workplace.person(workplace.department, Role.COORDINATOR)
    stranger = workplace.person(OrganisationFactory(), Role.COORDINATOR)
    for user in (colleague, stranger, UserFactory()):
        client.force_login(user)
        for address in (f"/reports/{report.public_id}/", f"/reports/{report.public_id}.docx"):
            assert client.get(address).status_code == 404
        assert client.post(f"/reports/{report.public_id}/discard/").status_code == 404
    assert client.get("/reports/").status_code == 404
    client.force_login(stranger)
    assert client.get(f"/reports/new/{workplace.department.code}/").status_code == 404
    client.force_login(workplace.coordinator)
    assert report.title in client.get("/reports/").content.decode()
    Membership.objects.filter(user=workplace.coordinator).update(until_on=timezone.localdate())
    assert client.get(f"/reports/{report.public_id}.docx").status_code == 404
    client.logout()
    assert client.get(f"/reports/{report.public_id}.docx").status_code == 302


def test_it_goes_by_hand_and_after_its_time_with_its_files(workplace, client, django_capture_on_commit_callbacks):
    for _ in range(2):
        ask(client, workplace)
    work()
    first, second = Report.objects.order_by("pk")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/reports/{first.public_id}/discard/")
    assert [storages["private"].exists(report.docx) for report in (first, second)] == [False, True]
    rule = privacy.rules["dashboards.reports"]
    assert rule.count(timezone.now() - dt.timedelta(days=30)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert (rule.count(timezone.now()), rule.apply(timezone.now(), 10)) == (1, 1)
    assert (Report.objects.count(), storages["private"].exists(second.docx)) == (0, False)


def test_a_report_that_cannot_be_written_says_so_and_is_tried_again(workplace, client, settings, tmp_path):
    ask(client, workplace)
    report = Report.objects.get()
    (tmp_path / "full").write_text("no folder")
    settings.PRIVATE_ROOT = tmp_path / "full"
    work()
    report.refresh_from_db()
    assert (report.state, "没有写成" in client.get(f"/reports/{report.public_id}/").content.decode()) == (
        "failed",
        True,
    )
    settings.PRIVATE_ROOT = tmp_path
    Job.objects.filter(kind="dashboards.write_report").update(run_at=timezone.now())
    work()
    report.refresh_from_db()
    assert (report.state, taken(client, report, "docx")[0]) == ("done", 200)


@pytest.mark.parametrize(("number", "word"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (31, "三十一")])
def test_chinese_numerals(number, word):
    assert numeral(number) == word


def test_the_database_refuses_a_report_that_says_two_things(workplace, client):
    ask(client, workplace)
    table = Report._meta.db_table
    for change in ("scope = 'quarter'", "state = 'done', done_at = NULL", "scope = 'x'", "until_on = '1999-01-01'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {change}")


def test_the_list_asks_as_often_for_three_as_for_one(workplace, client):
    counts = []
    for _ in range(2):
        ask(client, workplace)
        client.get("/reports/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/reports/")
        counts.append(len(captured))
        ask(client, workplace)
    assert (counts[0] == counts[1], counts[0] <= 10) == (True, True)
