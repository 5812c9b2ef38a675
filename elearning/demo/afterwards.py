"""What has become of some letters of the demo: every state that a letter, and an objection, can be in."""

import datetime as dt
from typing import Any

import programmes.actions
from accounts.models import User
from elearning.demo.pledges import sign_for_enterprise, sign_step
from organisations.models import Membership, Organisation, Role
from pledges import actions, queries
from pledges.models import Letter, LetterTemplate, Objection
from programmes.models import Enrolment, Programme

WRONG_UNIT = "承诺书上的单位名称少了“和城乡建设”几个字，请核对。"


def load_afterwards(*, office: User, now: dt.datetime) -> None:
    """Withdrawn, invalid, valid again, corrected, objected to: one civil servant's letter each. Once only."""
    if Objection.objects.exists():
        return
    before = now - dt.timedelta(days=3)
    letters = list(Letter.objects.public().filter(subject="person", signed_at__lt=before).order_by("pk")[:7])
    for letter, happens in zip(letters, HAPPENINGS, strict=False):  # a small demo has the first ones only
        happens(office, letter, now)


def _withdrawn(office: User, letter: Letter, now: dt.datetime) -> None:
    assert letter.signer is not None  # a person's letter
    actions.withdraw_letter(by=letter.signer, letter=letter, at=now - dt.timedelta(days=2))


def _asked(office: User, letter: Letter, now: dt.datetime) -> None:
    actions.file_objection(letter=letter, by=letter.signer, text=WRONG_UNIT, at=now - dt.timedelta(hours=20))


def _corrected(office: User, letter: Letter, now: dt.datetime) -> None:
    note = "签署人所在单位已更名，名称以更名文件为准。"
    actions.correct_letter(by=office, letter=letter, note=note, at=now - dt.timedelta(days=2))


def _invalid(office: User, letter: Letter, now: dt.datetime) -> None:
    actions.invalidate_letter(by=office, letter=letter, reason="duplicate", at=now - dt.timedelta(days=2))


def _answered(office: User, letter: Letter, now: dt.datetime) -> None:
    day = dt.timedelta(days=1)
    asked = actions.file_objection(letter=letter, by=letter.signer, text=WRONG_UNIT, at=now - 2 * day)
    answer = "经核对，公示名称与机构编制部门登记的规范简称一致，不作更正。"
    actions.decide_objection(by=office, objection=asked, outcome="reject", answer=answer, at=now - day)


def _restored(office: User, letter: Letter, now: dt.datetime) -> None:
    day = dt.timedelta(days=1)
    actions.invalidate_letter(by=office, letter=letter, reason="wrong_text", at=now - 2 * day)
    actions.restore_letter(by=office, letter=letter, at=now - day)


def _late(office: User, letter: Letter, now: dt.datetime) -> None:
    text, at = "公示的单位与本人所在单位不同。", max(now - dt.timedelta(days=12), letter.signed_at)
    actions.file_objection(letter=letter, contact="市民李某，demo@example.com", text=text, at=at)


HAPPENINGS = (_asked, _withdrawn, _corrected, _invalid, _late, _answered, _restored)


def load_old_letters(*, template: LetterTemplate, requester: User, handlers: dict[str, User], now: dt.datetime) -> None:
    """Bidders' letters of two years ago: expired; one of them renewed, one found fulfilled, one only in part."""
    units = {unit.code: unit for unit in Organisation.objects.filter(code__in=handlers)}
    letters = [
        sign_for_enterprise(
            requester=requester, template=template, enterprise=units[code], handler=handler,
            at=now - dt.timedelta(days=500 - 20 * number),
        )
        for number, (code, handler) in enumerate(sorted(handlers.items()))
    ]  # fmt: skip
    if not letters or any(queries.fulfilment_of(letter) for letter in letters):
        return
    whole: dict[str, Any] = {"status": "whole"}
    partly: dict[str, Any] = {
        "status": "partly", "unfulfilled_content": "第四条：中标后更换了一名主要人员，没有事先告知招标人。",
        "sanction_content": "招标人约谈并限期整改，已整改到位。",
    }  # fmt: skip
    for letter, found in zip(letters, (whole, partly), strict=False):
        actions.record_fulfilment(by=requester, letter=letter, **found)
    first, code = letters[0], sorted(handlers)[0]
    request = actions.request_letter(
        by=requester, template=template, organisation_name=units[code].name, uscc=units[code].uscc or "",
        renews=first, at=now - dt.timedelta(days=12),
    )  # fmt: skip
    renewed = actions.sign_for_organisation(
        by=handlers[code], request=request, handler_name=handlers[code].get_full_name(), handler_role="信用专员",
        visibility="named", at=now - dt.timedelta(days=11),
        reading=actions.Reading(opened_at=now - dt.timedelta(days=11, minutes=5), confirmed=True),
    )  # fmt: skip
    actions.publish_letter(letter_id=renewed.pk, at=now - dt.timedelta(days=11))
    while actions.expire_letters(at=now):
        pass


def load_teachers(*, programme: Programme, now: dt.datetime) -> None:
    """Class teachers sign against paid tutoring, in two copies; the last one has not signed yet."""
    teachers = list(
        Membership.objects.current().filter(role=Role.TEACHER).select_related("user", "organisation").order_by("pk")[:5]
    )
    step = programme.steps.get()
    for number, teacher in enumerate(teachers):
        if Enrolment.objects.filter(programme=programme, user=teacher.user).exists():
            continue
        programmes.actions.enrol(
            by=None, programme=programme, user=teacher.user, organisation=teacher.organisation,
            at=now - dt.timedelta(days=20),
        )  # fmt: skip
        if number < len(teachers) - 1:
            at = now - dt.timedelta(days=15 - number)
            sign_step(user=teacher.user, step_public_id=step.public_id, visibility="none", at=at)
