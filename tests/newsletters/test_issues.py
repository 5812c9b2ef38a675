"""An issue on the web and on A4: sections, matrix, imprint, and who may see what."""

import datetime as dt
from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from cms import registry
from cms.queries import search_site
from foundation.fonts import pdf_available
from foundation.jobs.models import Job
from newsletters import actions
from newsletters.importers import Cell, MatrixError, read_cell, read_matrix
from newsletters.models import IssuePage
from newsletters.pdf import document_of, set_document
from newsletters.queries import newest_headlines
from organisations.models import Kind
from tests.cms.test_search import index_pages
from tests.factories.accounts import UserFactory
from tests.factories.cms import CaseFactory, member_of, site
from tests.factories.newsletters import MATRIX, IssueFactory, NewsItemFactory, article, bulletin
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.paper import glyphs, outside

pytestmark = pytest.mark.django_db
needs_pdf = pytest.mark.skipif(not pdf_available().ok, reason="the system libraries for PDFs are missing")


@pytest.fixture(autouse=True)
def _bulletin():
    site()
    bulletin()


def text(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode().replace("<wbr>", "")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def clerk():
    user = UserFactory()
    MembershipFactory(user=user, organisation=OrganisationFactory(kind=Kind.DEPARTMENT))
    return signed_in(user)


def test_cells_are_states_or_counts_and_common_spellings_are_understood():
    states = [read_cell("c", text).state for text in ("√", "✓", "*", "＊", "非考核项", "未备案", "12")]
    assert states == ["done", "done", "open", "open", "not-assessed", "not-filed", "count"]
    assert read_cell("c", "也许") is None


def test_a_pasted_table_is_read_by_rows_and_columns():
    matrix = read_matrix("甲\n乙\n", "水利局\t√\t12\n\n气象局\t非考核项\t*\n")
    assert matrix.columns == ("甲", "乙")
    assert [row.unit for row in matrix.rows] == ["水利局", "气象局"]
    assert matrix.rows[0].cells == (Cell("甲", "done", "√"), Cell("乙", "count", "12"))


@pytest.mark.parametrize(
    ("rows", "word", "line"), [("水利局\t√", "cells", 1), ("水利局\t√\t1\n气象局\t√\t也许", "cell", 2)]
)
def test_a_line_that_does_not_fit_is_named(rows, word, line):
    with pytest.raises(MatrixError) as error:
        read_matrix("甲\n乙", rows)
    assert (error.value.word, error.value.line) == (word, line)
    with pytest.raises(ValidationError, match=f"第{line}行"):
        IssueFactory(matrix_columns="甲\n乙", matrix_rows=rows)


def test_an_issue_shows_masthead_sections_and_imprint(client):
    case = CaseFactory(title="农药店分五级")
    report = NewsItemFactory(accepted=True, title="加油站计量承诺", further_units="市商务局")
    issue = IssueFactory(
        number=3,
        total=17,
        sections=[
            (
                "progress",
                {"title": "工作推进", "items": [article("五步", "<p>正文</p>", units=["市信用办"])]},
            ),
            ("cases", {"title": "奖惩案例", "items": [{"case": case, "title": "", "body": ""}]}),
            ("briefs", {"title": "工作简讯", "items": [("report", report)]}),
        ],
    )
    html = text(client, issue.url)
    for words in (
        "2017年第3期（总第17期）",
        "（市信用办）",
        "农药店分五级",
        "加油站计量承诺",
        f"（{report.department.name}、市商务局）",
        "编辑组",
        "省、市信用办",
    ):
        assert words in html
    assert [(line.title, line.section) for line in newest_headlines(5)] == [
        ("五步", "工作推进"),
        ("农药店分五级", "奖惩案例"),
        ("加油站计量承诺", "工作简讯"),
    ]


def test_a_case_that_came_down_and_news_that_was_not_accepted_leave_the_issue(client):
    case = CaseFactory(sanction=True, title="过期的惩戒")
    waiting = NewsItemFactory(title="没有采用的简讯")
    issue = IssueFactory(
        sections=[
            (
                "cases",
                {"title": "奖惩案例", "items": [{"case": case, **article("期上的标题", "<p>期上的正文</p>")}]},
            ),
            ("briefs", {"title": "工作简讯", "items": [("report", waiting)]}),
        ]
    )
    assert "期上的正文" in text(client, issue.url)
    before = document_of(issue, with_matrix=False)
    Page.objects.filter(pk=case.pk).update(expire_at=timezone.now() - dt.timedelta(seconds=1))
    html = text(client, issue.url)
    assert [words in html for words in ("期上的标题", "期上的正文", "没有采用的简讯", "奖惩案例</h2>")] == [False] * 4
    after = document_of(IssuePage.objects.get(), with_matrix=False)
    assert after.path != before.path
    assert "期上的正文" not in after.html


def test_the_matrix_is_for_departments_unless_the_issue_says_otherwise(client):
    issue = IssueFactory(**MATRIX)
    pupil = UserFactory()
    MembershipFactory(user=pupil, organisation=OrganisationFactory(kind=Kind.CLASS))
    for reader, sees in (
        (client, False),
        (signed_in(pupil), False),
        (clerk(), True),
        (signed_in(member_of(registry.CREDIT_OFFICE)), True),
    ):
        assert ("水利局" in text(reader, issue.url)) is sees
    IssuePage.objects.filter(pk=issue.pk).update(matrix_is_public=True)
    html = text(client, issue.url)
    assert "水利局" in html
    assert [words in html for words in ("还差", "未完成", "待完成")] == [False, False, False]
    assert html.count("<td") == 6


def test_numbers_are_given_once():
    IssueFactory(number=3, total=17)
    for number, total in ((3, 18), (4, 17)):
        with pytest.raises(ValidationError):
            IssueFactory(number=number, total=total, slug=f"x{number}-{total}")
    for change in ("number = 0", "total = 0"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE newsletters_issuepage SET {change}")


def test_issues_are_listed_newest_first_and_lead_to_their_neighbours(client):
    assert "还没有发布的简报" in text(client, "/bulletins/")
    issues = [IssueFactory(number=n, total=n, issued_on=dt.date(2017, n, 1)) for n in (1, 2, 3)]
    assert [issue.number for issue in client.get("/bulletins/").context["issues"]] == [3, 2, 1]
    context = client.get(issues[1].url).context
    assert (context["previous"].number, context["next"].number) == (1, 3)


def test_the_search_finds_an_issue_by_its_articles(client):
    IssueFactory(title="简报第一期")
    index_pages()
    groups = {group.provider.key: [hit.title for hit in group.hits] for group in search_site("培训").groups}
    assert groups["issues"] == ["简报第一期"]


def test_publishing_orders_both_forms_of_the_pdf_once():
    issue = IssueFactory(**MATRIX)
    actions.request_pdf(issue=IssuePage.objects.get(), with_matrix=True)
    jobs = Job.objects.filter(kind=actions.PDF_JOB).values_list("payload", flat=True)
    wanted = [{"issue": issue.pk, "with_matrix": False}, {"issue": issue.pk, "with_matrix": True}]
    assert sorted(jobs, key=str) == wanted


def test_the_pdf_waits_until_it_is_made_and_carries_the_matrix_for_departments_only(client):
    issue = IssueFactory(**MATRIX)
    url = f"{issue.url}pdf/"
    waiting = client.get(url)
    assert (waiting.status_code, waiting["Retry-After"]) == (503, "5")
    if not pdf_available().ok:
        pytest.skip("the system libraries for PDFs are missing")
    for job in Job.objects.filter(kind=actions.PDF_JOB):
        actions.make_pdf(job.payload)
        actions.make_pdf(job.payload)
    sizes = {}
    for name, reader in (("public", client), ("department", clerk())):
        response = reader.get(url)
        data = response.content
        assert (response.status_code, response["Content-Type"], data[:5]) == (200, "application/pdf", b"%PDF-")
        sizes[name] = len(data)
    assert sizes["department"] > sizes["public"]
    assert len(storages["private"].listdir("bulletins")[1]) == 2


def test_the_pdf_of_a_draft_and_of_an_issue_that_is_gone_is_not_there(client):
    issue = IssueFactory()
    IssuePage.objects.filter(pk=issue.pk).update(live=False)
    assert client.get(f"{issue.url}pdf/").status_code == 404
    assert client.get("/bulletins/2017-99/pdf/").status_code == 404
    actions.make_pdf({"issue": 0, "with_matrix": False})


@pytest.mark.parametrize("number", [1, 3])
def test_an_issue_takes_as_many_statements_for_three_cases_as_for_one(client, django_assert_num_queries, number):
    cases = [CaseFactory() for _ in range(number)]
    items = [{"case": case, "title": "", "body": ""} for case in cases]
    issue = IssueFactory(sections=[("cases", {"title": "奖惩案例", "items": items})])
    client.get(issue.url)
    with django_assert_num_queries(15):
        client.get(issue.url)


@needs_pdf
def test_an_issue_on_paper_keeps_the_type_area_of_an_official_document_and_numbers_pages_outside_it():
    """GB/T 9704-2012: 156 by 225 mm, 22 lines of 28 characters; odd numbers right, even ones left."""
    body = "".join(f"<p>{'信用工作要做在平时，' * 40}</p>" for _ in range(6))
    sections = [("progress", {"title": "工作推进", "items": [article("全市动员", body, units=[])]})]
    issue = IssueFactory(sections=sections, report_to="市委", editor="林某")
    pages = glyphs(set_document(document_of(issue, with_matrix=False)))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert outside(page, left=28, top=37, right=184, bottom=262) == f"—{number}—"
        first, dash = page[-3], page[-1]
        assert first.bottom == dash.bottom  # on one line
        assert (dash.bottom > 269, dash.right > 170, dash.right < 50) == (True, number % 2 == 1, number % 2 == 0)
    lines = Counter(int((glyph.top + glyph.bottom - 2 * 37) / 2 / 225 * 22) for glyph in pages[1])
    assert (sorted(lines)[:22], lines.most_common(1)[0][1]) == (list(range(22)), 28)
