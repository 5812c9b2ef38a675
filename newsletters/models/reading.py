"""An issue as it is read: what was picked into it and may be shown today."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from cms.models import CasePage
from newsletters.models.news import NewsItem, NewsState


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of a section. `body` is rich text; `text` plain text where there is no rich one."""

    title: str
    body: Any = None
    text: str = ""
    units: tuple[str, ...] = ()
    case: CasePage | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One section: `kind` is progress, cases or briefs."""

    kind: str
    title: str
    anchor: str
    items: tuple[Item, ...]


def read_sections(stream: Any, at: dt.datetime) -> list[Section]:
    """The sections of `stream`; cases that came down and news that is not accepted are left out. Two statements."""
    picked = [item["case"].pk for block in stream for item in _items(block, "cases") if item["case"]]
    reports = [child.value.pk for block in stream for child in _items(block, "briefs") if _is_report(child)]
    cases = {case.pk: case for case in CasePage.objects.in_publication(at).filter(pk__in=picked)}
    accepted = NewsItem.objects.filter(pk__in=reports, state=NewsState.ACCEPTED).select_related("department")
    news = {item.pk: item for item in accepted}
    readers = {"progress": _article, "cases": lambda item: _case(item, cases), "briefs": lambda c: _brief(c, news)}
    sections = []
    for number, block in enumerate(stream, 1):
        read = readers[block.block_type]
        items = tuple(item for raw in block.value["items"] if (item := read(raw)) is not None)
        if items:
            sections.append(Section(block.block_type, block.value["title"], f"g{number}", items))
    return sections


def _items(block: Any, kind: str) -> list[Any]:
    return list(block.value["items"]) if block.block_type == kind else []


def _is_report(child: Any) -> bool:
    return child.block_type == "report" and child.value is not None


def _article(value: Any) -> Item:
    return Item(value["title"], body=value["body"], units=tuple(value["units"]))


def _case(value: Any, cases: dict[int, CasePage]) -> Item | None:
    case = cases.get(value["case"].pk) if value["case"] else None
    if case is None:
        return None
    units = (case.department_label,) if case.department_label else ()
    body = value["body"] if str(value["body"].source).strip() else None
    return Item(value["title"] or case.title, body=body, text=case.intro or case.measures, units=units, case=case)


def _brief(child: Any, news: dict[int, NewsItem]) -> Item | None:
    if not _is_report(child):
        return _article(child.value) if child.block_type == "text" else None
    item = news.get(child.value.pk)
    return Item(item.title, text=item.body, units=tuple(item.units())) if item else None
