"""Strict readers for environment variables: nonsense is refused at start, not guessed at."""

import os
from datetime import time

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Return the variable `name`, or the content of the file that `name`_FILE points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        with open(path, encoding="utf-8") as handle:
            return handle.read().strip()
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """Return a boolean; raises ImproperlyConfigured unless the value is 1/0, true/false, yes/no or on/off."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")


def integer(name: str, default: int) -> int:
    """Return a whole number; raises ImproperlyConfigured if the value is not one."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from None


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def word(name: str, *allowed: str) -> str:
    """Return one of the allowed words, the first by default; raises ImproperlyConfigured for another one."""
    value = text(name, allowed[0])
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(allowed)}, not {value!r}")
    return value


def hours(name: str, default: str) -> tuple[time, time]:
    """Return two times of day, as "20:00-08:30"; raises ImproperlyConfigured if the value is not that."""
    value = text(name, default)
    begins, _dash, ends = value.partition("-")
    try:
        return time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be two times such as 20:00-08:30, not {value!r}") from None
