"""Moodle's embedded answers: `{1:SHORTANSWER:=Paris~%0%*}` inside a text. Pure Python.

Only texts whose every gap is a short answer with clear weights are proven to be a fill-in of ours.
"""

import re

from exams.importers.drafts import Draft
from exams.importers.fills import GAP

_GAP = re.compile(r"\{\s*\d*\s*:\s*([A-Z_]+)\s*:((?:\\.|[^{}\\])*)\}")
_FILLED = frozenset(("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"))
_ANSWER = re.compile(r"(?:%(-?\d+(?:\.\d+)?)%|(=))?((?:\\.|[^#~\\])*)(?:#(?:\\.|[^~\\])*)?(?:~|$)")


def read_cloze(draft: Draft) -> None:
    """Turn the draft's stem into one with gaps and read their answers; doubt whatever is no plain short answer."""
    draft.type = "blank"
    groups: list[list[str]] = []
    drawn = re.compile(f"(?:{GAP.pattern})$")

    def gap(match: re.Match[str]) -> str:
        if match[1] not in _FILLED:
            draft.doubt("cloze", match[1])
        groups.append(_full(draft, match[2]))
        return "" if drawn.search(match.string[max(0, match.start() - 64) : match.start()]) else "____"

    draft.stem = _GAP.sub(gap, draft.stem)
    if not groups or re.search(r"\{\s*\d*\s*:", draft.stem):
        draft.doubt("cloze", "no gap" if not groups else "broken gap")
    draft.answer = groups or None


def _full(draft: Draft, body: str) -> list[str]:
    """The answers that earn all marks."""
    found = []
    for match in _ANSWER.finditer(body):
        text = re.sub(r"\\([^*])", r"\1", match[3]).strip()
        weight = 100.0 if match[2] else float(match[1] or 0)
        if 0 < weight < 100:
            draft.doubt("weights-unclear")
        if weight >= 100:
            found.append(text.replace("\\*", "*"))
            if re.search(r"(?<!\\)\*", text):
                draft.doubt("wildcard")
    return found
