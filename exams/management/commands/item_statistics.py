"""Item analysis of one exam, on the terminal or as JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exams import queries
from exams.models import Paper, PaperMode, Sample

INDICES = ("facility", "sd", "discrimination_index", "discriminative_efficiency", "point_biserial")


class Command(BaseCommand):
    """Percentages as in Moodle's quiz statistics; see `exams.statistics` for the formulas."""

    help = "Item analysis of a paper: facility, discrimination, distractors, alpha."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which paper, which attempts, how to print."""
        parser.add_argument("--paper", required=True, metavar="ID", help="short name or number of the paper")
        parser.add_argument("--sample", choices=Sample.values, default=Sample.FIRST, help="which attempts count")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError if there is no such exam."""
        found = queries.analysis_of(_paper(options["paper"]), options["sample"])
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else _table(found))


def _paper(name: str) -> Paper:
    paper: Paper | None = Paper.objects.filter(slug=name).first()
    if paper is None and name.isdecimal():
        paper = Paper.objects.filter(pk=int(name)).first()
    if paper is None:
        raise CommandError(f"There is no paper “{name}”. Give its short name or its number.")
    if paper.mode != PaperMode.EXAM:
        raise CommandError(f"“{paper}” is not an exam, so nobody has marks in it.")
    return paper


def _table(found: dict[str, Any]) -> str:
    """The same for people."""
    paper = found["paper"]
    lines = [
        f"{paper['title']} ({paper['slug']}), {paper['sample']} attempts: {paper['n']}, passed: {paper['passed']}",
        "  ".join(f"{name} {_figure(paper[name]).strip()}" for name in ("mean", "sd", "alpha", "standard_error")),
        f"{'version':>8} {'n':>6} " + " ".join(f"{name.split('_')[-1][:10]:>10}" for name in INDICES) + "  question",
    ]
    for item in found["items"]:
        figures = " ".join(_figure(item[name]) for name in INDICES)
        words = f"  [{', '.join(item['flags'])}]" if item["flags"] else ""
        lines.append(f"{item['version']:>8} {item['n']:>6} {figures}  {item['stem'][:40]}{words}")
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return f"{'–' if value is None else format(value, '.2f'):>10}"
