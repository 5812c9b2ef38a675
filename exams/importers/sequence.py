"""Which lines that begin with a number begin a question. Pure Python.

Numbers are believed by sequence: a line that begins with a number starts a question when the number is the next one, or
when what follows is built like a question. Everything else that begins with a number is a part of what went before.
"""

from exams.importers.chunks import OPTION_LINE, Candidate, Chunk, Section, Zone, body_of
from exams.importers.noise import noise_of
from exams.importers.normalise import Line
from exams.importers.numbering import Number, dotted_numbers, number_at
from exams.importers.wording import (
    TYPE_TAG,
    section_of,
    type_named,
)


class Sequence:
    """Knows the numbered lines of a text and decides about each while the cutter walks."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.noise = noise_of(lines)
        self.sections = {
            i: kind
            for i, line in enumerate(lines)
            if i not in self.noise and not line.empty and (kind := section_of(line.flat)) and not self._tagged(i)
        }
        self.dotted = dotted_numbers([line.flat for line in lines])
        self.candidates = self._candidates()
        self.at = {c.index: place for place, c in enumerate(self.candidates)}
        self.bodied_after = self._bodied_after()
        self.chunks: list[Chunk] = []
        self.zones: list[Zone] = []
        self.section = Section()
        self.sequence: int | None = None
        self.steady = 0
        self.restart = True
        self.form: str | None = None
        self.scope = 0
        self.current: Chunk | None = None
        self.zone: Zone | None = None
        self.blank_before = True
        self.part = 0
        self.below_material = 0

    def _tagged(self, index: int) -> bool:
        """`诚信的含义是（多选题）` with options right below: a question and its tag, no head."""
        if not TYPE_TAG.search(self.lines[index].flat):
            return False
        below = next((line for line in self.lines[index + 1 : index + 4] if not line.empty), None)
        option = OPTION_LINE.match(below.flat) if below else None
        return option is not None and (option["boxed"] or option["letter"]).upper() == "A"

    # -- preparation ------------------------------------------------------------------------------------------

    def _candidates(self) -> list[Candidate]:
        found: list[Candidate] = []
        strong = Candidate(-1, Number(-1, "section", False, 0))
        for index, line in enumerate(self.lines):
            if index in self.noise or line.empty:
                continue
            number = None if index in self.sections else self.dotted.get(index) or number_at(line.flat)
            if number:
                found.append(Candidate(index, number))
            elif index in self.sections:
                found.append(Candidate(index, Number(-1, "section", False, 0)))
            if found and index not in self.sections:
                shown = body_of(line)
                strong = strong if found[-1].number.weak else found[-1]
                for candidate in (found[-1], strong):
                    candidate.body = max(candidate.body, shown)
        return found

    def _bodied_after(self) -> list[int]:
        """For every candidate the place of the next one that has a body, or of a section head."""
        after, last = [0] * len(self.candidates), len(self.candidates)
        for place in range(len(self.candidates) - 1, -1, -1):
            after[place] = last
            candidate = self.candidates[place]
            if candidate.body or candidate.number.form == "section":
                last = place
        return after

    # -- decisions --------------------------------------------------------------------------------------------

    def _comes_again(self, place: int) -> bool:
        """The same number stands again a little later with a body, before the next number does."""
        candidate = self.candidates[place]
        for later in self.candidates[place + 1 : place + 9]:
            if later.number.form == "section":
                return False
            if later.number.weak and not candidate.number.weak:
                continue
            if (
                later.number.value == candidate.number.value
                and later.body
                and later.number.form == candidate.number.form
            ):
                return True
            if later.number.value == candidate.number.value + 1 and later.body >= 2:
                return False
        return False

    def _neighbour(self, place: int) -> bool:
        """The next number that has a body is the following one."""
        after = self.bodied_after[place]
        return (
            after < len(self.candidates)
            and self.candidates[after].number.value == self.candidates[place].number.value + 1
        )

    def _starts(self, place: int) -> bool:
        """Whether a candidate begins a question."""
        candidate = self.candidates[place]
        number, current = candidate.number, self.current
        if self._is_part(candidate):
            return False
        if current is not None and not current.answered and number.value == self.part + 1 and self._of_parts(current):
            return False
        expected = self._expected(number)
        first = self.restart and (number.value == 1 or self.sequence is None)
        if number.weak:
            return self._weak_starts(place, expected, first)
        if current is not None and current.answered and not candidate.body and number.value == self.part + 1:
            # A list "1. … 2. …" inside an answer or explanation goes on.
            return self.section.type not in (None, "short", "scenario") and number.value == 1 and first
        if expected or first:
            inside = current is not None and (current.answered or not candidate.body)
            if inside and candidate.body < 2 and not first:
                return not self._comes_again(place)
            return True
        if current is None:
            return True
        if self.section.instructions and number.value == 1:
            return candidate.body > 0
        return candidate.body == 2 or (candidate.body == 1 and number.value == 1)

    def _expected(self, number: Number) -> bool:
        """The next number, after the last one or after the last one that was in order."""
        return self.sequence is not None and number.value in (self.sequence + 1, self.steady + 1)

    def _weak_starts(self, place: int, expected: bool, first: bool) -> bool:
        candidate = self.candidates[place]
        if candidate.number.form == "bare":
            if not (expected or (first and candidate.number.value == 1)) or self._comes_again(place):
                return False
            return bool(candidate.body) and (self.form in (None, "bare"))
        if expected or (first and candidate.number.value == 1):
            return candidate.body > 0 and not self._comes_again(place)
        return bool(candidate.body) and first and self._neighbour(place)

    @staticmethod
    def _of_parts(current: Chunk) -> bool:
        """Matching and ordering list their parts by numbers."""
        tag = TYPE_TAG.search(current.lines[0].flat)
        kind = type_named(tag["word"]) if tag else current.section.type
        return kind in ("matching", "ordering")

    def _is_part(self, candidate: Candidate) -> bool:
        """Numbers in another style than the questions' are points inside a question."""
        number, current = candidate.number, self.current
        if current is None or self.form is None or number.form == self.form:
            return False
        if current.answered and candidate.body == 2 and number.form != "paren" and self._expected(number):
            return False
        ranks = {"word": 0, "hash": 0, "square": 1, "dot": 1, "bare": 1, "paren": 2}
        return ranks[number.form] > ranks[self.form]
