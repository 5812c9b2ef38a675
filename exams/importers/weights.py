"""Whether the weights of a choice say clearly what is right. Pure Python."""

from collections.abc import Sequence


def rightness(weights: Sequence[float], *, one: bool) -> tuple[list[int], bool, str]:
    """Places of the right options, whether several may be marked, and a reason to doubt ("" if it is clear).

    One right answer: exactly one option earns 100 and no other earns anything. Several: the right ones earn equal
    shares that make 100 together, the others nothing or less. A part of the marks for a half-right option is unclear.
    """
    positive = [place for place, weight in enumerate(weights) if weight > 0]
    total = sum(weights[place] for place in positive)
    if not positive:
        return [], False, "key-missing"
    if one:
        full = [place for place in positive if weights[place] >= 99.9]
        if len(full) == 1 and len(positive) == 1:
            return full, False, ""
        return full, len(full) > 1, "several-full-marks" if len(full) > 1 else "weights-unclear"
    if len(positive) == 1:
        return positive, False, "" if total >= 99.9 else "weights-unclear"
    shares = [weights[place] for place in positive]
    clear = max(shares) - min(shares) <= 1 and abs(total - 100) <= 2
    return positive, True, "" if clear else "weights-unclear"
