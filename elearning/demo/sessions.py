"""Training sessions of the demo: one that is over and those that come."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import User
from courses import actions
from courses.models import SessionState, TrainingSession
from organisations.models import Organisation

PAST: dict[str, Any] = {"title": "开班第一课：五步怎样走", "place": "市委党校一号楼报告厅", "capacity": 3000}


def load_sessions(rows: list[dict[str, Any]], *, organiser: User, now: dt.datetime) -> list[TrainingSession]:
    """The opening session seven weeks ago, and each of site.toml's in the coming weeks, whatever day it is today."""
    unit = Organisation.objects.get(code="organisation-department")
    opening = timezone.localtime(now).replace(hour=14, minute=0, second=0, microsecond=0) - dt.timedelta(weeks=7)
    plans: list[tuple[str, dt.datetime, str, dict[str, Any]]] = [(PAST["title"], opening, SessionState.CLOSED, PAST)]
    for number, row in enumerate(rows, 1):
        begin = opening + dt.timedelta(weeks=7 + 2 * number, hours=-number)
        plans.append((row["title"], begin, SessionState.OPEN, row))
    return [_session(title, begin, state, row, organiser, unit) for title, begin, state, row in plans]


def _session(
    title: str, begin: dt.datetime, state: str, row: dict[str, Any], organiser: User, unit: Organisation
) -> TrainingSession:
    known = TrainingSession.objects.filter(title=title).first()
    return known or actions.create_session(
        by=organiser,
        title=title,
        organisation_id=unit.pk,
        starts_at=begin,
        ends_at=begin + dt.timedelta(hours=2),
        place=row.get("place", ""),
        live_url=row.get("live_url", ""),
        capacity=row.get("capacity", 200),
        state=state,
    )
