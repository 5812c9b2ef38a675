"""The background work of exams: which kind of job calls which action."""

from typing import Any

from django.utils import timezone

from exams import actions, queries
from exams.actions.import_store import STORE_JOB, TWINS_JOB
from exams.actions.imports import READ_JOB
from exams.models import Paper
from exams.queries import anchors
from foundation.jobs.actions import enqueue
from foundation.jobs.registry import register

Payload = dict[str, Any]


def sweep(payload: Payload) -> int:
    """Hand in what is overdue."""
    return actions.sweep_overdue()


def stock(payload: Payload) -> bool:
    """Draw papers beforehand; true if more are to be drawn."""
    return actions.keep_stock(paper_id=payload.get("paper"))


def stock_again(payload: Payload, has_more: bool) -> None:
    """Go on drawing in a job of its own, so that none runs long."""
    if has_more and payload:  # the periodic run comes again by itself
        enqueue(kind="exams.prepare", payload=payload)


def index(payload: Payload) -> int:
    """Make the index of the bank again."""
    return actions.rebuild_index()


def note_uses(payload: Payload) -> int:
    """Count where items were used."""
    return actions.note_uses()


def change_many(payload: Payload, result: Any) -> None:
    """The next portion of a change to many items."""
    actions.go_on_changing(change_id=payload["change"])


def read_import(payload: Payload) -> dict[str, Any]:
    """Read a large file."""
    return actions.read_in_background(payload=payload)


def show_import(payload: Payload, result: Any) -> None:
    """Keep what was read for the preview."""
    actions.show_batch(payload=payload, result=result)


def store_import(payload: Payload, result: Any) -> None:
    """The next portion of storing or undoing an import."""
    actions.continue_import(payload=payload, result=result)


def twins(payload: Payload) -> None:
    """Look for near duplicates of new items."""
    actions.find_twins(item_ids=payload["items"])


def analyse(payload: Payload) -> dict[str, Any]:
    """Work the item analysis of a paper out, outside any transaction."""
    return queries.analysis_of(Paper.objects.get(pk=payload["paper"]), payload["sample"])


def keep_analysis(payload: Payload, found: dict[str, Any]) -> None:
    """Keep it."""
    actions.keep_analysis(paper_id=payload["paper"], sample=payload["sample"], found=found)


def plan_regrade(payload: Payload, result: Any) -> None:
    """Work out the next slice of a re-marking."""
    actions.plan_slice(regrade_id=payload["regrade"])


def apply_regrade(payload: Payload, result: Any) -> None:
    """Carry out the next slice of a re-marking."""
    actions.apply_slice(regrade_id=payload["regrade"])


def paper_facts(payload: Payload) -> Any:
    """What the public log does not know yet of papers."""
    return anchors.facts_of_papers(paper=payload.get("paper"), version=payload.get("version"))


def anchor_papers(payload: Payload, facts: Any) -> None:
    """Commit to papers in the public log."""
    actions.anchor_papers(facts=facts, cause=payload.get("cause", "items"))


def score_facts(payload: Payload) -> Any:
    """Scores that the public log does not know yet."""
    return anchors.facts_of_scores(at=timezone.now())


def anchor_scores(payload: Payload, facts: Any) -> None:
    """Commit to scores in the public log."""
    actions.anchor_scores(facts=facts)


def register_all() -> None:
    """Register every kind of job that exams owns."""
    register("exams.sweep", compute=sweep)
    register("exams.prepare", compute=stock, apply=stock_again)
    register("exams.index_items", compute=index)
    register("exams.note_uses", compute=note_uses)
    register("exams.change_many", apply=change_many)
    register(actions.PAPERS_JOB, compute=paper_facts, apply=anchor_papers)
    register(actions.SCORES_JOB, compute=score_facts, apply=anchor_scores)
    register(READ_JOB, compute=read_import, apply=show_import)
    register(STORE_JOB, apply=store_import)
    register(TWINS_JOB, compute=twins)
    register(actions.ANALYSE_JOB, compute=analyse, apply=keep_analysis)
    register(actions.PLAN_JOB, apply=plan_regrade)
    register(actions.APPLY_JOB, apply=apply_regrade)
