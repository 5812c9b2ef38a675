"""Tell people what is assigned, due and overdue; each once for one due date, and never on a day off."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from foundation.audit.actions import record
from foundation.workdays import Calendar, monday_of
from notifications.actions import Draft, notify_all
from programmes import queries
from programmes.contracts import workplace_of
from programmes.models import Digest, Enrolment, Reminder, ReminderKind

REMIND_SLICE = 500
TO_LEARNERS = (ReminderKind.ASSIGNED, ReminderKind.DUE_SOON, ReminderKind.DUE, ReminderKind.OVERDUE)
CHINESE, ENGLISH = "zh-hans", "en"
LONGEST_SUBJECT = 200


def remind(*, now: datetime, days: Calendar) -> int:
    """Tell everybody what must be told today; returns how many messages that were. The caller asks whether people may
    be disturbed."""
    today, sent = timezone.localdate(now), 0
    for kind in TO_LEARNERS:
        while done := _remind_slice(kind, today, now, days):
            sent += done
    while done := _escalate_slice(today, now, days):
        sent += done
    if days.is_first_of_week(today):
        while done := _digest_slice(today, now):
            sent += done
    if sent:
        record(action="programmes.remind", actor=None, target="programmes.Reminder:all", details={"sent": sent})
    return sent


@transaction.atomic
def _remind_slice(kind: str, today: date, now: datetime, days: Calendar) -> int:
    """The next people of one kind; what is written down is not told again."""
    people = queries.to_tell(kind, today, days, REMIND_SLICE)
    _write_down(kind, people, now)
    drafts = [
        _draft(e.user_id, kind, _learner_words(kind, e), reverse("programmes:programme", args=[e.public_id]))
        for e in people
    ]
    notify_all(drafts=drafts, at=now)
    return len(people)


def _write_down(kind: str, people: Sequence[Enrolment], now: datetime, by: User | None = None) -> None:
    Reminder.objects.bulk_create(
        [Reminder(enrolment=e, kind=kind, due_on=e.due_on or e.programme.closes_on, sent_at=now, by=by) for e in people]
    )


Words = dict[str, tuple[str, str]]


def _draft(user_id: int, kind: str, words: Words, url: str) -> Draft:
    """One message in both languages, Chinese first. `url` is written without language prefix."""
    (subject, body), (subject_en, body_en) = words[CHINESE], words[ENGLISH]
    text = "\n\n".join(part for part in (body, subject_en, body_en) if part)
    return Draft(user_id, f"programmes.{kind}", subject[:LONGEST_SUBJECT], text, url)


def _learner_words(kind: str, enrolment: Enrolment, note: str = "", sender: str = "") -> Words:
    """Subject and body of what a learner is told, in each language."""
    found: Words = {}
    for language in (CHINESE, ENGLISH):
        with override(language):
            due_on = enrolment.due_on or enrolment.programme.closes_on
            words = {
                "title": enrolment.programme.local_title,
                "day": date_format(due_on, "DATE_FORMAT"),
                "sender": sender,
            }
            subjects = {
                ReminderKind.ASSIGNED: _("“%(title)s” is assigned to you, until %(day)s"),
                ReminderKind.DUE_SOON: _("“%(title)s” is due on %(day)s"),
                ReminderKind.DUE: _("“%(title)s” is due: the last day is %(day)s"),
                ReminderKind.OVERDUE: _("“%(title)s” was due on %(day)s"),
                ReminderKind.BY_HAND: _("%(sender)s reminds you of “%(title)s”, due on %(day)s"),
            }
            bodies = {
                ReminderKind.ASSIGNED: _("Your steps stand under “My learning”."),
                ReminderKind.DUE_SOON: _("Open it to see which step is next."),
                ReminderKind.DUE: _("Open it to see which step is next."),
                ReminderKind.OVERDUE: _("If something keeps you from it, tell the contact person of your unit."),
                ReminderKind.BY_HAND: note,
            }
            chosen = ReminderKind(kind)
            found[language] = (subjects[chosen] % words, bodies[chosen])
    return found


@transaction.atomic
def _escalate_slice(today: date, now: datetime, days: Calendar) -> int:
    """Tell the managers of units how many of their people are long overdue, one message a unit and programme."""
    people = queries.to_tell(ReminderKind.ESCALATED, today, days, REMIND_SLICE)
    _write_down(ReminderKind.ESCALATED, people, now)
    managers = queries.managers_of({e.organisation for e in people})
    groups: dict[tuple[int, int], list[Enrolment]] = {}
    for enrolment in people:
        groups.setdefault((enrolment.organisation_id, enrolment.programme_id), []).append(enrolment)
    drafts = []
    for (unit_id, _programme), late in groups.items():
        url = f"{reverse('programmes:unit', args=[late[0].organisation.code])}?programme={late[0].programme.slug}"
        words = _manager_words(late)
        drafts += [_draft(user_id, ReminderKind.ESCALATED, words, url) for user_id in managers[unit_id]]
    notify_all(drafts=drafts, at=now)
    return len(people)


def _manager_words(late: Sequence[Enrolment]) -> Words:
    """How many, where, what: no names in a copy that leaves the site."""
    found: Words = {}
    for language in (CHINESE, ENGLISH):
        with override(language):
            subject = ngettext(
                "%(unit)s: %(n)d person is overdue in “%(title)s”",
                "%(unit)s: %(n)d people are overdue in “%(title)s”",
                len(late),
            )
            enrolment = late[0]
            words = {"unit": enrolment.organisation.name, "n": len(late), "title": enrolment.programme.local_title}
            found[language] = (subject % words, _("They have been reminded. Please see what keeps them from it."))
    return found


@transaction.atomic
def _digest_slice(today: date, now: datetime) -> int:
    """The summary of the week for the next coordinators, one message for all their units; who has nobody to look after
    gets none."""
    leaders = queries.to_digest(today, REMIND_SLICE)
    week = monday_of(today)
    Digest.objects.bulk_create([Digest(user_id=user_id, week_on=week, sent_at=now) for user_id in leaders])
    drafts = []
    for user_id, units in leaders.items():
        summaries = [found for found in map(queries.summary, units) if found.unfinished]
        if summaries:
            url = workplace_of(summaries[0].unit.code if len(summaries) == 1 else "")
            drafts.append(_draft(user_id, "digest", _digest_words(summaries), url))
    notify_all(drafts=drafts, at=now)
    return len(leaders)


def _digest_words(summaries: Sequence[queries.Summary]) -> Words:
    """Figures, and who may not make it: of one unit, or a section for each, headed by the sum."""
    found: Words = {}
    for language in (CHINESE, ENGLISH):
        with override(language):
            sections = [_section(summary, "、" if language == CHINESE else ", ") for summary in summaries]
            if len(sections) == 1:
                found[language] = sections[0]
                continue
            subject = _("Your %(units)d units this week: %(late)d of %(n)d may not make it") % {
                "units": len(summaries),
                "late": sum(summary.late for summary in summaries),
                "n": sum(summary.unfinished for summary in summaries),
            }
            found[language] = (subject, "\n\n".join(f"{head}\n{text}" for head, text in sections))
    return found


def _section(summary: queries.Summary, comma: str) -> tuple[str, str]:
    """One unit: the sentence, and what is behind it."""
    subject = _("%(unit)s this week: %(late)d of %(n)d may not make it")
    words = {"unit": summary.unit.name, "late": summary.late, "n": summary.unfinished, "overdue": summary.overdue}
    lines = [_("Overdue already: %(overdue)d.") % words]
    if summary.names:
        lines.append(_("First of all: %(names)s.") % {"names": comma.join(summary.names)})
    return subject % words, "\n".join(lines)


@transaction.atomic
def remind_by_hand(
    *, by: User, enrolments: Sequence[Enrolment], note: str = "", at: datetime | None = None
) -> tuple[int, int]:
    """Remind people now, in the name of `by`; returns how many were reminded, and how many were reminded within the
    last three days already and are left alone."""
    now = at or timezone.now()
    queries.hold_people({enrolment.user_id for enrolment in enrolments})
    last = queries.last_reminders([enrolment.pk for enrolment in enrolments])
    chosen: dict[int, Enrolment] = {}
    for enrolment in enrolments:
        moment = last.get(enrolment.pk)
        if moment is None or moment <= now - queries.BY_HAND_PAUSE:
            chosen.setdefault(enrolment.user_id, enrolment)
    people = list(chosen.values())
    _write_down(ReminderKind.BY_HAND, people, now, by)
    drafts = [
        _draft(
            e.user_id,
            ReminderKind.BY_HAND,
            _learner_words(ReminderKind.BY_HAND, e, note.strip(), str(by)),
            reverse("programmes:programme", args=[e.public_id]),
        )
        for e in people
    ]
    notify_all(drafts=drafts, at=now)
    record(
        action="programmes.remind_by_hand",
        actor=by,
        target="programmes.Reminder:by_hand",
        details={"enrolments": [e.pk for e in people]},
    )
    return len(people), len(enrolments) - len(people)
