"""Demo content of the public site: pages, notices, handbook, cases, one issue of the bulletin. Idempotent."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import User
from cms import actions
from cms.models import (
    CaseIndexPage,
    CasePage,
    HandbookChapterPage,
    HandbookIndexPage,
    HomePage,
    NoticeIndexPage,
    NoticePage,
    StandardPage,
)
from newsletters.models import BulletinIndexPage, IssuePage
from organisations.models import Organisation

HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
SITE = {
    "site_name": "信行",
    "tagline": "昆山市诚信教育与承诺平台",
    "city": "昆山市",
    "sponsor": "市社会信用体系建设领导小组办公室",
    "organiser": "市公共信用信息中心",
    "hours": "工作日 9:00—17:00",
}


def read(content: Path, name: str) -> dict[str, Any]:
    """One content file."""
    return tomllib.loads((content / name).read_text(encoding="utf-8"))


def body_of(html: str) -> list[tuple[str, str]]:
    """`html` of the content files as blocks: a heading block for each h2, text blocks between them."""
    blocks: list[tuple[str, str]] = []
    for number, part in enumerate(HEADING.split(html)):
        if part.strip():
            blocks.append(("heading" if number % 2 else "text", part.strip()))
    return blocks


def load_site(content: Path, *, by: User | None = None, hostname: str = "localhost", port: int = 80) -> None:
    """Home page, lists, standard pages, notices and handbook from `content`/site.toml."""
    data = read(content, "site.toml")
    home = actions.set_up_site(
        by=by,
        home={
            "title": "首页",
            "hero_title": data["home"]["title"].rstrip("。") + "。",
            "intro": data["home"]["lead"],
            "access_note": data["home"].get("access_note", "看课程、案例和简报不用登录。"),
        },
        site={**SITE, **data.get("site", {})},
        hostname=hostname,
        port=port,
    )
    _lists(home, by=by)
    for page in data.get("pages", []):
        _add(StandardPage(show_in_menus=True, **_words(page)), parent=home, by=by)
    notices = NoticeIndexPage.objects.get()
    for notice in data.get("notices", []):
        _add(NoticePage(published_on=notice["date"], **_words(notice)), parent=notices, by=by)
    _handbook(data.get("handbook", {}), by=by)


def _words(page: dict[str, Any]) -> dict[str, Any]:
    """Fields that every page of the content files has."""
    return {
        "slug": page["slug"],
        "title": page["title"],
        "intro": page.get("intro", ""),
        "body": body_of(page.get("body", "")),
    }


def _add(page: Any, *, parent: Any, by: User | None) -> None:
    actions.add_page(by=by, parent=parent, page=page)


def _lists(home: HomePage, *, by: User | None) -> None:
    """The pages under which everything else stands; their slugs are the addresses of the navigation."""
    lead = "守信的怎么得益，失信的怎么受限，又怎么改回来。每个案例都写明依据。"
    _add(CaseIndexPage(slug="cases", title="奖惩案例", intro=lead), parent=home, by=by)
    _add(BulletinIndexPage(slug="bulletins", title="信用工作简报"), parent=home, by=by)
    _add(NoticeIndexPage(slug="notices", title="通知公告"), parent=home, by=by)


def _handbook(handbook: dict[str, Any], *, by: User | None) -> None:
    title = handbook.get("title", "公务员诚信手册")
    parent = HomePage.objects.get()
    _add(HandbookIndexPage(slug="handbook", title=title, intro=handbook.get("intro", "")), parent=parent, by=by)
    index = HandbookIndexPage.objects.get()
    for chapter in handbook.get("chapters", []):
        _add(HandbookChapterPage(**_words(chapter)), parent=index, by=by)


def load_cases(content: Path, *, reporters: Mapping[str, User], office: User) -> list[CasePage]:
    """Report and accept every case of `content`/cases.toml that is not there yet; returns all of them.

    `reporters` holds a reporter for each department's code; `office` reviews.
    """
    index = CaseIndexPage.objects.get()
    cases = read(content, "cases.toml")["cases"]
    for case in cases:
        if CasePage.objects.child_of(index).filter(slug=case["slug"]).exists():
            continue
        unit = Organisation.objects.get(code=case["department"])
        page = actions.report_case(by=reporters[unit.code], index=index, **case_fields(case, unit))
        actions.accept_case(by=office, case=page, at=case.get("published_at"))
    return list(CasePage.objects.child_of(index).filter(slug__in=[case["slug"] for case in cases]))


def case_fields(case: dict[str, Any], unit: Organisation) -> dict[str, Any]:
    """Fields of CasePage from an entry of cases.toml."""
    same = ("slug", "kind", "title", "period", "subjects", "procedure", "measures", "effect", "occurred_on")
    return {
        **{name: case[name] for name in same if name in case},
        "intro": case.get("intro", ""),
        "department": unit,
        "basis": [("document", {"name": one["name"], "number": one.get("number", "")}) for one in case["basis"]],
        "publish_until": case.get("publish_until"),
        "is_historical": case.get("historical", False),
    }


def load_bulletin(content: Path, *, by: User | None = None) -> IssuePage:
    """The issue of `content`/bulletin.toml, cases picked by their slugs; one that is there is returned as it is."""
    data = read(content, "bulletin.toml")
    issue, imprint, matrix = data["issue"], data["imprint"], data.get("matrix", {})
    slug = f"{issue['year']}-{issue['number']}"
    page = IssuePage(
        slug=slug,
        title=issue["title"],
        masthead=issue["name"],
        year=issue["year"],
        number=issue["number"],
        total=issue["total"],
        issued_on=issue["date"],
        editorial_unit=issue["editorial_unit"],
        note=issue.get("note", ""),
        sections=[section_of(section) for section in data["sections"]],
        matrix_title=matrix.get("title", ""),
        matrix_columns="\n".join(matrix.get("columns", [])),
        matrix_rows="\n".join("\t".join([row["unit"], *row["cells"]]) for row in matrix.get("rows", [])),
        matrix_footnotes="\n".join(matrix.get("footnotes", [])),
        report_to="，".join(imprint["report_to"]),
        send_to="，".join(imprint["send_to"]),
        editor=imprint.get("editor", ""),
        reviewer=imprint.get("reviewer", ""),
    )
    actions.add_page(by=by, parent=BulletinIndexPage.objects.get(), page=page)
    found: IssuePage = IssuePage.objects.get(slug=slug)
    return found


def section_of(section: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """One section as a block. Items of a section of cases that name no known case become nothing."""
    kind = {"progress": "progress", "cases": "cases", "briefs": "briefs"}[section["kind"]]
    items = section["items"]
    if kind == "cases":
        pages = {page.slug: page for page in CasePage.objects.filter(slug__in=[i.get("case", "") for i in items])}
        values: list[Any] = [
            {"case": pages[item["case"]], "title": item.get("title", ""), "body": item.get("body", "")}
            for item in items
            if item.get("case") in pages
        ]
        return kind, {"title": section["title"], "items": values}
    articles = [
        {"title": item.get("title", ""), "body": item["body"].strip(), "units": item.get("units", [])} for item in items
    ]
    if kind == "briefs":
        return kind, {"title": section["title"], "items": [("text", article) for article in articles]}
    return kind, {"title": section["title"], "items": articles}


def address() -> tuple[str, int]:
    """Host name and port of SITE_URL, for Wagtail's site record."""
    host, _colon, port = settings.SITE_URL.split("://", 1)[1].partition(":")
    return host, int(port or (443 if settings.SITE_URL.startswith("https") else 80))
