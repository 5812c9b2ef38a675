"""What the sittings of a paper say about its items: marks and answers gathered for `exams.statistics`."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from exams.models import Attempt, AttemptState, ItemVersion, Paper, PaperAnalysis, Response, Sample, Score
from exams.queries.forgetting import kept
from exams.queries.keys import Marked, marked_versions
from exams.statistics import distractors, flags, item_figures, paper_figures

CHUNK = 500
DISTRACTED = ("single", "multiple", "true_false")


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt with its newest score. `marks` are parts from 0 to 1; None: the question does not count."""

    pk: int
    enrolment_id: int
    number: int
    drawn: list[list[Any]]
    marks: list[float | None]
    percent: float
    passed: bool

    @property
    def points(self) -> list[float | None]:
        """What each position earned."""
        pairs = zip(self.drawn, self.marks, strict=True)
        return [None if mark is None else mark * float(row[1]) for row, mark in pairs]


def sittings(paper: Paper, sample: str) -> list[Sitting]:
    """The attempts of a paper that have a result and whose answers are kept, of each enrolment the one(s) that `sample`
    asks for."""
    newest = Score.objects.filter(attempt=OuterRef("pk")).order_by("-run")
    rows = (
        kept(Attempt.objects.filter(paper=paper, state=AttemptState.SUBMITTED))
        .annotate(
            marks=Subquery(newest.values("marks")[:1]),
            points=Subquery(newest.values("points")[:1]),
            top=Subquery(newest.values("max_points")[:1]),
        )
        .filter(marks__isnull=False)
        .order_by("enrolment_id", "number")
        .values_list("pk", "enrolment_id", "number", "drawn", "marks", "points", "top", "passed")
    )
    return _sampled((_sitting(*row) for row in rows.iterator()), sample)


def _sitting(
    pk: int, enrolment: int, number: int, drawn: Any, marks: Any, points: Decimal, top: Decimal, passed: bool | None
) -> Sitting:
    parts = [None if mark is None else float(mark) for mark in (json.loads(marks) if isinstance(marks, str) else marks)]
    return Sitting(pk, enrolment, number, drawn, parts, float(points * 100 / top) if top else 0.0, bool(passed))


def _sampled(rows: Iterable[Sitting], sample: str) -> list[Sitting]:
    """`rows` come by enrolment and number."""
    if sample == Sample.ALL:
        return list(rows)
    kept: dict[int, Sitting] = {}
    for row in rows:
        before = kept.get(row.enrolment_id)
        if before is None or sample == Sample.LAST or (sample == Sample.BEST and row.percent > before.percent):
            kept[row.enrolment_id] = row
    return list(kept.values())


@dataclass(slots=True)
class Column:
    """What is gathered about one wording: per learner the mark, the sum of all marks, and what was chosen."""

    top: float
    own: list[float] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)
    chosen: list[tuple[str, ...]] = field(default_factory=list)
    positions: set[int] = field(default_factory=set)


def analysis_of(paper: Paper, sample: str = Sample.FIRST) -> dict[str, Any]:
    """The item analysis of an exam, as plain values for JSON: `{"paper": {…}, "items": [{…}, …]}`.

    Items are wordings (versions), so a corrected text is judged by itself; the paper's figures are by position, as a
    paper drawn at random is a different set of items for everybody. A constant number of statements per 500 sittings.
    """
    rows = sittings(paper, sample)
    columns = _columns(rows)
    keys = marked_versions(columns)
    texts = ItemVersion.objects.in_bulk(list(columns))
    order = sorted(columns, key=lambda pk: (min(columns[pk].positions), pk))
    return {
        "paper": _paper(paper, sample, rows),
        "items": [_item(texts[pk], keys[pk], columns[pk]) for pk in order],
    }


def _columns(rows: Sequence[Sitting]) -> dict[int, Column]:
    columns: dict[int, Column] = {}
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        answers = _answers([row.pk for row in part])
        for row in part:
            total = sum(points for points in row.points if points is not None)
            for position, (drawn, points) in enumerate(zip(row.drawn, row.points, strict=True), 1):
                if points is not None:
                    column = columns.setdefault(drawn[0], Column(float(drawn[1])))
                    column.own.append(points)
                    column.totals.append(total)
                    column.chosen.append(_picks(answers[row.pk].get(position)))
                    column.positions.add(position)
    return columns


def _answers(attempt_ids: Sequence[int]) -> Mapping[int, dict[int, str]]:
    """`{attempt: {position: newest answer as JSON text}}`. One statement."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Response.objects.filter(attempt_id__in=attempt_ids, late=False).order_by("attempt_id", "epoch", "seq")
    for attempt, position, value in rows.values_list("attempt_id", "position", "value").iterator():
        found[attempt][position] = value
    return found


def _picks(text: str | None) -> tuple[str, ...]:
    """The ids in an answer to a choice; "true" and "false" for a judgement; nothing for anything else."""
    value = json.loads(text) if text else None
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(part for part in value if isinstance(part, str)) if isinstance(value, list) else ()


def _paper(paper: Paper, sample: str, rows: Sequence[Sitting]) -> dict[str, Any]:
    width = max((len(row.drawn) for row in rows), default=0)
    table = [row.points + [None] * (width - len(row.drawn)) for row in rows]
    tops = [max((float(row.drawn[n][1]) for row in rows if n < len(row.drawn)), default=0.0) for n in range(width)]
    histogram = Counter(min(int(row.percent // 10), 9) for row in rows)
    return {
        "id": paper.pk,
        "slug": paper.slug,
        "title": paper.title,
        "sample": sample,
        "pass_mark": paper.pass_mark,
        "passed": sum(row.passed for row in rows),
        **_rounded(paper_figures(table, tops)),
        "histogram": [histogram[tenth] for tenth in range(10)],
    }


def _rounded(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in figures.items()}


def _item(version: ItemVersion, marked: Marked, column: Column) -> dict[str, Any]:
    figures = item_figures(column.own, column.totals, column.top)
    rest = [total - mark for mark, total in zip(column.own, column.totals, strict=True)]
    options = dict(_options(version, marked)) if marked.item_type in DISTRACTED else {}
    table = distractors(column.chosen, rest, {option: is_key for option, (is_key, _text) in options.items()})
    return {
        "version": version.pk,
        "item": version.item_id,
        "type": marked.item_type,
        "stem": version.stem,
        "points": column.top,
        "effect": marked.effect,
        **_rounded(figures),
        "distractors": [{**_rounded(asdict(row)), "text": options[str(row.option)][1]} for row in table],
        "flags": flags(figures, table),
    }


def _options(version: ItemVersion, marked: Marked) -> Iterator[tuple[str, tuple[bool, str]]]:
    """`(option id, (whether it is right, text))`."""
    right = marked.answer.get("right")
    if marked.item_type == "true_false":
        yield "true", (right is True, "√")
        yield "false", (right is False, "×")
        return
    for option in version.content.get("options", []):
        yield option["id"], (option["id"] in (right or []), option["text"])


def kept_analysis(paper: Paper, sample: str) -> PaperAnalysis | None:
    """What was worked out last. One statement."""
    return PaperAnalysis.objects.filter(paper=paper, sample=sample).first()


def papers_sat() -> QuerySet[Paper]:
    """Exams that somebody has handed in, the latest first, with `last_at`."""
    sat: QuerySet[Paper] = Paper.objects.filter(mode="exam", attempts__submitted_at__isnull=False)
    latest: QuerySet[Paper] = sat.annotate(last_at=Max("attempts__submitted_at")).order_by("-last_at", "pk")
    return latest
