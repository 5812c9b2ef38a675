"""Word files: what stands in automatic numbers, tables and emphasis; and files that are refused."""

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.importers.blocks import Block, Unreadable
from exams.importers.docx import read_docx
from exams.importers.docx_numbers import han, roman, written
from tests.exams.importers.documents import docx, level, numbering, paragraph, run, table
from tests.exams.importers.safety import assert_safe

BOLD, RED, LINE = "<w:b/>", '<w:color w:val="FF0000"/>', '<w:u w:val="single"/>'
LISTS = numbering((level(0, "decimal", "%1."), level(1, "upperLetter", "%2.")), (level(0, "chineseCounting", "%1、"),))


def short(blocks: list[Block]) -> list[tuple]:
    return [(b.status, b.type, b.stem, [text for _, text in b.options], b.answer) for b in blocks]


def choice(stem: str, *options: str) -> list[str]:
    return [paragraph(stem), *[option if option.startswith("<w:p>") else paragraph(option) for option in options]]


def test_automatic_numbers_and_letters_are_counted_as_word_counts_them() -> None:
    blocks = [
        paragraph("单选题", number=(2, 0)),
        paragraph("诚信是（ ）", number=(1, 0)),
        paragraph("美德", number=(1, 1)),
        paragraph("陋习", number=(1, 1)),
        paragraph("答案：A"),
        paragraph("失信是（ ）", number=(1, 0)),
        paragraph("美德", number=(1, 1)),
        paragraph("陋习", number=(1, 1)),
        paragraph("答案：B"),
        paragraph("判断题", number=(2, 0)),
        paragraph("诚信光荣。（√）", number=(1, 0)),
    ]
    found = read_docx(docx(*blocks, parts={"word/numbering.xml": LISTS}))
    assert short(found) == [
        ("accept", "single", "诚信是（ ）", ["美德", "陋习"], ["A"]),
        ("accept", "single", "失信是（ ）", ["美德", "陋习"], ["B"]),
        ("accept", "true_false", "诚信光荣。", [], True),
    ]
    assert [block.number for block in found] == ["1", "2", "3"]


@pytest.mark.parametrize("emphasis", [BOLD, RED, '<w:highlight w:val="yellow"/>'])
def test_emphasised_options_are_the_key_when_every_question_keeps_to_it(emphasis: str) -> None:
    blocks = [
        *choice("1. 守信是（ ）", "A. 陋习", paragraph(run("B. 美德", emphasis))),
        *choice("2. 失信包括（ ）", paragraph(run("A. 造假", emphasis), "\t", run("B. 违约", emphasis), "\tC. 履约")),
    ]
    assert short(read_docx(docx(*blocks))) == [
        ("accept", "single", "守信是（ ）", ["陋习", "美德"], ["B"]),
        ("accept", "multiple", "失信包括（ ）", ["造假", "违约", "履约"], ["A", "B"]),
    ]


def test_emphasis_that_is_not_kept_to_is_no_key() -> None:
    blocks = [
        *choice("1. 守信是（ ）", "A. 陋习", paragraph(run("B. 美德", BOLD))),
        *choice("2. 失信是（ ）", "A. 陋习", "B. 美德"),
    ]
    found = read_docx(docx(*blocks))
    assert [block.status for block in found] == ["review", "review"]
    assert all("emphasis-inconsistent" in block.reasons for block in found)


def test_emphasis_against_a_written_key_makes_all_doubtful() -> None:
    blocks = [
        *choice("1. 守信是（ ）", "A. 陋习", paragraph(run("B. 美德", BOLD))),
        *choice("2. 失信是（ ）", paragraph(run("A. 美德", BOLD)), "B. 陋习", "答案：B"),
    ]
    found = read_docx(docx(*blocks))
    assert [block.status for block in found] == ["review", "review"]
    assert found[1].reasons == ("emphasis-differs",)


def test_underlined_words_are_fillings_and_underlined_blanks_are_blanks() -> None:
    blocks = [
        paragraph("一、填空题"),
        paragraph("1. 诚信是", run("公民", LINE), "的准则。"),
        paragraph("2. 守信者受", run("      ", LINE), "。"),
        paragraph("答案：激励"),
    ]
    assert short(read_docx(docx(*blocks))) == [
        ("accept", "blank", "诚信是____的准则。", [], [["公民"]]),
        ("accept", "blank", "守信者受____。", [], [["激励"]]),
    ]


def test_a_table_with_a_header_is_read_by_its_columns_and_a_table_of_keys_as_keys() -> None:
    questions = table(("题型", "题干", "选项A", "选项B", "答案"), ("单选", "守信是（ ）", "美德", "陋习", "A"))
    keys = table(("题号", "1", "2"), ("答案", "A", "B"))
    blocks = [*choice("1. 履约是（ ）", "A. 守信", "B. 失信"), *choice("2. 违约是（ ）", "A. 守信", "B. 失信")]
    found = read_docx(docx(questions, *blocks, paragraph("参考答案"), keys))
    assert [(block.status, block.stem, block.answer) for block in found] == [
        ("accept", "守信是（ ）", ["A"]),
        ("accept", "履约是（ ）", ["A"]),
        ("accept", "违约是（ ）", ["B"]),
    ]


def test_a_question_with_a_picture_is_for_review() -> None:
    picture = "<w:r><w:drawing/></w:r>"
    found = read_docx(
        docx(
            paragraph("1. 图中标志表示（ ）", picture), paragraph("A. 守信"), paragraph("B. 失信"), paragraph("答案：A")
        )
    )
    assert (found[0].status, found[0].reasons) == ("review", ("picture",))
    assert found[0].stem == "图中标志表示（ ）"
    assert "\ue004" not in json.dumps([block.raw for block in found], ensure_ascii=False)


def test_hidden_and_deleted_text_is_not_read_and_line_breaks_are_lines() -> None:
    hidden = run("（答案为A）", "<w:vanish/>")
    deleted = "<w:del><w:r><w:t>旧</w:t></w:r></w:del>"
    found = read_docx(docx(paragraph("1. 守信是（ ）\nA. 美德\tB. 陋习\n答案：A", hidden, deleted)))
    assert short(found) == [("accept", "single", "守信是（ ）", ["美德", "陋习"], ["A"])]
    assert found[0].line == 1


def test_numbers_are_written_in_every_format() -> None:
    assert [han(n) for n in (1, 10, 11, 20, 35)] == ["一", "十", "十一", "二十", "三十五"]
    assert [roman(n) for n in (1, 4, 9, 14, 1999)] == ["I", "IV", "IX", "XIV", "MCMXCIX"]
    assert [written(2, form) for form in ("decimal", "upperLetter", "lowerLetter", "lowerRoman")] == [
        "2",
        "B",
        "b",
        "ii",
    ]
    assert written(3, "decimalEnclosedCircle") == "③"


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 70_000_000)
    return file.getvalue()


def members(count: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}", b"")
    return file.getvalue()


def encrypted() -> bytes:
    data = bytearray(docx(paragraph("1. 守信")))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-zip"),
        (b"text", "not-zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old-word"),
        (docx("")[:-20], "not-zip"),
        (members(1), "not-docx"),
        (members(5001), "too-large"),
        (bomb(), "too-large"),
        (encrypted(), "encrypted"),
        (docx("<w:p>"), "xml"),
        (docx("", head='<!DOCTYPE w [<!ENTITY a "b">]>'), "xml"),
    ],
    ids=["empty", "text", "old", "cut", "no-document", "members", "bomb", "encrypted", "broken", "entities"],
)
def test_what_is_no_sound_word_file_is_refused_with_a_code(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_docx(data)
    assert refused.value.code == code


def test_deep_nesting_does_not_exhaust_the_stack() -> None:
    deep = "<w:sdt>" * 3000 + paragraph("1. 守信光荣。（√）") + "</w:sdt>" * 3000
    assert [block.answer for block in read_docx(docx(deep))] == [True]


GOOD = docx(*choice("1. 守信是（ ）", "A. 美德", "B. 陋习", "答案：A"), parts={"word/numbering.xml": LISTS})


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_damaged_files_are_read_or_refused_but_never_crash(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for place, byte in changes:
        data[place] = byte
    try:
        blocks = read_docx(bytes(data))
    except Unreadable:
        return
    for block in blocks:
        assert_safe(block)
