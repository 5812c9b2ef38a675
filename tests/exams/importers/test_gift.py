"""GIFT, with all of its forms; weights that do not say clearly what is right are for a person."""

import pytest

from exams.importers.gift import read_gift
from tests.exams.importers.test_csv import told


def read(text):
    return told(read_gift(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("谁守信？{=甲 ~乙 ~丙}", ("single", "谁守信？", "A:甲 B:乙 C:丙", ["A"], ())),
        ("谁守信？{~甲#错 =乙#对\n~丙}", ("single", "谁守信？", "A:甲 B:乙 C:丙", ["B"], ())),
        ("谁守信？{~%50%甲 ~%50%乙 ~%-100%丙}", ("multiple", "谁守信？", "A:甲 B:乙 C:丙", ["A", "B"], ())),
        (
            "谁？{~%33.33333%甲 ~%33.33333%乙 ~%33.33333%丙 ~丁}",
            ("multiple", "谁？", "A:甲 B:乙 C:丙 D:丁", ["A", "B", "C"], ()),
        ),
        ("谁？{~%100%甲 ~%-100%乙}", ("multiple", "谁？", "A:甲 B:乙", ["A"], ())),
        ("谁？{=甲~乙}", ("single", "谁？", "A:甲 B:乙", ["A"], ())),
        ("天是蓝的。{T}", ("true_false", "天是蓝的。", "", True, ())),
        ("天是绿的。{FALSE#错#对}", ("true_false", "天是绿的。", "", False, ())),
        ("首都是{=北京 =%100%北京市 =%0%*}。", ("blank", "首都是_____。", "", [["北京", "北京市"]], ())),
        ("首都是哪里？{=北京}.", ("blank", "首都是哪里？", "", [["北京"]], ())),
        ("连一连{=甲 -> 1\n=乙 -> 2\n= -> 3}", ("matching", "连一连", "", [["甲", "1"], ["乙", "2"]], ())),
        ("排一排{>ALL\n先\n中\n后\n}", ("ordering", "排一排", "A:先 B:中 C:后", ["先", "中", "后"], ())),
        ("谈谈诚信。{}", ("short", "谈谈诚信。", "", None, ())),
        ("他是{~守信 =失信}的人。", ("single", "他是_____的人。", "A:守信 B:失信", ["B"], ())),
        (r"几何\: \{a\=b\}{=\~1 ~\#2 ~\\3}", ("single", "几何: {a=b}", "A:~1 B:#2 C:\\3", ["A"], ())),
        (r"一行\n二行{=甲 ~乙}", ("single", "一行\n二行", "A:甲 B:乙", ["A"], ())),
        (
            "[html]<p>10<sup>2</sup>&nbsp;是</p>{=<b>100</b> ~[plain]<b>}",
            ("single", "10² 是", "A:100 B:<b>", ["A"], ()),
        ),
        ("[markdown]**诚信**{=甲 ~乙}", ("single", "诚信", "A:甲 B:乙", ["A"], ())),
    ],
)
def test_forms_that_are_clear(text, expected):
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("谁？{=甲 ~%50%乙 ~丙}", ("weights-unclear",)),
        ("谁？{=甲 =乙 ~丙}", ("several-full-marks",)),
        ("谁？{~%50%甲 ~%30%乙 ~丙}", ("weights-unclear",)),
        ("谁？{~甲 ~乙}", ("key-missing",)),
        ("谁？{=甲 ~甲}", ("options-alike: A=B",)),
        (
            "x？{=x=1 ~x=2}",
            ("unescaped-sign", "several-full-marks", "options-alike: A=C"),
        ),
        ("首都{=北京 =%50%南京}", ("weights-unclear",)),
        ("首都{=北*}", ("wildcard",)),
        ("多少？{#3:2}", ("numerical",)),
        ("谁？{=甲 ~乙", ("unbalanced-braces", "type-unknown")),
        ("甲{=1 ~2}乙{=3 ~4}", ("several-answer-sections",)),
        ("图[html]{=甲 ~乙}", ()),
        ('[html]<img src\\="a.png" alt\\="章">看图{=甲 ~乙}', ("picture: a.png",)),
        ("[html]<table><tr><td>1</td></tr></table>{=甲 ~乙}", ("html-lost: table",)),
    ],
)
def test_forms_that_are_not(text, reasons):
    assert [reason for *_, reason in read(text)] == [reasons]


def test_a_text_without_answers_is_no_question():
    block = read_gift("::说明::本卷共两题。")[0]
    assert (block.status, block.reasons) == ("reject", ("not-a-question: 说明",))


def test_categories_numbers_tags_feedback_and_lines():
    blocks = read_gift(
        "$CATEGORY: $course$/top/第一章\n\n// 注释\n// question: 7 [id:Q-\\]1] [tag:合同] [tag:信用]\n"
        "::一::对吗？{T####因为守信。}\n\n\n二{=甲 ~乙\n####[html]<i>见</i>第二条}\n三{F}\n"
    )
    assert [(b.line, b.line_end, b.stem, b.chapter, b.number, b.points, b.explanation) for b in blocks] == [
        (5, 5, "对吗？", "第一章", "Q-]1", ("合同", "信用"), "因为守信。"),
        (8, 9, "二", "第一章", "", (), "见第二条"),
        (10, 10, "三", "第一章", "", (), None),
    ]


def test_an_empty_line_inside_the_answers_does_not_end_the_question():
    assert read("谁？{\n=甲\n\n~乙\n}\n\n对吗？{T}") == [
        ("single", "谁？", "A:甲 B:乙", ["A"], ()),
        ("true_false", "对吗？", "", True, ()),
    ]
