"""The hash of one link. Pure Python.

digest = SHA-256(previous digest as 64 hex characters || canonical JSON of the entry), the first previous being 64
zeros. Canonical: keys sorted, no blanks, UTF-8.
"""

import hashlib
import json
from typing import Any

START = "0" * 64


def digest(previous: str, entry: dict[str, Any]) -> str:
    """Return the hex digest of `entry` chained to `previous`."""
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((previous + text).encode()).hexdigest()
