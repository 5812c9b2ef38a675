"""Write letters and have a second person review them."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
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
from pledges.actions.telling import tell_returned
from pledges.contracts import BLANK, ENGLISH, Clause
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


@transaction.atomic
def retire_template(
    *, by: AbstractBaseUser, template: LetterTemplate, last_day: date | None = None, at: datetime | None = None
) -> LetterTemplate:
    """From the day after `last_day` (yesterday, if none is given) nobody signs this letter any more. What is signed
    stays as it is."""
    day = last_day or timezone.localdate(at) - timedelta(days=1)
    LetterTemplate.objects.filter(pk=template.pk).update(sign_until=day)
    template.refresh_from_db()
    target, details = f"pledges.LetterTemplate:{template.pk}", {"last_day": day.isoformat()}
    record(action="pledges.retire_template", actor=by, target=target, details=details)
    return template


class TemplateIncomplete(ValueError):
    """The wording cannot be signed as it is; the text says what is missing."""


def _checked(version: LetterVersion) -> LetterVersion:
    """Full validation of an open version. Raises ValidationError."""
    if not version.clauses or any(not row["text"] for row in version.clauses):
        raise ValidationError({"clauses": _("Write at least one clause, and no empty one.")})
    _check_english(version)
    for text in [*version.wording().texts, *version.wording(ENGLISH).texts]:
        rest = BLANK.sub("", text)
        if "[[" in rest or "]]" in rest:
            raise ValidationError({"clauses": _("A blank is written [[what to fill in]], with at most 30 characters.")})
        if re.search(r"_{3,}|﹍{2,}|＿{2,}", rest):
            raise ValidationError({"clauses": _("Name each blank: [[what to fill in]] in place of a line.")})
    version.full_clean(exclude=["template"])
    return version


def _check_english(version: LetterVersion) -> None:
    """The English wording is whole or not there, clause by clause, with the same blanks. Raises ValidationError."""
    parts = [version.clauses_en, version.breach_liability_en]
    if not any([*parts, version.preamble_en, version.reason_en]):
        return
    if not all(parts) or len(version.clauses_en) != len(version.clauses):
        raise ValidationError(
            {"clauses_en": _("In English too: every clause, in the same order, and the breach liability.")}
        )
    if len(version.wording(ENGLISH).blanks) != len(version.wording().blanks):
        raise ValidationError({"clauses_en": _("The English wording must have as many blanks as the Chinese one.")})


MORE = ("asks_promise", "clauses_en", "preamble_en", "breach_liability_en", "reason_en", "source_file")


def _known(more: dict[str, Any]) -> dict[str, Any]:
    """Raises TypeError for a field that no version has."""
    if not set(more) <= set(MORE):
        raise TypeError(sorted(set(more) - set(MORE)))
    return more


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
    **more: Any,
) -> LetterVersion:
    """Start the next version of `template`. `more`: asks_promise, the English wording (clauses_en, preamble_en,
    breach_liability_en, reason_en), source_file. Raises NotReviewable if one is still open, ValidationError."""
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
            **_known(more),
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
    **more: Any,
) -> LetterVersion:
    """Change a draft. Who edits last is its author; `more` as in `draft_version`. Raises NotReviewable once it is in
    review, ValidationError."""
    if not LetterVersion.objects.select_for_update().filter(pk=version.pk, state=VersionState.DRAFT).exists():
        raise NotReviewable(_("Only a draft can be edited."))
    version.preamble, version.breach_liability, version.reason = preamble, breach_liability, reason
    version.clauses, version.author_id = [clause.as_json() for clause in clauses], by.pk
    for name, value in _known(more).items():
        setattr(version, name, value)
    _checked(version).save(update_fields=["preamble", "breach_liability", "reason", "clauses", "author", *more])
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
    _move(version, VersionState.DRAFT, state=VersionState.IN_REVIEW, returned_because="")
    record(action="pledges.send_for_review", actor=by, target=f"pledges.LetterVersion:{version.pk}")
    return version


@transaction.atomic
def return_version(*, by: AbstractBaseUser, version: LetterVersion, reason: str) -> LetterVersion:
    """Give it back to its author with a reason, which they get as a message and read above the wording. Raises
    NotReviewable unless it is in review and a reason is given."""
    why = " ".join(reason.split())[:500]
    if not why:
        raise NotReviewable(_("Say why you return it."))
    _move(version, VersionState.IN_REVIEW, state=VersionState.DRAFT, returned_because=why)
    record(
        action="pledges.return_version",
        actor=by,
        target=f"pledges.LetterVersion:{version.pk}",
        details={"reason": why},
    )
    tell_returned(by=by, version=version)
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
