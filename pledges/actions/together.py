"""A class promises together with its teacher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from foundation.audit.actions import record
from pledges import queries, steps
from pledges.actions.refusals import NotOnTheSpot
from pledges.actions.signing import Reading, sign_letter
from pledges.models import Letter, Visibility


@dataclass(frozen=True, slots=True)
class Together:
    """What came of it: the letters, and those for whom the step is not open yet."""

    letters: list[Letter]
    not_open: list[User]


@transaction.atomic
def sign_together(
    *,
    by: User,
    step_public_id: str,
    pupils: Sequence[User],
    opened_at: datetime,
    version_digest: str = "",
    at: datetime | None = None,
) -> Together:
    """The class teacher confirms that these pupils, who are here, have promised: one letter each, never public, all of
    them or none. Who has not come so far in the programme is left out and named; who has signed keeps that letter.

    Raises NotOnTheSpot for a pupil outside the classes that `by` leads, or another SignatureRefused.
    """
    moment = at or timezone.now()
    letters, not_open = [], []
    for pupil in pupils:
        try:
            opened = steps.enter(user=pupil, step_public_id=step_public_id, now=moment)
        except steps.GateError:
            not_open.append(pupil)
            continue
        if not queries.may_confirm(by, signer=pupil, unit=opened.enrolment.organisation):
            raise NotOnTheSpot(pupil.public_id)
        reading = Reading(opened_at=opened_at, confirmed=True, method="on_the_spot", confirmed_by=by)
        letters.append(
            sign_letter(
                opened=opened, visibility=Visibility.NONE, reading=reading, version_digest=version_digest, at=moment
            )
        )
    details = {"letters": len(letters), "not_open": len(not_open)}
    record(action="pledges.sign_together", actor=by, target=f"programmes.Step:{step_public_id}", details=details)
    return Together(letters, not_open)
