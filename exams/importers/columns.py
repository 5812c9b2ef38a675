"""Which column of a table means what, read from its header, never from its place. Pure Python."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from exams.importers.drafts import LETTERS
from exams.importers.normalise import tidy
from exams.importers.vocabulary import HEADERS, by_word

_STRONG = ("题干", "stem", "questiontext", "试题题干", "题目题干", "题干内容", "试题内容", "题目内容", "content")
_WEAK = ("标题", "内容", "正文", "title", "body", "item", "text", "题目名称", "试题名称", "题目标题")
VERBATIM = "原样"  # our own export says so beside 题干: nothing there is a number, a tag or a key
_NOT_THE_KEY = re.compile("我的|你的|您的|考生|学生|学员|作答|用户|提交|your|user|student|given")
_FIELD = by_word(HEADERS)
_PARTIAL = {  # ends that decide where the whole header is no known word
    "explanation": ("解析", "详解"),
    "answer": ("答案",),
    "stem": ("题干", "题目内容", "试题内容"),
    "points": ("知识点",),
    "difficulty": ("难度",),
    "type": ("题型",),
    "score": ("分值",),
}
_NUMBERED = re.compile(
    r"(?:(?:备选|候选|可选)?选项|备选项|备选答案|候选答案|候选项|答案选项|选择|option|choice|opt|alternative|answer|答案|选)"
    r"(?:text|content)?(\d{1,2}|[a-z]|[一二三四五六七八九十])(?:text|content|内容|选项)?"
)
_LETTERED = re.compile(r"([a-z])(?:选项|项|答案|option|choice)?")
_FLAG = re.compile(
    r"(?:is)?(?:correct|right|正确|是否正确|答案正确)(\d{1,2}|[a-z])|"
    r"(?:option|choice|选项|answer)(\d{1,2}|[a-z])(?:is)?(?:correct|right|正确|是否正确|是否为正确答案)"
)
LONGEST = 60  # characters of a header
_CHINESE = "一二三四五六七八九十"
_NOTE = re.compile(r"[(（\[【<《{].*?[)）\]】>》}]|[*＊:：?？!！\"'“”]|必填|选填|可选(?!项)|非必填", re.S)


@dataclass(slots=True)
class Mapping:
    """Column numbers by meaning. `options` and `flags` are by option place (0 = A); `notes` are header brackets."""

    columns: dict[str, list[int]] = field(default_factory=dict)
    options: dict[int, int] = field(default_factory=dict)
    flags: dict[int, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)
    numbered: bool = False  # the option columns are numbered, so a key may be a number
    width: int = 0
    rank: int = 0  # how sure the stem's name is

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    @property
    def usable(self) -> bool:
        """Whether it can be the header of a table of questions: a stem and something to answer with."""
        return "stem" in self.columns and bool(
            self.columns.keys() & {"answer", "type", "options"} or self.options or self.flags
        )

    @property
    def verbatim(self) -> bool:
        """Whether the table is our own export."""
        return self.notes.get("stem") == VERBATIM

    @property
    def score(self) -> int:
        """How many columns are understood."""
        return sum(map(len, self.columns.values())) + len(self.options) + len(self.flags)


def _fold(header: str) -> str:
    plain = unicodedata.normalize("NFKC", _NOTE.sub("", tidy(header))).casefold()
    return re.sub(r"[\s_\-—./、,，;；|]+", "", plain)


def _place(mark: str) -> int:
    """Place of an option: a, 1 and 一 are the first."""
    if mark in _CHINESE:
        return _CHINESE.index(mark)
    return int(mark) - 1 if mark.isdigit() else LETTERS.index(mark.upper())


def _meanings(header: str) -> Iterator[tuple[str, str]]:
    """What a header may mean, best first: (field, option mark or "")."""
    if not header.strip() or len(header) > LONGEST:
        return
    name = _fold(header)
    if name in _FIELD:
        yield _FIELD[name], ""
        return
    flag = _FLAG.fullmatch(name)
    if flag:
        yield "flag", flag[1] or flag[2]
        return
    option = _NUMBERED.fullmatch(name) or _LETTERED.fullmatch(name)
    if option:
        yield "option", option[1]
        return
    for meaning, ends in _PARTIAL.items():
        if name.endswith(ends) and len(name) <= 10 and not _NOT_THE_KEY.search(name):
            yield meaning, ""
            return


def map_header(headers: Sequence[str]) -> Mapping:
    """Understand a header row. Of two columns that claim to be the stem the better name wins (题干 before 标题); two
    key columns are both kept, and the reader compares them. What it does not know stays `unknown`, never guessed.
    """
    found = Mapping(width=len(headers))
    zero = any(mark == "0" for header in headers for meaning, mark in _meanings(header) if meaning == "option")
    for column, header in enumerate(headers):
        for meaning, mark in _meanings(header):
            _note(found, column, header, meaning, mark, zero)
            break
        else:
            if header.strip():
                found.unknown.append(column)
    return found


def _rank(header: str) -> int:
    name = _fold(header)
    return 2 if name in _STRONG else 0 if name in _WEAK else 1


def _note(found: Mapping, column: int, header: str, meaning: str, mark: str, zero: bool) -> None:
    if meaning in ("option", "flag"):
        place = _place(mark) + (1 if zero and mark.isdigit() else 0)
        places = found.options if meaning == "option" else found.flags
        if place in places or not 0 <= place < len(LETTERS):
            found.unknown.append(column)
            return
        places[place] = column
        found.numbered = found.numbered or not mark.isalpha() or mark in _CHINESE
        return
    if meaning == "stem" and meaning in found.columns:
        loser = column if _rank(header) <= found.rank else found.columns["stem"].pop()
        found.unknown.append(loser)
        if loser == column:
            return
    several = meaning in ("points", "chapter", "ignored", "explanation", "source", "pictures", "answer", "stem")
    if meaning in found.columns and not several:
        found.unknown.append(column)
        return
    if meaning == "stem":
        found.rank = _rank(header)
    found.columns.setdefault(meaning, []).append(column)
    bracket = re.search(r"[(（\[【](.*)[)）\]】]", header, re.S)
    if bracket:
        found.notes[meaning] = bracket[1]
