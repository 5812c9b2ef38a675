"""Write letters and have a second person review them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from pledges import queries, steps
from pledges.contracts import Clause
from pledges.models import LetterTemplate, LetterVersion, PledgeStep, VersionState


@transaction.atomic
def create_template(*, by: AbstractBaseUser | None, **fields: Any) -> LetterTemplate:
    """Add a kind of letter, still without wording. Raises ValidationError if a field is wrong."""
    template = LetterTemplate(**fields)
    template.full_clean()
    template.save()
    record(action="pledges.create_template", actor=by, target=f"pledges.LetterTemplate:{template.pk}")
    return template


@transaction.atomic
def edit_template(*, by: AbstractBaseUser, template: LetterTemplate, **fields: Any) -> LetterTemplate:
    """Change what stays the same between versions. Signed letters keep their own copy. Raises ValidationError."""
    for name, value in fields.items():
        setattr(template, name, value)
    template.full_clean()
    template.save(update_fields=list(fields))
    record(
        action="pledges.edit_template",
        actor=by,
        target=f"pledges.LetterTemplate:{template.pk}",
        details={"fields": sorted(fields)},
    )
    return template


class TemplateIncomplete(ValueError):
    """The wording cannot be signed as it is; the text says what is missing."""


def _checked(version: LetterVersion) -> LetterVersion:
    """Full validation of an open version. Raises ValidationError."""
    if not version.clauses or any(not row["text"] for row in version.clauses):
        raise ValidationError({"clauses": _("Write at least one clause, and no empty one.")})
    version.full_clean(exclude=["template"])
    return version


@transaction.atomic
def draft_version(
    *,
    by: User | None,
    template: LetterTemplate,
    clauses: Sequence[Clause],
    breach_liability: str,
    reason: str,
    preamble: str = "",
    at: datetime | None = None,
) -> LetterVersion:
    """Start the next version of `template`. Raises NotReviewable if one is still open, ValidationError."""
    latest = LetterVersion.objects.filter(template=template).aggregate(n=Max("number"))["n"] or 0
    version = _checked(
        LetterVersion(
            template=template,
            number=latest + 1,
            preamble=preamble,
            clauses=[clause.as_json() for clause in clauses],
            breach_liability=breach_liability,
            reason=reason,
            author=by,
            created_at=at or timezone.now(),
        )
    )
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError:
        raise NotReviewable(_("A version of this letter is still open. Finish that one first.")) from None
    record(action="pledges.draft_version", actor=by, target=f"pledges.LetterVersion:{version.pk}")
    return version


class NotReviewable(ValueError):
    """The version is not in the state that this change starts from, or the reviewer is its author."""


@transaction.atomic
def edit_version(
    *,
    by: AbstractBaseUser,
    version: LetterVersion,
    clauses: Sequence[Clause],
    breach_liability: str,
    reason: str,
    preamble: str = "",
) -> LetterVersion:
    """Change a draft. Who edits last is its author. Raises NotReviewable once it is in review, ValidationError."""
    if not LetterVersion.objects.select_for_update().filter(pk=version.pk, state=VersionState.DRAFT).exists():
        raise NotReviewable(_("Only a draft can be edited."))
    version.preamble, version.breach_liability, version.reason = preamble, breach_liability, reason
    version.clauses, version.author_id = [clause.as_json() for clause in clauses], by.pk
    _checked(version).save(update_fields=["preamble", "breach_liability", "reason", "clauses", "author"])
    record(action="pledges.edit_version", actor=by, target=f"pledges.LetterVersion:{version.pk}")
    return version


def _move(version: LetterVersion, start: str, **changes: Any) -> None:
    """Compare-and-set of the review state. Raises NotReviewable."""
    if not LetterVersion.objects.filter(pk=version.pk, state=start).update(**changes):
        raise NotReviewable(_("Somebody else has moved this version on."))
    version.refresh_from_db()


@transaction.atomic
def send_for_review(*, by: AbstractBaseUser | None, version: LetterVersion) -> LetterVersion:
    """Ask for a second person's review. Raises NotReviewable unless it is a draft."""
    _move(version, VersionState.DRAFT, state=VersionState.IN_REVIEW)
    record(action="pledges.send_for_review", actor=by, target=f"pledges.LetterVersion:{version.pk}")
    return version


@transaction.atomic
def return_version(*, by: AbstractBaseUser, version: LetterVersion, reason: str) -> LetterVersion:
    """Give it back to its author with a reason. Raises NotReviewable unless it is in review."""
    _move(version, VersionState.IN_REVIEW, state=VersionState.DRAFT)
    record(
        action="pledges.return_version",
        actor=by,
        target=f"pledges.LetterVersion:{version.pk}",
        details={"reason": reason},
    )
    return version


@transaction.atomic
def approve_version(*, by: AbstractBaseUser, version: LetterVersion, at: datetime | None = None) -> LetterVersion:
    """Freeze it: from now on this is what is signed.

    Raises NotReviewable unless it is in review and `by` is not its author, TemplateIncomplete if the accepting unit
    lies in no administrative division (its letters could get no code).
    """
    if version.author_id == by.pk:
        raise NotReviewable(_("Somebody else must review what you have written."))
    if not queries.district_of(version.template.accepting_unit):
        raise TemplateIncomplete(_("The accepting unit has no administrative division code."))
    _move(
        version,
        VersionState.IN_REVIEW,
        state=VersionState.READY,
        reviewer=by,
        frozen_at=at or timezone.now(),
    )
    record(action="pledges.approve_version", actor=by, target=f"pledges.LetterVersion:{version.pk}")
    return version


@transaction.atomic
def set_step_letter(*, by: AbstractBaseUser | None, step: steps.Step, template: LetterTemplate) -> PledgeStep:
    """Let a pledge step of a draft programme ask for `template`.

    Raises TemplateIncomplete for a step of another kind or of an open programme, and for an organisation's letter.
    """
    if not steps.is_configurable(step) or template.subject == "organisation":
        raise TemplateIncomplete(_("This letter cannot be asked for in this step."))
    setting, _created = PledgeStep.objects.update_or_create(step=step, defaults={"template": template})
    record(action="pledges.set_step_letter", actor=by, target=f"programmes.Step:{step.pk}")
    return setting
