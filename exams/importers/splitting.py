"""Cut a text into questions, key lists and what is neither. Pure Python."""

import re

from exams.importers.chunks import (
    ABOVE,
    BRACKET,
    CASE,
    GLUED,
    LONE_TYPE,
    OPTION_LINE,
    Chunk,
    Section,
    Zone,
    body_of,
    line_labels,
)
from exams.importers.keylists import ENTRY_ONLY, is_key_line, is_zone_head
from exams.importers.noise import STRAY
from exams.importers.normalise import Line
from exams.importers.numbering import Number, han_number_at, number_at
from exams.importers.sequence import Sequence
from exams.importers.wording import (
    ANSWER,
    CHAPTER,
    EXPLAIN,
    INSTRUCTION,
    INSTRUCTION_HEAD,
    KIND,
    MATERIAL_RANGE,
    MINE,
    STEM,
    TYPE_TAG,
    labels_in,
    section_of,
)


class Cutter(Sequence):
    """Walks over the lines once and collects chunks and key lists."""

    # -- walking ----------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Cut everything."""
        for index, line in enumerate(self.lines):
            if index in self.noise:
                if self.noise[index] == STRAY and self.current:
                    self.current.reasons.append("repeated-line")
                continue
            if line.empty:
                self.blank_before = True
                if self.current:
                    self.current.lines.append(line)
                continue
            self._line(index, line)
            self.blank_before = False
        self._close()

    def _line(self, index: int, line: Line) -> None:
        if self.zone is not None and self._in_zone(index, line):
            self.zone.lines.append(line)
            return
        if self._zone_begins(index, line):
            self._close()
            self.zone = Zone([line], self.scope)
            self.zones.append(self.zone)
            return
        if index in self.sections:
            if self._own_tag(index, line):
                return
            self._open_section(self.sections[index], line)
            return
        if self._is_heading(index, line):
            return
        place = self.at.get(index)
        if place is not None and self.candidates[place].number.form != "section" and self._starts(place):
            self._open(index, line, self.candidates[place].number)
            return
        if place is not None and self.candidates[place].number.form != "section":
            self.part = self.candidates[place].number.value
        self._text(index, line)

    def _own_tag(self, index: int, line: Line) -> bool:
        """A line `单选题` right below a number belongs to that question alone."""
        current = self.current
        if current is None or current.bodied or not LONE_TYPE.fullmatch(line.flat) or current.number is None:
            return False
        alone = len(current.lines) == 1 and not current.lines[0].flat[current.number.end :].strip()
        if not alone and (self.blank_before or line.flat.strip()[:1] not in "([【"):
            return False
        after = next((i for i in range(index + 1, min(index + 4, len(self.lines))) if not self.lines[i].empty), None)
        if after is None or after in self.at:
            return False
        current.lines.append(line)
        return True

    def _open_section(self, kind: str, line: Line) -> None:
        self._close()
        self.below_material = 0
        self.section = Section(kind, line.flat.strip(), False, self.section.order + 1)
        self.restart = True
        self.form = None

    def _is_heading(self, index: int, line: Line) -> bool:
        """Chapters and heads without a type: they allow the numbers to begin again."""
        flat = line.flat.strip().strip("#* ")
        short = len(flat) <= 40 and not re.search(r"[?。;,]|[(\[【][ ]*[)\]】]|_{2,}", flat)
        if INSTRUCTION_HEAD.search(flat) and len(flat) <= 16 and index not in self.at:
            self._close()
            self.section = Section(None, flat, False, self.section.order + 1, instructions=True)
            self.restart, self.form = True, None
            return True
        han = han_number_at(line.flat)
        if (
            not short
            or index in self.at
            or line_labels(line)
            or (self.current is not None and not self.current.bodied and not han)
        ):
            return False
        if (
            CHAPTER.match(flat)
            or (line.flat.lstrip().startswith("#") and not number_at(line.flat))
            or (han and self._heads(index))
        ):
            self._close()
            self.section = Section(self.section.type, flat, True, self.section.order + 1)
            self.restart, self.form = True, None
            return True
        return False

    def _heads(self, index: int) -> bool:
        """The next line is a number or a head: then this one is a head, too."""
        after = next((i for i in range(index + 1, min(index + 6, len(self.lines))) if not self.lines[i].empty), None)
        return after is not None and (after in self.at or after in self.sections)

    def _open(self, index: int, line: Line, number: Number) -> None:
        scenario = self.current if self.current and self.current.material and not self.restart else None
        if scenario is not None:
            scenario.lines.append(line)
            scenario.parts = True
            self.sequence = number.value
            return
        twice = self.sequence is not None and not self.restart and 1 < number.value <= self.steady
        if twice and self.current:
            self.current.reasons.append("number-twice")
        self._close()
        self.part = 0
        self.current = Chunk([line], self.section, number, self.scope, ["number-twice"] if twice else [])
        near = 0 < number.value - self.steady <= 3
        if self.restart or near or self._expected(number) or number.value == 1 or self.sequence is None:
            self.steady = number.value
        self.sequence, self.restart = number.value, False
        if self.form is None or number.form != "bare":
            self.form = number.form
        if self.below_material and (self.below_material == 1 or ABOVE.search(line.flat)):
            self.current.reasons.append("material-above")
            self.below_material += 1
        self._note(line)

    def _text(self, index: int, line: Line) -> None:
        current = self.current
        shared = MATERIAL_RANGE.search(line.flat)
        if shared and (current is None or current.bodied) and int(shared[1]) < int(shared[2]):
            self._close()
            self.current = Chunk([line], self.section, None, self.scope, span=(int(shared[1]), int(shared[2])))
            return
        if self._opens_case(index, line, current):
            self._close()
            self.current = Chunk([line], self.section, None, self.scope, material=True)
            self.restart = False
            return
        if CASE.match(line.flat) and not line_labels(line) and (current is None or current.bodied):
            self._close()
            self.current = Chunk([line], self.section, None, self.scope, reasons=["material-apart"])
            self.below_material = 1
            return
        if current is None or self._unnumbered(index, line, current):
            doubts = self._lost_number(current)
            self._close()
            self.current = Chunk([line], self.section, None, self.scope, reasons=doubts)
            self._note(line)
            return
        current.lines.append(line)
        self._note(line)

    def _opens_case(self, index: int, line: Line, current: Chunk | None) -> bool:
        """The material of a case begins: its head, or in a section of cases any text that numbered questions follow."""
        if index in self.at or line_labels(line) or OPTION_LINE.match(line.flat):
            return False
        of_cases = self.section.type == "scenario"
        after = next((place for place in self.at if place > index), None)
        leads = after is not None and self.candidates[self.at[after]].number.value == 1
        headed = CASE.match(line.flat) is not None
        if (headed and (of_cases or leads)) or (of_cases and han_number_at(line.flat)):
            return current is None or current.bodied or (current.material and current.parts)
        return of_cases and leads and (current is None or (current.material and current.bodied and self.blank_before))

    def _lost_number(self, current: Chunk | None) -> list[str]:
        """Between numbered questions one without a number is doubtful, and so is where the one before ends."""
        if current is None or current.number is None or not current.bodied:
            return []
        last = next((line for line in reversed(current.lines) if not line.empty), None)
        if last is not None and current.answered and not line_labels(last) and not OPTION_LINE.match(last.flat):
            current.reasons.append("text-after-key")
        return ["number-missing"]

    def _note(self, line: Line) -> None:
        current = self.current
        if current is None:
            return
        option = OPTION_LINE.match(line.flat)
        if (option and (option["boxed"] or option["letter"]).upper() == "A") or GLUED.search(line.flat):
            current.options = True
        if any(kind in (ANSWER, MINE, EXPLAIN) for _, _, kind, _ in line_labels(line)):
            current.answered = True

    def _unnumbered(self, index: int, line: Line, current: Chunk) -> bool:
        """A question without a number begins: after a finished one, where options or a key follow."""
        labels = line_labels(line)
        if current.material or current.span:
            return False
        if labels and labels[0][0] == 0 and labels[0][2] in (STEM, KIND):
            return current.bodied
        if labels or OPTION_LINE.match(line.flat) or index in self.at:
            return False
        if current.number is None and not current.bodied:
            return self.blank_before and not self._leads_on(index)
        if not current.bodied and not self.blank_before:
            return False
        if not self.blank_before and not (current.answered and self._followed_by_options(index, 1)):
            return False
        if not current.answered and not current.options:
            return False
        return self._followed_by_options(index, 4) or (current.number is None and self._leads_on(index))

    def _followed_by_options(self, index: int, within: int) -> bool:
        for later in range(index + 1, min(index + 1 + within, len(self.lines))):
            if later in self.at or later in self.sections:
                return False
            option = OPTION_LINE.match(self.lines[later].flat)
            if option:
                return (option["boxed"] or option["letter"]).upper() == "A"
            if line_labels(self.lines[later]):
                return False
        return False

    def _leads_on(self, index: int) -> bool:
        """Options or a key follow before the next blank line or number."""
        for later in range(index, min(index + 30, len(self.lines))):
            line = self.lines[later]
            if line.empty or (later > index and later in self.at):
                return False
            if body_of(line) == 2:
                return True
        return bool(BRACKET.search(self.lines[index].flat))

    # -- lists of keys ----------------------------------------------------------------------------------------

    def _zone_begins(self, index: int, line: Line) -> bool:
        if not self.chunks and self.current is None:
            return False
        if self.current is not None and not self.current.answered and self._of_parts(self.current):
            return False
        if is_key_line(line.flat):
            return True
        if ENTRY_ONLY.fullmatch(line.flat):
            following = self._next_lines(index)
            return len(following) >= 2 and all(ENTRY_ONLY.fullmatch(other.flat) for other in following[:2])
        if not is_zone_head(line.flat) or not (following := self._next_lines(index)):
            return False
        return self._zone_follows(line, following[0], index)

    def _next_lines(self, index: int) -> list[Line]:
        later = range(index + 1, min(index + 6, len(self.lines)))
        return [self.lines[i] for i in later if not self.lines[i].empty and i not in self.noise]

    def _zone_follows(self, line: Line, after: Line, index: int) -> bool:
        """A head like 参考答案 heads a list when a list follows, and no key of this one question."""
        if is_key_line(after.flat) or ENTRY_ONLY.fullmatch(after.flat) or section_of(after.flat):
            return True
        number = number_at(after.flat)
        labelled = (
            any(kind in (ANSWER, EXPLAIN) for _, _, kind, _ in labels_in(after.flat[number.end :], False))
            if number
            else False
        )
        if number and labelled:
            return True
        scope = [c for c in self.chunks if c.scope == self.scope] + ([self.current] if self.current else [])
        return bool(number and number.value == 1 and len(scope) > 1 and not any(c.answered for c in scope))

    def _in_zone(self, index: int, line: Line) -> bool:
        """Whether the list of keys goes on; a section or chapter whose questions come now ends it."""
        ends = False
        if index in self.at and not is_key_line(line.flat) and BRACKET.search(line.flat):
            ends = self._followed_by_options(index, 1) or GLUED.search(line.flat) is not None
        elif index in self.sections:
            known = any(c.scope == self.scope and c.section.type == self.sections[index] for c in self.chunks)
            ends = not known or self._opens_questions(index)
        elif CHAPTER.match(line.flat) and len(line.flat) <= 60:
            ends = self._opens_questions(index)
        if ends:
            self._end_zone()
        return not ends

    def _opens_questions(self, index: int) -> bool:
        """Lines with options stand between this head and the next."""
        letters = set()
        for later in range(index + 1, min(index + 60, len(self.lines))):
            if later in self.sections or is_zone_head(self.lines[later].flat):
                break
            if is_key_line(self.lines[later].flat):
                return False
            option = OPTION_LINE.match(self.lines[later].flat)
            if option:
                letters.add((option["boxed"] or option["letter"]).upper())
            if GLUED.search(self.lines[later].flat):
                return True
        return {"A", "B"} <= letters

    def _end_zone(self) -> None:
        self.zone = None
        self.scope += 1
        self.sequence, self.restart, self.form = None, True, None

    def _close(self) -> None:
        if self.current is not None:
            while self.current.lines and self.current.lines[-1].empty:
                self.current.lines.pop()
            self._judge(self.current)
            self.chunks.append(self.current)
        self.current = None

    def _judge(self, chunk: Chunk) -> None:
        """Instructions and cover text are no questions."""
        words = " ".join(line.flat for line in chunk.lines[:6])
        if chunk.bodied or chunk.material or chunk.span or "material-apart" in chunk.reasons:
            return
        if chunk.number is None and INSTRUCTION.search(words):
            chunk.rejected = "instructions"
            return
        if (chunk.section.instructions and (INSTRUCTION.search(words) or not BRACKET.search(words))) or (
            chunk.section.type is None and INSTRUCTION.search(words) and not BRACKET.search(words)
        ):
            chunk.rejected = "instructions"
        elif chunk.number is None and not BRACKET.search(words) and not TYPE_TAG.search(words):
            chunk.rejected = "no-question"
