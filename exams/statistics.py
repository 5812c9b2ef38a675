"""Item analysis of a paper that was sat. Pure Python: marks in, indices out. No Django, no clock, no database.

The formulas are those of Moodle's quiz statistics, so that figures can be compared: `question/classes/statistics/
questions/calculator.php` (items) and `mod/quiz/report/statistics/classes/calculator.php` (paper) of Moodle 4.5, set
out on docs.moodle.org/dev/Quiz_statistics_calculations. Variances and covariances are those of a sample (divided by
n − 1). Like Moodle's report, everything is a percentage: of the item's or the paper's maximum for facility, mean,
standard deviations and standard error; of a perfect correlation for the other indices. What is not defined (nobody
or one person only, nothing varies) is None.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite, sqrt
from typing import Any, SupportsFloat

Mark = SupportsFloat | None
Sample = Sequence[float]
TINY = 1e-9  # sums of floats that should be equal differ by less than this part of their size


class Row(dict[str, Any]):
    """A dict whose keys can be read as attributes, too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def item_analysis(marks: Sequence[Sequence[Mark]], max_marks: Sequence[SupportsFloat]) -> Row:
    """Analyse `marks`: a row per learner, a column per item, None where the item was not given to the learner.

    `max_marks` has the maximum of each column. Returns

        {"items": [{"n", "facility", "sd", "discrimination_index", "discriminative_efficiency", "point_biserial"}, …],
         "paper": {"n", "mean", "sd", "alpha", "standard_error"}}

    `facility`: mean mark. `sd`: its standard deviation. `discrimination_index`: correlation of the mark with the sum
    of the learner's other marks. `discriminative_efficiency`: their covariance as part of the largest that these two
    sets of numbers allow in any pairing (both sorted). `point_biserial`: correlation of the mark with the whole sum,
    the item included (Pearson's r, which is the point-biserial coefficient where marks are all or nothing; Lord and
    Novick 1968, 15.5). `alpha`: Cronbach (1951), Moodle's coefficient of internal consistency, from three learners
    and two items on. `standard_error`: sd · √(1 − alpha).

    An item is judged by those who were given it. Papers drawn at random leave most cells empty; alpha is None when
    fewer than half are filled, because items that never met say nothing together: give the marks by position then.
    Raises ValueError if a row has another length than `max_marks` or a number is not finite.
    """
    tops = [_number(top) for top in max_marks]
    table = [_row(row, len(tops)) for row in marks]
    sums = [fsum(mark for mark in row if mark is not None) for row in table]
    items = []
    for column, top in enumerate(tops):
        given = [(row[column], total) for row, total in zip(table, sums, strict=True) if row[column] is not None]
        items.append(item_figures([float(m) for m, _t in given if m is not None], [t for _m, t in given], top))
    return Row(items=items, paper=paper_figures(table, tops))


def _number(value: SupportsFloat) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"not a finite number: {value}")
    return number


def _row(row: Sequence[Mark], width: int) -> list[float | None]:
    if len(row) != width:
        raise ValueError(f"a row of {len(row)} marks, {width} items")
    return [None if mark is None else _number(mark) for mark in row]


def item_figures(own: Sample, totals: Sample, top: float) -> Row:
    """One column of `item_analysis`: the marks of those who were given the item, and the sums of all their marks."""
    rest = [total - mark for mark, total in zip(own, totals, strict=True)]
    deviation = _sd(own)
    return Row(
        n=len(own),
        facility=_percent(_mean(own), top),
        sd=_percent(deviation, top),
        discrimination_index=correlation(own, rest),
        discriminative_efficiency=_efficiency(own, rest),
        point_biserial=correlation(own, totals),
    )


def paper_figures(table: Sequence[Sequence[float | None]], tops: Sample) -> Row:
    """The whole of `item_analysis`: all columns together. A learner's percentage is of what this learner was given."""
    sums = [fsum(mark for mark in row if mark is not None) for row in table]
    shares: list[float] = []
    for row, total in zip(table, sums, strict=True):
        top = fsum(t for mark, t in zip(row, tops, strict=True) if mark is not None)
        if top > 0:
            shares.append(100 * total / top)
    deviation, alpha = _sd(shares), _alpha(table, sums)
    error = None if alpha is None or deviation is None else deviation * sqrt(max(0.0, 1 - alpha / 100))
    return Row(n=len(table), mean=_mean(shares), sd=deviation, alpha=alpha, standard_error=error)


def _alpha(table: Sequence[Sequence[float | None]], sums: Sample) -> float | None:
    """100 · p / (p − 1) · (1 − sum of the items' variances / variance of the sums)."""
    width = len(table[0]) if table else 0
    filled = sum(mark is not None for row in table for mark in row)
    if width < 2 or len(table) < 3 or _is_flat(sums) or 2 * filled < width * len(table):
        return None
    columns = [[row[n] for row in table if row[n] is not None] for n in range(width)]
    spread = fsum(_covariance(column, column) for column in columns if len(column) > 1)  # type: ignore[arg-type]
    return 100 * width / (width - 1) * (1 - spread / _covariance(sums, sums))


def _mean(sample: Sample) -> float | None:
    return fsum(sample) / len(sample) if sample else None


def _sd(sample: Sample) -> float | None:
    """Standard deviation of a sample."""
    if len(sample) < 2:
        return None
    return 0.0 if _is_flat(sample) else sqrt(_covariance(sample, sample))


def _percent(value: float | None, top: float) -> float | None:
    return None if value is None or top == 0 else 100 * value / top


def _covariance(a: Sample, b: Sample) -> float:
    """Of a sample of at least two."""
    mean_a, mean_b = fsum(a) / len(a), fsum(b) / len(b)
    return fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True)) / (len(a) - 1)


def _is_flat(sample: Sample) -> bool:
    """True if nothing varies but rounding."""
    return not sample or max(sample) - min(sample) <= TINY * max(1e-6, *map(abs, sample))


def correlation(a: Sample, b: Sample) -> float | None:
    """100 · covariance / √(variance · variance), between −100 and 100; None if one of them does not vary."""
    if len(a) < 2 or _is_flat(a) or _is_flat(b):
        return None
    value = 100 * _covariance(a, b) / sqrt(_covariance(a, a)) / sqrt(_covariance(b, b))
    return max(-100.0, min(100.0, value))


def _efficiency(a: Sample, b: Sample) -> float | None:
    """100 · covariance / covariance of both sorted, the largest possible (rearrangement inequality)."""
    if len(a) < 2 or _is_flat(a) or _is_flat(b):
        return None
    return min(100.0, 100 * _covariance(a, b) / _covariance(sorted(a), sorted(b)))


@dataclass(frozen=True, slots=True)
class Chosen:
    """How often one option was chosen, by whom, and how choosing it goes with the rest of the paper.

    `share` is of those who were given the item; `upper` and `lower` are the shares among the best and the worst 27 %
    by the rest of the paper (Kelley 1939); `correlation` is that of choosing it with the rest, as a percentage.
    """

    option: Hashable
    is_key: bool
    count: int
    share: float
    upper: float | None
    lower: float | None
    correlation: float | None


def distractors(
    chosen: Sequence[Iterable[Hashable]], rest: Sequence[SupportsFloat], options: Mapping[Hashable, bool]
) -> list[Chosen]:
    """The distractor table of one item: a row per option, in the order of `options` (option → whether it is right).

    `chosen` has, per learner, the options that were chosen (empty: left out); `rest` the same learners' marks in the
    rest of the paper. Raises ValueError if their lengths differ.
    """
    picks = [set(pick) for pick in chosen]
    marks = [_number(mark) for mark in rest]
    if len(picks) != len(marks):
        raise ValueError(f"{len(picks)} answers, {len(marks)} marks")
    lower, upper = _tails(marks)
    return [_chosen(option, is_key, picks, marks, lower, upper) for option, is_key in options.items()]


def _tails(marks: Sample) -> tuple[list[int], list[int]]:
    """Indices of the worst and the best 27 %; both empty below ten learners, where they would be one or two."""
    order = sorted(range(len(marks)), key=lambda n: marks[n])
    size = round(len(marks) * 0.27)
    return (order[:size], order[-size:]) if len(marks) >= 10 else ([], [])


def _chosen(
    option: Hashable, is_key: bool, picks: Sequence[set[Hashable]], marks: Sample, lower: list[int], upper: list[int]
) -> Chosen:
    taken = [1.0 if option in pick else 0.0 for pick in picks]
    return Chosen(
        option=option,
        is_key=is_key,
        count=int(sum(taken)),
        share=100 * sum(taken) / len(taken) if taken else 0.0,
        upper=100 * sum(taken[n] for n in upper) / len(upper) if upper else None,
        lower=100 * sum(taken[n] for n in lower) / len(lower) if lower else None,
        correlation=correlation(taken, marks),
    )


TOO_EASY, TOO_HARD = 95.0, 20.0
WEAK_DISCRIMINATION = 10.0
ENOUGH = 10  # learners, below which no flag is raised


def flags(item: Mapping[str, Any], table: Sequence[Chosen] = ()) -> list[str]:
    """Why a person should look at the item, most urgent first; empty if nothing stands out or too few were asked.

    `key_suspicious`: a wrong option is chosen more often than the right one, and the strong prefer it.
    `distractor_for_the_strong`: a wrong option goes with good marks. `negative_discrimination`: the weak do better
    than the strong. `too_easy`, `too_hard`: facility from 95 % or below 20 %. `weak_discrimination`: index below 10 %
    although the facility is neither. `distractor_unused`: nobody chose a wrong option.
    """
    if item["n"] < ENOUGH:
        return []
    words, index, facility = [], item["discrimination_index"], item["facility"]
    keys = [row for row in table if row.is_key]
    wrong = [row for row in table if not row.is_key]
    strong = [row for row in wrong if row.correlation is not None and row.correlation > 10 and row.share >= 5]
    if len(keys) == 1 and any(row.count > keys[0].count for row in strong):
        words.append("key_suspicious")
    if strong:
        words.append("distractor_for_the_strong")
    if index is not None and index < 0:
        words.append("negative_discrimination")
    if facility is not None and facility >= TOO_EASY:
        words.append("too_easy")
    elif facility is not None and facility < TOO_HARD:
        words.append("too_hard")
    elif index is not None and 0 <= index < WEAK_DISCRIMINATION:
        words.append("weak_discrimination")
    if any(row.count == 0 for row in wrong) and item["n"] >= 3 * ENOUGH:
        words.append("distractor_unused")
    return words
