"""What is kept of an ID number (a keyed digest and a mask), and how secrets of second factors are encrypted."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_bytes

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.models import User

NONCE_BYTES = 12


def id_digest(number: str) -> str:
    """The digest under which a checked ID number is stored and found. Without the key it says nothing."""
    return salted_hmac("accounts.id_number", number, secret=settings.ID_NUMBER_KEY, algorithm="sha256").hexdigest()


def id_mask(number: str) -> str:
    """As it is shown: enough to tell two people apart, too little to be of use to a stranger."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def conceal(text: str) -> str:
    """Encrypt a secret of a second factor for storage (AES-256-GCM under a key made from the site's)."""
    nonce = token_bytes(NONCE_BYTES)
    return urlsafe_b64encode(nonce + _secrets_key().encrypt(nonce, text.encode(), None)).decode()


def reveal(concealed: str) -> str:
    """The inverse of `conceal`. Raises cryptography.exceptions.InvalidTag under another key."""
    raw = urlsafe_b64decode(concealed)
    return _secrets_key().decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()


def _secrets_key() -> AESGCM:
    return AESGCM(salted_hmac("accounts.second_factor", "key", algorithm="sha256").digest())


def device_mark(user: User) -> str:
    """What a device keeps on which `user` has signed in. A new password makes the marks of old devices worthless."""
    return salted_hmac("accounts.device", f"{user.public_id} {user.password}", algorithm="sha256").hexdigest()[:32]
