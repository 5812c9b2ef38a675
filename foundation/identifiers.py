"""Public identifiers: random, so that nobody can count or guess what exists."""

import secrets

# No 0, 1, I, O: what a person reads from paper must not be mistaken.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def random_code(length: int = 12) -> str:
    """Return `length` random characters of a 32-letter alphabet (5 bits each)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def code8() -> str:
    """Eight characters, 40 bits: enough where the holder is signed in as well."""
    return random_code(8)


def code12() -> str:
    """Twelve characters, 60 bits: an address that is also the 核验码."""
    return random_code(12)
