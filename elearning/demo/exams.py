"""Demo banks and papers, loaded through the actions. Loading again adds what is new and leaves the rest."""

import tomllib
from pathlib import Path
from typing import Any

from exams import actions
from exams.importers.plain import build
from exams.models import Bank, Item, KnowledgePoint, Paper, PaperMode

CONTENT = Path(__file__).resolve().parent / "content"


def load(content: Path = CONTENT) -> dict[str, Paper]:
    """Every bank, then every paper; returns the papers by slug."""
    for path in sorted((content / "items").glob("*.toml")):
        load_bank(path)
    return load_papers(content / "papers.toml")


def load_bank(path: Path) -> Bank:
    """One file of items. An item is known by its bank and number. Raises CannotBuild for an item that is none."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    bank = Bank.objects.filter(name=data["bank"]).first() or actions.create_bank(
        by=None, name=data["bank"], audience=data["audience"]
    )
    known = set(Item.objects.filter(bank=bank).values_list("number", flat=True))
    for row in data["items"]:
        if str(row["number"]) not in known:
            load_item(bank, row)
    return bank


def load_item(bank: Bank, row: dict[str, Any]) -> None:
    """One item, written, reviewed and ready."""
    version = actions.create_item(
        by=None,
        bank=bank,
        number=str(row["number"]),
        type=row["type"],
        stem=row["stem"],
        built=build(row["type"], row.get("options", []), row.get("answer")),
        explanation=row.get("explanation", ""),
        difficulty=row.get("difficulty", 3),
        point=load_point(row.get("point", "")),
        source=row.get("source", ""),
    )
    actions.submit_for_review(by=None, version=version)
    actions.approve_version(by=None, version=version)


def load_point(name: str) -> KnowledgePoint | None:
    """The knowledge point of this name at the top of the tree."""
    if not name:
        return None
    return KnowledgePoint.objects.filter(name=name, parent=None).first() or actions.create_point(by=None, name=name)


def load_papers(path: Path = CONTENT / "papers.toml") -> dict[str, Paper]:
    """The papers by slug; those that exist stay as they are."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["papers"]
    return {row["slug"]: Paper.objects.filter(slug=row["slug"]).first() or _create(row) for row in rows}


def _create(row: dict[str, Any]) -> Paper:
    fields = dict(row)
    sections = [{**s, "bank": Bank.objects.get(name=s["bank"])} for s in fields.pop("sections", [])]
    fixed = Item.objects.filter(bank__name=fields.pop("fixed", "")).order_by("pk")
    paper = actions.create_paper(by=None, sections=sections, fixed=fixed, **fields)
    if paper.mode == PaperMode.EXAM:
        actions.set_rules(by=None, paper=paper, leave_count=3, leave_action="lock")
    return actions.publish_paper(by=None, paper=paper)
