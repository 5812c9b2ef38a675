"""Hand out what is held about a person, erase it, forget what is old."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import Actor, record
from foundation.identifiers import code12
from foundation.jobs.actions import enqueue
from notifications.actions import notify
from privacy import registry
from privacy.files import drop
from privacy.models import DataRequest, RequestKind, RequestState

EXPORT_JOB = "privacy.export"
RETENTION_SLICE = 2000


class AlreadyAsked(ValueError):
    """The same request is waiting already."""


class NotWaiting(ValueError):
    """The request was decided or taken back meanwhile."""


class Held(ValueError):
    """The person cannot be erased now; the message says why."""


def _ask(*, user: User, kind: str, reason: str, at: datetime) -> DataRequest:
    if DataRequest.objects.filter(user=user, kind=kind, state=RequestState.WAITING).exists():
        raise AlreadyAsked(_("You have asked for this already."))
    return DataRequest.objects.create(user=user, kind=kind, reason=reason[:300], asked_at=at)


@transaction.atomic
def request_export(*, user: User, at: datetime | None = None) -> DataRequest:
    """Ask for a copy of everything held about `user`; a job makes it. Raises AlreadyAsked."""
    User.objects.select_for_update().get(pk=user.pk)
    asked = _ask(user=user, kind=RequestKind.EXPORT, reason="", at=at or timezone.now())
    enqueue(kind=EXPORT_JOB, payload={"request": asked.pk}, key=f"{EXPORT_JOB}:{asked.pk}")
    record(action="privacy.request_export", actor=user, target=f"accounts.User:{user.pk}")
    return asked


@transaction.atomic
def keep_export(*, request_id: int, file: str, size: int, at: datetime | None = None) -> None:
    """Keep the archive that a job has made and tell its person. A request that ended meanwhile loses the file."""
    now = at or timezone.now()
    expires = now + timedelta(days=settings.EXPORT_KEEP_DAYS)
    changed = DataRequest.objects.filter(pk=request_id, state=RequestState.WAITING).update(
        state=RequestState.READY, file=file, size=size, expires_at=expires
    )
    if not changed:
        drop(file)
        return
    asked = DataRequest.objects.select_related("user").get(pk=request_id)
    notify(
        user=asked.user,
        kind="privacy.export_ready",
        subject=_("The copy of your data is ready"),
        body=_("Fetch it by %(day)s; then it is deleted.") % {"day": timezone.localtime(expires).date().isoformat()},
        url="/my/data/",
        at=now,
    )
    record(action="privacy.keep_export", actor=None, target=f"accounts.User:{asked.user_id}", details={"bytes": size})


@transaction.atomic
def note_fetched(*, by: User, asked: DataRequest) -> None:
    """Write down that the archive was handed out."""
    record(
        action="privacy.note_fetched",
        actor=by,
        target=f"accounts.User:{asked.user_id}",
        details={"request": asked.public_id},
    )


@transaction.atomic
def request_erasure(*, user: User, reason: str, at: datetime | None = None) -> DataRequest:
    """Ask for the end of the account of `user`; the credit office decides. Raises AlreadyAsked, Held."""
    User.objects.select_for_update().get(pk=user.pk)
    _refuse_held(user)
    asked = _ask(user=user, kind=RequestKind.ERASURE, reason=reason, at=at or timezone.now())
    record(action="privacy.request_erasure", actor=user, target=f"accounts.User:{user.pk}")
    return asked


def _end(asked: DataRequest, state: str, at: datetime, **fields: object) -> None:
    """Compare-and-set from waiting. Raises NotWaiting."""
    changed = DataRequest.objects.filter(pk=asked.pk, state=RequestState.WAITING).update(
        state=state, finished_at=at, **fields
    )
    if not changed:
        raise NotWaiting(_("This request was decided or taken back meanwhile."))


@transaction.atomic
def cancel_request(*, by: User, asked: DataRequest, at: datetime | None = None) -> None:
    """The person takes a request back. Raises NotWaiting."""
    _end(asked, RequestState.CANCELLED, at or timezone.now())
    record(
        action="privacy.cancel_request",
        actor=by,
        target=f"accounts.User:{asked.user_id}",
        details={"request": asked.public_id},
    )


@transaction.atomic
def refuse_erasure(*, by: User, asked: DataRequest, reason: str, at: datetime | None = None) -> None:
    """Say no, with the reason the person reads. Raises NotWaiting."""
    now = at or timezone.now()
    _end(asked, RequestState.REFUSED, now, reason=reason[:300], decided_by=by)
    notify(
        user=asked.user,
        kind="privacy.erasure_refused",
        subject=_("Your account is not erased"),
        body=reason[:300],
        url="/my/data/",
        at=now,
    )
    record(
        action="privacy.refuse_erasure",
        actor=by,
        target=f"accounts.User:{asked.user_id}",
        details={"request": asked.public_id},
    )


@transaction.atomic
def grant_erasure(*, by: User, asked: DataRequest, at: datetime | None = None) -> dict[str, int]:
    """Erase the person who asked. Raises NotWaiting, Held."""
    now = at or timezone.now()
    _end(asked, RequestState.DONE, now, decided_by=by, reason="")
    outcome = erase_person(by=by, user=asked.user, at=now)
    DataRequest.objects.filter(pk=asked.pk).update(outcome=outcome)
    return outcome


def _refuse_held(user: User) -> None:
    reasons = [reason for name in sorted(registry.providers) for reason in registry.providers[name].holds(user)]
    if reasons:
        raise Held(" ".join(reasons))


@transaction.atomic
def erase_person(*, by: Actor | None, user: User, at: datetime | None = None) -> dict[str, int]:
    """Make a person nobody: every app blanks or removes what names them, the account is closed for ever.

    What others rely on stays without a name: figures, completions, scores, the log. The audit log keeps the number of
    the account and what was done. Returns what was done, counted by kind. Raises Held.
    """
    now = at or timezone.now()
    _refuse_held(user)
    outcome: dict[str, int] = {}
    for name in sorted(registry.providers):
        for kind, number in registry.providers[name].erase(user, at=now).items():
            if number:
                outcome[f"{name}.{kind}"] = number
    _blank_account(user)
    record(action="privacy.erase_person", actor=by, target=f"accounts.User:{user.pk}", details=outcome)
    return outcome


def _blank_account(user: User) -> None:
    """The row stays, because facts point to it; nothing in it points to anybody."""
    public_id = code12()
    user.groups.clear()
    user.user_permissions.clear()
    User.objects.filter(pk=user.pk).update(
        public_id=public_id,
        username=f"erased-{public_id}",
        name="",
        email="",
        employee_number=None,
        phone=None,
        student_number=None,
        id_digest=None,
        id_mask="",
        password="!",  # noqa: S106  # no password: nobody signs in
        is_active=False,
        is_staff=False,
        is_superuser=False,
        has_consent=False,
        last_login=None,
    )


def prune(*, at: datetime | None = None) -> dict[str, int]:
    """Forget archives nobody fetched in time, sessions that ran out, and what every rule of retention says."""
    now = at or timezone.now()
    done = {"exports": _drop_exports(now), "sessions": Session.objects.filter(expire_date__lt=now).delete()[0]}
    for rule in registry.ordered_rules():
        days = getattr(settings, rule.setting)
        if days:
            done[rule.key] = _apply(rule, now - timedelta(days=days))
    done = {key: number for key, number in done.items() if number}
    if done:
        with transaction.atomic():
            record(action="privacy.prune", actor=None, target="privacy.registry:rules", details=done)
    return done


def _apply(rule: registry.Rule, before: datetime) -> int:
    """One rule, a slice at a time, each in a transaction of its own."""
    total = 0
    while True:
        with transaction.atomic():
            number = rule.apply(before, RETENTION_SLICE)
        total += number
        if number < RETENTION_SLICE:
            return total


def _drop_exports(now: datetime) -> int:
    old = list(DataRequest.objects.filter(state=RequestState.READY, expires_at__lte=now))
    for asked in old:
        with transaction.atomic():
            DataRequest.objects.filter(pk=asked.pk, state=RequestState.READY).update(
                state=RequestState.DONE, file="", finished_at=now
            )
            transaction.on_commit(lambda name=asked.file: storages["private"].delete(name))  # type: ignore[misc]
    return len(old)
