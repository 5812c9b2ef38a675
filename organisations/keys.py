"""What the door of a class rests on: hashed secrets, signed device cookies, addresses that are not stored."""

import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from django.core import signing
from django.utils.crypto import salted_hmac

from foundation.identifiers import random_code
from organisations.models import SecretKind
from organisations.presets import NUMBER_LENGTH, PICTURE_KEYS, SECRET_LENGTH

# The least that OWASP recommends: a class of sixty comes in at the same minute on two cores. What protects a thousand
# and some picture secrets in a stolen database is the key below, which does not lie there.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
DEVICE_COOKIE = "device"
SESSION_KEY = "classroom"  # in the session of a pupil who came in through a class's door
DEVICE_SALT = "organisations.device"
CODE_DIGITS = 6


def _keyed(secret: str) -> str:
    return salted_hmac("organisations.pupil_secret", secret, algorithm="sha256").hexdigest()


def secret_digest(secret: str) -> str:
    """What is stored of a secret."""
    return _HASHER.hash(_keyed(secret))


@cache
def _nobody() -> str:
    return secret_digest("nobody")


def fits(secret: str, digest: str | None) -> bool:
    """True if `digest` was made of `secret`. Where there is none, as much time goes by and the answer is no."""
    try:
        _HASHER.verify(digest or _nobody(), _keyed(secret))
    except (VerificationError, InvalidHashError):
        return False
    return digest is not None


def new_secret(kind: str) -> str:
    """A secret by chance: three keys of pictures joined by hyphens, or six digits."""
    if kind == SecretKind.NUMBER:
        return "".join(secrets.choice("0123456789") for _ in range(NUMBER_LENGTH))
    return "-".join(secrets.SystemRandom().sample(PICTURE_KEYS, SECRET_LENGTH))


def new_code() -> str:
    """The code of an open class, by chance."""
    return "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))


@dataclass(frozen=True, slots=True)
class Device:
    """A browser as its signed cookie names it. `is_known`: somebody has come into a class on it before."""

    key: str
    is_known: bool


def new_device() -> Device:
    """A browser that comes for the first time."""
    return Device(random_code(16), is_known=False)


def device_cookie(device: Device) -> str:
    """The value of the cookie."""
    return signing.dumps([device.key, device.is_known], salt=DEVICE_SALT)


def device_of(cookie: str) -> Device | None:
    """The device that `cookie` names; None for one that we did not sign."""
    try:
        key, is_known = signing.loads(cookie, salt=DEVICE_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Device(str(key), bool(is_known))


def address_digest(address: str) -> str:
    """An address as it is kept for some minutes of counting."""
    return salted_hmac("organisations.address", address, algorithm="sha256").hexdigest()[:16]
