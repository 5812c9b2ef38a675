"""What units know of a person, and how it is erased."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organisations.models import (
    ClassEntry,
    ConsentRefusal,
    GuardianConsent,
    IdentityConfirmation,
    Membership,
    PupilSecret,
    RosterRow,
)
from privacy.actions import Held, erase_person
from privacy.personal import fields_of
from privacy.registry import Section

CHINA = ZoneInfo("Asia/Shanghai")


class UnitData:
    """Memberships, guardians' consents, confirmations, rows of rosters."""

    def sections(self, user: User) -> Iterable[Section]:
        """All of them."""
        members = Membership.objects.filter(user=user).select_related("organisation", "profession").order_by("pk")
        names: tuple[str, ...] = (
            "organisation",
            "role",
            "position",
            "profession",
            "seat",
            "is_home",
            "from_on",
            "ends_on",
            "until_on",
        )
        yield Section("memberships", _("Units"), fields_of(members, *names))
        consents = GuardianConsent.objects.filter(user=user).order_by("pk")
        names = ("guardian", "method", "text_version", "given_at", "withdrawn_at")
        yield Section("consents", _("Guardians' consents"), fields_of(consents, *names))
        refusals = ConsentRefusal.objects.filter(user=user).order_by("pk")
        yield Section(
            "refusals", _("Guardians who said no"), fields_of(refusals, "text_version", "told_at", "ended_at")
        )
        entries = ClassEntry.objects.filter(user=user).order_by("pk")
        yield Section("entries", _("Sign-ins in class"), fields_of(entries, "in_at", "out_at"))
        confirmed = IdentityConfirmation.objects.filter(user=user).order_by("pk")
        yield Section("identity", _("Identity confirmed"), fields_of(confirmed, "confirmed_at", "withdrawn_at"))
        rows = RosterRow.objects.filter(person=user).select_related("roster").order_by("pk")
        told = [{str(_("file")): row.roster.filename, **row.values, str(_("ID number")): row.id_mask} for row in rows]
        yield Section("rosters", _("Rows of rosters"), told)

    def holds(self, user: User) -> Iterable[str]:
        """A duty must be handed over first."""
        duties = Membership.objects.current().filter(user=user).exclude(role="member").select_related("organisation")
        for duty in duties:
            yield str(
                _("%(role)s of %(unit)s: this duty must be handed over first.")
                % {"role": duty.get_role_display(), "unit": duty.organisation}
            )

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """Memberships end and stay as a number; what names people goes."""
        today = timezone.localdate(at)
        Membership.objects.filter(user=user).exclude(position="").update(position="")
        ended = Membership.objects.current().filter(user=user).update(until_on=today)
        rows = RosterRow.objects.filter(person=user).update(
            name="", values={}, changes={}, before=None, id_digest="", id_mask="", reasons=[], flaws=[]
        )
        return {
            "memberships": ended,
            "consents": GuardianConsent.objects.filter(user=user).delete()[0],
            "confirmations": IdentityConfirmation.objects.filter(user=user).delete()[0],
            "roster-rows": rows,
            "refusals": ConsentRefusal.objects.filter(user=user).delete()[0],
            "secrets": PupilSecret.objects.filter(user=user).delete()[0],
            "entries": ClassEntry.objects.filter(user=user).delete()[0],
        }


def _leavers(before: datetime) -> QuerySet[User]:
    """Minors whose last membership ended before that day, and who are not erased yet."""
    last = timezone.localdate(before)
    mine = Membership.objects.filter(user=OuterRef("pk"))
    staying = mine.exclude(until_on__lt=last)
    minors = User.objects.exclude(age_class=User.AgeClass.ADULT).exclude(username__startswith="erased-")
    return minors.filter(Exists(mine), ~Exists(staying)).order_by("pk")


def leavers_due(before: datetime) -> int:
    """How many minors have left their school long ago."""
    return _leavers(before).count()


def erase_leavers(before: datetime, limit: int) -> int:
    """Erase them; who is held stays for a person to look at."""
    done = 0
    for user in _leavers(before)[:limit]:
        try:
            erase_person(by=None, user=user)
        except Held:
            continue
        done += 1
    return done


def consents_of(year: int) -> list[tuple[Any, int]]:
    """Consents given and withdrawn in one year of China."""
    begin = datetime(year, 1, 1, tzinfo=CHINA).astimezone(UTC)
    end = datetime(year + 1, 1, 1, tzinfo=CHINA).astimezone(UTC)
    given = GuardianConsent.objects.filter(given_at__gte=begin, given_at__lt=end)
    withdrawn = GuardianConsent.objects.filter(withdrawn_at__gte=begin, withdrawn_at__lt=end)
    return [
        (_("guardians' consents recorded"), given.count()),
        (_("guardians' consents withdrawn"), withdrawn.count()),
        (_("guardians' consents in force today"), GuardianConsent.objects.filter(withdrawn_at=None).count()),
    ]
