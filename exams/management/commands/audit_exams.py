"""Compares papers, keys, answers and scores with what the public log was told of them."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exams import actions
from exams.models import PaperAnchor, ScoringRun
from exams.queries import anchors

SETTLED = timedelta(minutes=10)


class Command(BaseCommand):
    """Every paper and scoring run that was committed to, or the opening of one attempt for somebody outside."""

    help = "Compare papers, keys, answers and scores with the public log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to compare, how to print."""
        parser.add_argument("--paper", metavar="SLUG", help="only the entries of this paper, and no scores")
        parser.add_argument(
            "--attempt", metavar="ID", help="print what somebody else needs to check the scores of this attempt"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError if anything does not hold, or nothing is there."""
        if options["attempt"]:
            return self._open(options["attempt"])
        found = _compare(options["paper"])
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_lines(found))
        problems = [word for row in (*found["papers"], *found["runs"]) for word in row["problems"]]
        actions.note_check(by=None, what="PaperAnchor" if options["paper"] else "ScoringRun", problems=len(problems))
        if problems:
            raise CommandError(f"{len(problems)} of these do not hold.")
        return None

    def _open(self, attempt: str) -> None:
        opened = anchors.opening(attempt=attempt)
        if not opened:
            raise CommandError(f"The log has not been told of a score of “{attempt}” yet.")
        self.stdout.write(json.dumps(opened, ensure_ascii=False, indent=2))


def _compare(slug: str | None) -> dict[str, Any]:
    papers = PaperAnchor.objects.select_related("paper", "entry").order_by("paper__slug", "number")
    if slug:
        papers = papers.filter(paper__slug=slug)
        if not papers:
            raise CommandError(f"The log has not been told of a paper “{slug}”.")
    runs = ScoringRun.objects.none() if slug else ScoringRun.objects.select_related("entry").order_by("number")
    return {
        "papers": [
            {"paper": row.paper.slug, "number": row.number, "cause": row.cause, "problems": anchors.check_paper(row)}
            for row in papers
        ],
        "runs": [
            {"run": row.number, "scores": len(row.scores), "problems": anchors.check_run(row)}
            for row in runs.iterator(chunk_size=20)
        ],
        "waiting": 0 if slug else anchors.unanchored(before=timezone.now() - SETTLED),
    }


def _lines(found: dict[str, Any]) -> str:
    """The same for people."""
    lines = [f"{row['paper']}/{row['number']} ({row['cause']}): {_words(row)}" for row in found["papers"]]
    lines += [f"run {row['run']}, scores: {row['scores']}: {_words(row)}" for row in found["runs"]]
    lines.append(f"scores older than ten minutes that no run has: {found['waiting']}")
    return "\n".join(lines)


def _words(row: dict[str, Any]) -> str:
    return "; ".join(f"{word}: {about}" for word, about in row["problems"]) or "holds"
