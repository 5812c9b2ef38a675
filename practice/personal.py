"""What people said they did, and how it is erased."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.writeonce import opened
from practice.models import Deed
from privacy.personal import fields_of
from privacy.registry import Section


class DeedData:
    """Deeds with their evidence."""

    def sections(self, user: User) -> Iterable[Section]:
        """All of them, with the files."""
        deeds = list(Deed.objects.filter(enrolment__user=user).order_by("pk"))
        names = ("happened_on", "promise", "sentence", "state", "recorded_at", "decided_at", "reason")
        files = [(name.rsplit("/", 1)[-1], _reader(name)) for deed in deeds if (name := deed.evidence.name)]
        yield Section("deeds", _("Deeds"), fields_of(deeds, *names), files)

    def holds(self, user: User) -> Iterable[str]:
        """Nothing."""
        return []

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """The number of confirmed deeds stays; words and files go."""
        deeds = list(Deed.objects.filter(enrolment__user=user))
        if not deeds:
            return {}
        with opened("practice.Deed"):
            for deed in deeds:
                _drop(deed.evidence.name or "")
                reason = "—" if deed.reason else ""
                Deed.objects.filter(pk=deed.pk).update(
                    sentence=f"— {deed.pk}", promise_key="", promise="", evidence="", evidence_type="", reason=reason
                )
        return {"deeds": len(deeds)}


def _reader(name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        with storages["private"].open(name, "rb") as stored:
            return bytes(stored.read())

    return read


def _drop(name: str) -> None:
    """After the commit: a file that is gone comes back with no roll-back."""
    if name:
        transaction.on_commit(lambda: storages["private"].delete(name))


def files_due(before: datetime) -> int:
    """How many deeds still have evidence that is older."""
    return Deed.objects.filter(~Q(evidence=""), recorded_at__lt=before).count()


def forget_files(before: datetime, limit: int) -> int:
    """Delete evidence that is older; the deed itself stays."""
    deeds = list(Deed.objects.filter(~Q(evidence=""), recorded_at__lt=before).order_by("pk")[:limit])
    if deeds:
        with opened("practice.Deed"):
            Deed.objects.filter(pk__in=[deed.pk for deed in deeds]).update(evidence="", evidence_type="")
        for deed in deeds:
            _drop(deed.evidence.name or "")
    return len(deeds)
