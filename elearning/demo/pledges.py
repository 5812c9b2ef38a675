"""Letters of the demo: templates from letters.toml, and letters of its enterprises."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from accounts.models import User
from organisations.models import Organisation
from pledges import actions, queries, steps
from pledges.contracts import number_clauses
from pledges.models import Letter, LetterRequest, LetterTemplate, LetterVersion, PledgeType, Subject

PLEDGE_TYPES = {
    "审批替代型": PledgeType.APPROVAL,
    "容缺受理型": PledgeType.TOLERANCE,
    "证明事项型": PledgeType.CERTIFICATE,
    "信用修复型": PledgeType.REPAIR,
    "行业自律型": PledgeType.INDUSTRY,
    "主动型": PledgeType.VOLUNTARY,
    "其他": PledgeType.OTHER,
}
ENGLISH = ("reason_en", "preamble_en", "clauses_en", "breach_liability_en")
# What civil servants of the demo promise of their own.
PROMISES = (
    "每周三下午到窗口坐班，当天的问题当天答复",
    "每月第一周公布本科室上月的办件时限",
    "收到的咨询两个工作日内回电",
    "每季度到一家企业听一次意见，写下来并回复",
)
ENDED_BY_THE_UNIT = (PledgeType.APPROVAL, PledgeType.REPAIR)


def load_templates(content: Path, *, author: User, reviewer: User, at: datetime | None = None) -> list[LetterTemplate]:
    """Every template of letters.toml, written by `author`, found ready by `reviewer`. Those that exist stay as they
    are. The accepting units (by code) must be there."""
    rows = tomllib.loads((content / "letters.toml").read_text(encoding="utf-8"))["templates"]
    return [_template(row, author, reviewer, at) for row in rows]


def _template(row: dict[str, Any], author: User, reviewer: User, at: datetime | None) -> LetterTemplate:
    """One template with its first version."""
    known = LetterTemplate.objects.filter(slug=row["slug"]).first()
    if known is not None:
        return known
    pledge_type = PLEDGE_TYPES[row["pledge_type"]]
    template = actions.create_template(
        by=author,
        slug=row["slug"],
        title=row["title"],
        title_en=row["title_en"],
        audience=row["audience"],
        pledge_type=pledge_type,
        pledge_type_text=row.get("pledge_type_text", ""),
        subject=row["subject"],
        publication=row["publication"],
        validity_days=row["validity_days"],
        accepting_unit=Organisation.objects.get(code=row["accepting_unit"]),
        withdrawable=pledge_type not in ENDED_BY_THE_UNIT and row["subject"] != Subject.ORGANISATION,
        copies=row.get("copies", 1),
        for_special_funds=row.get("for_special_funds", False),
    )
    version = actions.draft_version(
        by=author,
        template=template,
        clauses=number_clauses(row["clauses"], row["promises"]),
        breach_liability=row["breach_liability"],
        reason=row["reason"],
        preamble=row["preamble"],
        at=at,
        asks_promise=row.get("asks_promise", False),
        **{name: row[name] for name in ENGLISH if name in row},
    )
    actions.send_for_review(by=author, version=version)
    actions.approve_version(by=reviewer, version=version, at=at)
    return template


def words_for(version: LetterVersion, number: int) -> actions.Words:
    """What a signer of the demo writes into the letter."""
    return actions.Words(promise=PROMISES[number % len(PROMISES)] if version.asks_promise else "")


def sign_step(*, user: User, step_public_id: str, visibility: str, at: datetime) -> Letter:
    """A learner of the demo signs the letter of an open step and, if public, it is published a minute later.

    `visibility` is narrowed to what is offered (a pupil's is always "none"). Raises GateError, SignatureRefused.
    """
    opened = steps.enter(user=user, step_public_id=step_public_id, now=at)
    version = queries.version_of_step(opened.step.pk)
    if version is None:
        raise actions.NothingToSign(step_public_id)
    offered = queries.offered_visibilities(version=version, signer=user, unit=opened.enrolment.organisation)
    is_class = version.template.subject == Subject.CLASS
    letter = actions.sign_letter(
        opened=opened,
        visibility=visibility if visibility in offered else offered[-1],
        reading=actions.Reading(
            opened_at=at - timedelta(minutes=4),
            read_to_end_at=at - timedelta(minutes=1),
            confirmed=True,
            typed_name="" if is_class else user.get_full_name(),
            method="session" if is_class else "password",
        ),
        words=words_for(version, user.pk),
        at=at,
    )
    actions.publish_letter(letter_id=letter.pk, at=letter.signed_at + timedelta(minutes=1))
    return letter


def sign_for_enterprise(
    *, requester: User, template: LetterTemplate, enterprise: Organisation, handler: User, at: datetime
) -> Letter:
    """An accepting unit asks, the enterprise's handler (a member of it) signs two days later, publicly. Once only."""
    known = LetterRequest.objects.filter(template=template, uscc=enterprise.uscc).exclude(letter=None).first()
    if known is not None and known.letter is not None:
        return known.letter
    request = actions.request_letter(
        by=requester, template=template, organisation_name=enterprise.name, uscc=enterprise.uscc or "", at=at
    )
    signed_at = at + timedelta(days=2)
    letter = actions.sign_for_organisation(
        by=handler,
        request=request,
        handler_name=handler.get_full_name(),
        handler_role="信用专员",
        visibility="named",
        reading=actions.Reading(opened_at=signed_at - timedelta(minutes=6), confirmed=True, typed_name=handler.name),
        at=signed_at,
    )
    actions.publish_letter(letter_id=letter.pk, at=signed_at + timedelta(minutes=1))
    return letter
