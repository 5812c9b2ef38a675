"""Who may not make it. Pure rules, told to coordinators in the same words (docs/assignments.md)."""

from dataclasses import dataclass
from datetime import date

from foundation.workdays import DAY, Calendar

ON_TRACK, DUE_SOON, DOUBTFUL, OVERDUE = range(4)
SOON_DAYS = 7
PACE_COUNTS_AFTER = 0.25


@dataclass(frozen=True, slots=True)
class Standing:
    """What the forecast knows of one enrolment: no score, no time spent, only steps and days."""

    enrolled_on: date
    due_on: date
    steps: int
    done: int


def outlook(standing: Standing, today: date, calendar: Calendar) -> int:
    """How somebody stands on `today`, who is not finished.

    Overdue: the last day is over. Doubtful, if one of these holds: fewer working days are left than steps; half of the
    working days are gone and nothing is done; a quarter is gone, and at the pace so far the rest needs more working
    days than are left. Due soon: seven days or less are left. Else on track.
    """
    if standing.due_on < today:
        return OVERDUE
    rest = standing.steps - standing.done
    if rest <= 0:
        return ON_TRACK
    # Today counts as left, not as gone.
    left = calendar.count(today, standing.due_on) + int(calendar.is_working(today))
    gone = calendar.count(standing.enrolled_on, today - DAY)
    total = max(gone + left, 1)
    if left < rest:
        return DOUBTFUL
    if not standing.done and gone * 2 >= total and gone:
        return DOUBTFUL
    if standing.done and gone >= total * PACE_COUNTS_AFTER and rest * gone > left * standing.done:
        return DOUBTFUL
    return DUE_SOON if (standing.due_on - today).days <= SOON_DAYS else ON_TRACK
