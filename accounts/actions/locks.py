"""Wrong passwords in a row lock an account for a while; what opens it again."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import SignInFailures, User
from foundation.audit.actions import Actor, record

LONGEST = timedelta(hours=1)
KEPT = timedelta(days=30)


@transaction.atomic
def note_sign_in(*, user: User) -> None:
    """Note down that `user` signed in; wrong passwords from before no longer count."""
    SignInFailures.objects.filter(user=user).delete()
    record(action="accounts.sign_in", actor=user, target=f"accounts.User:{user.pk}")


@transaction.atomic
def note_failed_sign_in(*, identifier: str, key: str, user: User | None, at: datetime | None = None) -> bool:
    """Note down a refused sign-in and count it; True if that locks. The identifier is kept as a keyed digest only.

    Each further round of as many wrong passwords locks for twice as long, an hour at most.
    """
    now = at or timezone.now()
    row, _made = SignInFailures.objects.get_or_create(key=key, defaults={"user": user, "last_at": now})
    SignInFailures.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=now)
    row.refresh_from_db()
    rounds, rest = divmod(row.count, settings.LOCK_AFTER)
    is_locked = rest == 0
    if is_locked:
        pause = min(LONGEST, timedelta(seconds=settings.LOCK_SECONDS) * 2 ** min(rounds - 1, 12))
        SignInFailures.objects.filter(pk=row.pk).update(locked_until=now + pause)
    digest = salted_hmac("accounts.sign_in", identifier.casefold()).hexdigest()[:16]
    details = {"identifier": digest, **({"locked": True} if is_locked else {})}
    record(action="accounts.sign_in", actor=None, target="accounts.User:?", details=details, succeeded=False)
    return is_locked


@transaction.atomic
def unlock_account(*, by: Actor | None, user: User) -> bool:
    """Let `user` try again at once. Return False if no wrong password was counted."""
    found, _kinds = SignInFailures.objects.filter(user=user).delete()
    record(action="accounts.unlock_account", actor=by, target=f"accounts.User:{user.pk}", succeeded=bool(found))
    return bool(found)


@transaction.atomic
def reset_factors(*, by: Actor | None, user: User, reason: str) -> int:
    """Take away every passkey, app and recovery code of `user`, who has lost them; returns how many there were."""
    found: int = Authenticator.objects.filter(user=user).delete()[0]
    details = {"reason": reason, "count": found}
    record(action="accounts.reset_factors", actor=by, target=f"accounts.User:{user.pk}", details=details)
    return found


def prune_failures(*, at: datetime | None = None) -> int:
    """Forget what was counted long ago; returns how many rows."""
    found, _kinds = SignInFailures.objects.filter(last_at__lt=(at or timezone.now()) - KEPT).delete()
    return found
