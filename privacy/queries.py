"""Requests, what is held about somebody, what is due to be forgotten, and the yearly figures about minors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.audit.models import Entry
from privacy import registry
from privacy.models import DataRequest, RequestKind, RequestState

CHINA = ZoneInfo("Asia/Shanghai")


def requests_of(user: User) -> QuerySet[DataRequest]:
    """The requests of one person, newest first."""
    return DataRequest.objects.filter(user=user).order_by("-asked_at", "-pk")


def erasures(state: str = RequestState.WAITING) -> QuerySet[DataRequest]:
    """Requests for erasure in one state, oldest first, with their people."""
    found = DataRequest.objects.filter(kind=RequestKind.ERASURE, state=state)
    return found.select_related("user", "decided_by").order_by("asked_at", "pk")


def sections_of(user: User) -> Iterator[registry.Section]:
    """Everything that every app holds about `user`."""
    for name in sorted(registry.providers):
        yield from registry.providers[name].sections(user)


def holds_of(user: User) -> list[str]:
    """Why `user` cannot be erased now."""
    return [reason for name in sorted(registry.providers) for reason in registry.providers[name].holds(user)]


@dataclass(frozen=True, slots=True)
class Due:
    """One rule of retention: what it is about, for how many days it is kept (0: for ever), how much is older."""

    rule: registry.Rule
    days: int
    number: int


def due(now: datetime) -> list[Due]:
    """Every rule with what is due today."""
    found = []
    for rule in registry.ordered_rules():
        days = getattr(settings, rule.setting)
        found.append(Due(rule, days, rule.count(now - timedelta(days=days)) if days else 0))
    return found


# What counts as a look at, or a copy of, data of single people.
LOOKS = ("look", "note_export", "note_fetched", "open_evidence", "reveal")


def minors_report(year: int) -> list[tuple[Any, list[tuple[Any, int]]]]:
    """Sections of (label, number) about people under 18 in one calendar year of China (网络保护条例第37条)."""
    begin = datetime(year, 1, 1, tzinfo=CHINA).astimezone(UTC)
    end = datetime(year + 1, 1, 1, tzinfo=CHINA).astimezone(UTC)
    minors = User.objects.exclude(age_class=User.AgeClass.ADULT)
    by_class = dict(minors.values_list("age_class").annotate(n=Count("pk")).order_by())
    accounts = [
        (_("accounts of children under 14"), by_class.get("child", 0)),
        (_("accounts of people of 14 to 17"), by_class.get("minor", 0)),
        (_("accounts of minors that can sign in"), minors.filter(is_active=True).count()),
    ]
    asked = DataRequest.objects.filter(user__in=minors, asked_at__gte=begin, asked_at__lt=end)
    requests = [
        (_("copies of their data asked for"), asked.filter(kind=RequestKind.EXPORT).count()),
        (_("erasures asked for"), asked.filter(kind=RequestKind.ERASURE).count()),
    ]
    entries = Entry.objects.filter(at__gte=begin, at__lt=end)
    known = {f"accounts.User:{pk}" for pk in minors.values_list("pk", flat=True)}
    looked = entries.filter(action__regex=rf"\.({'|'.join(LOOKS)})").values_list("target", flat=True)
    erased = entries.filter(action="privacy.erase_person").values_list("target", flat=True)
    handled = [
        (_("looks at data of single minors, and copies of them"), sum(target in known for target in looked.iterator())),
        (_("minors erased"), sum(target in known for target in erased.iterator())),
    ]
    more = [row for name in sorted(registry.minors_figures) for row in registry.minors_figures[name](year)]
    return [(_("Accounts today"), accounts), (_("Consent and practice"), more), (_("Requests"), requests),
            (_("Looks and erasures"), handled)]  # fmt: skip
