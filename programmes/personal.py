"""What programmes hold about a person."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy.personal import fields_of
from privacy.registry import Section
from programmes.actions import withdraw_enrolment
from programmes.models import Allowance, CalendarFeed, Digest, Enrolment, EnrolmentState, Reminder, StepCompletion

BLANK = "—"


class ProgrammeData:
    """Enrolments, completed steps, exceptions, reminders."""

    def sections(self, user: User) -> Iterable[Section]:
        """All of them."""
        mine = Enrolment.objects.filter(user=user).select_related("programme", "organisation").order_by("pk")
        names: tuple[str, ...] = (
            "programme",
            "organisation",
            "state",
            "enrolled_at",
            "due_on",
            "ended_at",
            "finished_at",
        )
        yield Section("enrolments", _("Programmes"), fields_of(mine, *names))
        done = StepCompletion.objects.filter(enrolment__user=user).select_related("step").order_by("pk")
        yield Section("steps", _("Completed steps"), fields_of(done, "step", "completed_at"))
        granted = Allowance.objects.filter(user=user).select_related("programme").order_by("pk")
        names = ("programme", "kind", "due_on", "reason", "granted_at", "ended_at")
        yield Section("exceptions", _("Exemptions and more time"), fields_of(granted, *names))
        told = Reminder.objects.filter(enrolment__user=user).order_by("pk")
        yield Section("reminders", _("Reminders"), fields_of(told, "kind", "due_on", "sent_at"))

    def holds(self, user: User) -> Iterable[str]:
        """Nothing."""
        return []

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """Enrolments end and stay as figures; reasons and the calendar's address go."""
        active = list(Enrolment.objects.filter(user=user, state=EnrolmentState.ACTIVE))
        for enrolment in active:
            withdraw_enrolment(by=None, enrolment=enrolment, reason="erased", at=at)
        return {
            "enrolments": len(active),
            "reasons": Allowance.objects.filter(user=user).update(reason=BLANK),
            "calendar": CalendarFeed.objects.filter(user=user).delete()[0]
            + Digest.objects.filter(user=user).delete()[0],
        }
