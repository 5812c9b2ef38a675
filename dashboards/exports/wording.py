"""What a report says, block by block, in the official order: state, progress, problems, next steps. Figures only, no
names; units in their own order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards.exports import charts
from dashboards.queries import Content, HeatRow, Part
from foundation.workdays import calendar

NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading of level 1 (一、) or 2 （一）."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text of one paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its caption. `levels` shade the cells of the body: 0 to 5, None for no shade."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    levels: list[list[int | None]] | None = None

    @property
    def shaded(self) -> list[list[tuple[str, int | None]]]:
        """Each cell of the body with its shade."""
        plain: list[list[int | None]] = [[None] * len(row) for row in self.rows]
        return [list(zip(*pair, strict=True)) for pair in zip(self.rows, self.levels or plain, strict=True)]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its caption, and its width by its height."""

    caption: str
    svg: str


Block = Heading | Paragraph | Grid | Chart


def numeral(number: int) -> str:
    """1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    word = "" if not tens else ("十" if tens == 1 else NUMERALS[tens - 1] + "十")
    return word + (NUMERALS[ones - 1] if ones else "")


def blocks_of(content: Content) -> list[Block]:
    """The whole report."""
    chapters: list[tuple[str, list[Block]]] = [(_("Overview of the work"), list(_overview(content)))]
    chapters += [(part.programme.title, list(_progress(part))) for part in content.parts]
    chapters += [
        (_("Pledges and deeds"), list(_promises(content))),
        (_("Where attention is needed"), list(_problems(content))),
        (_("Next steps"), list(_next(content))),
    ]
    found: list[Block] = []
    for number, (title, blocks) in enumerate(chapters, 1):
        found += [Heading(1, f"{numeral(number)}、{title}"), *blocks]
    return found


def _day(day: date) -> str:
    return str(date_format(day, "DATE_FORMAT"))


def _share(part: int, of: int) -> str:
    return f"{100 * part / of:.1f}%" if of else "–"


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value}%"


def _overview(content: Content) -> Iterator[Block]:
    report = content.report
    words = {"from": _day(report.from_on), "until": _day(report.until_on), "unit": content.unit.name}
    if not content.parts:
        yield Paragraph(_("From %(from)s to %(until)s nobody of %(unit)s took part in a programme.") % words)
        return
    words["programmes"] = "、".join(f"“{part.programme.title}”" for part in content.parts)
    people = sum(part.total.enrolled for part in content.parts)
    through = sum(part.total.finished for part in content.parts)
    text = _("From %(from)s to %(until)s %(unit)s carried out %(programmes)s.") % words
    text += _("%(units)d units take part; %(people)d people should, %(through)d are through, %(share)s.") % {
        "units": content.units_taking_part,
        "people": people,
        "through": through,
        "share": _share(through, people),
    }
    yield Paragraph(text)
    yield Paragraph(_("The figures are those of %(day)s.") % {"day": _day(content.written_on)})


def _second(number: int, text: str) -> Heading:
    return Heading(2, f"（{numeral(number)}）{text}")


def _progress(part: Part) -> Iterator[Block]:
    """One programme: its steps, its units, its exams."""
    number = iter(range(1, 10))
    yield _second(next(number), _("Progress by step"))
    yield Paragraph(
        _("“%(title)s” runs from %(from)s to %(until)s. In the period %(fresh)d people completed every step.")
        % {
            "title": part.programme.title,
            "from": _day(part.programme.opens_on),
            "until": _day(part.programme.closes_on),
            "fresh": part.finished_fresh,
        }
    )
    lines = [(cell.step.title, cell.people, part.total.enrolled) for cell in part.total.cells]
    lines.append((_("All through"), part.total.finished, part.total.enrolled))
    fresh = [part.fresh.get(cell.step.pk, 0) for cell in part.total.cells] + [part.finished_fresh]
    yield Grid(
        _("Progress by step"),
        [_("Step"), _("should"), _("have completed it"), _("share"), _("in the period")],
        [[w, str(of), str(n), _share(n, of), str(new)] for (w, n, of), new in zip(lines, fresh, strict=True)],
    )
    yield Chart(_("Share of people who have completed each step"), charts.bars(lines, _("Progress by step")))
    if part.rows:
        yield _second(next(number), _("Progress by unit"))
        yield from _units(part)
    if len(part.weeks) > 1:
        label = _("Share of people who have completed every step, by week")
        yield Chart(label, charts.trend(part.weeks, label))
    if any(rates.took_part for rates in part.total.rates):
        yield _second(next(number), _("Exam by unit"))
        yield from _exams(part)


def _name(row: HeatRow) -> str:
    return row.word or (row.unit.name if row.unit else _("In the unit itself"))


def _units(part: Part) -> Iterator[Block]:
    yield Paragraph(_("Units stand in their own order; nobody is ranked."))
    head = [_("Unit"), _("should"), *[cell.step.title for cell in part.total.cells], _("All through")]
    rows: list[list[str]] = []
    levels: list[list[int | None]] = []
    for row in [*part.rows, part.total]:
        name = _("All together") if row is part.total else _name(row)
        if row.is_apart:
            rows.append([name, _("does not take part"), *["–"] * (len(head) - 2)])
            levels.append([None] * len(head))
            continue
        rows.append([name, str(row.enrolled), *[str(cell.people) for cell in row.cells], str(row.finished)])
        levels.append([None, None, *[cell.level for cell in row.cells], None])
    yield Grid(_("People who have completed each step, by unit"), head, rows, levels)
    if part.left_out:
        yield Paragraph(_("%(n)d people of units that do not take part are left out.") % {"n": part.left_out})


def _exams(part: Part) -> Iterator[Block]:
    head = [_("Unit"), _("should"), _("took part"), _("participation"), _("pass rate"), _("excellence rate")]
    for at, whole in enumerate(part.total.rates):
        text = _("“%(title)s”: participation %(took)s, pass rate %(passed)s, passed at once %(first)s.")
        yield Paragraph(
            text
            % {
                "title": whole.step.title,
                "took": _rate(whole.participation),
                "passed": _rate(whole.pass_rate),
                "first": _rate(whole.first_time_rate),
            }
        )
        lines: Sequence[HeatRow] = [*[row for row in part.rows if not row.is_apart], part.total]
        rows = []
        for row in lines:
            rates = row.rates[at]
            told = [_rate(rates.participation), _rate(rates.pass_rate), _rate(rates.excellence_rate)]
            name = _("All together") if row is part.total else _name(row)
            rows.append([name, str(rates.enrolled), str(rates.took_part), *told])
        yield Grid(_("Participation, pass rate and excellence rate"), head, rows)


def _promises(content: Content) -> Iterator[Block]:
    yield Paragraph(
        _("In the period %(letters)d commitment letters were signed and %(deeds)d deeds confirmed.")
        % {"letters": content.letters, "deeds": content.deeds}
    )


def _problems(content: Content) -> Iterator[Block]:
    doubtful = sum(part.total.doubtful for part in content.parts)
    overdue = sum(part.overdue for part in content.parts)
    if not (doubtful or content.deeds_waiting):
        yield Paragraph(_("At this pace everybody makes it."))
        return
    if doubtful:
        text = _("At this pace %(n)d people may not make it, %(overdue)d of them are overdue.")
        yield Paragraph(text % {"n": doubtful, "overdue": overdue})
    for part in content.parts:
        slow = min(part.total.cells, key=lambda cell: cell.people, default=None)
        if slow and part.total.enrolled:
            yield Paragraph(
                _("In “%(title)s” the step “%(step)s” has come least far: %(n)d of %(all)d people.")
                % {
                    "title": part.programme.title,
                    "step": slow.step.title,
                    "n": slow.people,
                    "all": part.total.enrolled,
                }
            )
    if content.deeds_waiting:
        yield Paragraph(_("%(n)d deeds wait for confirmation.") % {"n": content.deeds_waiting})


def _next(content: Content) -> Iterator[Block]:
    for part in content.parts:
        left = part.total.enrolled - part.total.finished
        days = calendar().count(content.written_on, part.programme.closes_on)
        words = {"title": part.programme.title, "n": left, "days": max(days, 0), "day": _day(part.programme.closes_on)}
        if left and days > 0:
            text = _("“%(title)s”: %(n)d people have steps left; %(days)d working days remain until %(day)s. ")
            yield Paragraph(text % words + _("Each of them is reminded, and units with open steps are supported."))
        elif left:
            yield Paragraph(_("“%(title)s” is over; %(n)d people have not completed it and catch up.") % words)
        else:
            yield Paragraph(_("“%(title)s”: everybody is through; the results are filed.") % words)
    if content.deeds_waiting:
        yield Paragraph(_("The waiting deeds are looked at and confirmed or returned with a reason."))
    yield Paragraph(_("What was promised is followed up, and deeds that show it are collected as examples."))
