"""Does this machine's clock follow a time server? Asked of the kernel, which the time daemon tells."""

import ctypes

UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)
TIMEX_BYTES = 256  # more than struct timex has on any platform


def clock_state() -> str:
    """ "synchronised", "unsynchronised", or "unknown" where the kernel cannot be asked."""
    try:
        answer = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    except (AttributeError, OSError):
        return "unknown"
    if answer < 0:
        return "unknown"
    return "unsynchronised" if answer == UNSYNCHRONISED else "synchronised"
