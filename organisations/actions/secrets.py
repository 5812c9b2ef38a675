"""Secrets of pupils: made by chance, shown or printed once, kept as a keyed hash."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from organisations import keys
from organisations.actions.doors import send_out
from organisations.models import ClassEntry, ClassTry, Organisation, PupilSecret
from organisations.queries import doors


@transaction.atomic
def give_secrets(
    *, by: User, school_class: Organisation, pupils: Sequence[User], secret: str = "", at: datetime | None = None
) -> dict[int, str]:
    """Give each of these pupils of a class a new secret (or `secret`); the old one opens nothing any more.

    Whoever is in with the old one is out. Returns {user id: secret}: the only time that they can be read. Whoever is no
    pupil of the class with an open account is left out. Wrong tries at their seats are forgiven.
    """
    now, kind = at or timezone.now(), doors.room_of(school_class).secret_kind
    members = {m.user_id: m for m in doors.members_of(school_class) if m.user.is_active and not m.user.is_staff}
    chosen = [members[user.pk] for user in pupils if user.pk in members]
    given = {member.user_id: secret or keys.new_secret(kind) for member in chosen}
    PupilSecret.objects.filter(user__in=given).delete()
    PupilSecret.objects.bulk_create(
        [
            PupilSecret(user_id=pk, kind=kind, digest=keys.secret_digest(word), made_at=now, made_by=by)
            for pk, word in given.items()
        ]
    )
    send_out(ClassEntry.objects.filter(user__in=given), now)
    places = {str(member.seat) for member in chosen} | {m.user.student_number for m in chosen if m.user.student_number}
    ClassTry.objects.filter(opening__organisation=school_class, place__in=places).update(is_forgiven=True)
    record(
        action="organisations.give_secrets",
        actor=by,
        target=f"organisations.Organisation:{school_class.pk}",
        details={"users": sorted(given)},
    )
    return given
