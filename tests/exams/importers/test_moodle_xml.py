"""Moodle XML: what is proven is taken, the rest is shown."""

import pytest

from exams.importers.blocks import Unreadable
from exams.importers.moodle_xml import read_moodle_xml
from tests.exams.importers.test_csv import told


def quiz(*questions):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>").encode()


def question(kind, stem, *parts):
    return (
        f'<question type="{kind}"><name><text>名</text></name>'
        f'<questiontext format="html"><text><![CDATA[{stem}]]></text></questiontext>'
        f"{''.join(parts)}</question>"
    )


def answer(weight, text, form="html"):
    return f'<answer fraction="{weight}" format="{form}"><text><![CDATA[{text}]]></text></answer>'


SINGLE, SEVERAL = "<single>true</single>", "<single>false</single>"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            question("multichoice", "<p>谁守信？</p>", SINGLE, answer(100, "<p>甲</p>"), answer(0, "乙")),
            ("single", "谁守信？", "A:甲 B:乙", ["A"], ()),
        ),
        (
            question("multichoice", "谁？", SEVERAL, answer(50, "甲"), answer("50.00000", "乙"), answer(-100, "丙")),
            ("multiple", "谁？", "A:甲 B:乙 C:丙", ["A", "B"], ()),
        ),
        (
            question("multichoice", "谁？", SEVERAL, answer(100, "甲"), answer(0, "乙")),
            ("multiple", "谁？", "A:甲 B:乙", ["A"], ()),
        ),
        (
            question("truefalse", "天蓝。", answer(0, "true"), answer(100, "false")),
            ("true_false", "天蓝。", "", False, ()),
        ),
        (
            question(
                "shortanswer",
                "首都____",
                answer(100, "北京", "plain_text"),
                answer(100, "<京>", "plain_text"),
                answer(0, "*", "plain_text"),
            ),
            ("blank", "首都____", "", [["北京", "<京>"]], ()),
        ),
        (
            question("ordering", "排", answer(2, "后"), answer(1, "先")),
            ("ordering", "排", "A:先 B:后", ["先", "后"], ()),
        ),
        (
            question("essay", "谈诚信", '<graderinfo format="html"><text>要点</text></graderinfo>'),
            ("short", "谈诚信", "", "要点", ()),
        ),
        (question("essay", "谈诚信"), ("short", "谈诚信", "", None, ())),
        (
            question("cloze", "甲{1:SHORTANSWER:=一#对~%100%1~%0%*}，乙{:SA:=二}"),
            ("blank", "甲____，乙____", "", [["一", "1"], ["二"]], ()),
        ),
    ],
)
def test_types_that_are_clear(made, expected):
    assert told(read_moodle_xml(quiz(made))) == [expected]


def test_matching_keeps_wrong_right_sides_apart():
    pair = "<subquestion format='html'><text>{}</text><answer><text>{}</text></answer></subquestion>"
    block = read_moodle_xml(
        quiz(question("matching", "连", pair.format("甲", "1"), pair.format("乙", "2"), pair.format("", "3")))
    )[0]
    assert (block.type, block.answer, block.extra, block.status) == (
        "matching",
        [["甲", "1"], ["乙", "2"]],
        ("3",),
        "accept",
    )


@pytest.mark.parametrize(
    ("made", "reasons"),
    [
        (question("multichoice", "谁？", SINGLE, answer(100, "甲"), answer(50, "乙")), ("weights-unclear",)),
        (question("multichoice", "谁？", SEVERAL, answer(90, "甲"), answer(-10, "乙")), ("weights-unclear",)),
        (question("multichoice", "谁？", SINGLE, answer("x", "甲"), answer(100, "乙")), ("weights-unclear: x",)),
        (question("multichoice", "谁？", SINGLE, answer(0, "甲"), answer(0, "乙")), ("key-missing",)),
        (question("numerical", "多少？", answer(100, "3.14")), ("numerical",)),
        (question("cloze", "甲{1:MULTICHOICE:=一~二}"), ("cloze: MULTICHOICE",)),
        (question("calculated", "{a}+{b}"), ("type-not-supported: calculated", "type-unknown")),
        (
            question(
                "multichoice", '<img src="@@PLUGINFILE@@/章.png" alt="章">', SINGLE, answer(100, "甲"), answer(0, "乙")
            ),
            ("picture: 章.png", "stem-empty"),
        ),
        (question("truefalse", "天蓝。", "<hidden>1</hidden>", answer(100, "true"), answer(0, "false")), ("hidden",)),
    ],
)
def test_what_a_person_must_see(made, reasons):
    assert [reason for *_, reason in told(read_moodle_xml(quiz(made)))] == [reasons]


def test_a_description_is_no_question():
    assert [b.status for b in read_moodle_xml(quiz(question("description", "本卷共两题。")))] == ["reject"]


def test_the_fields_around_a_question_and_its_lines():
    made = quiz(
        '<question type="category"><category><text>$course$/top/第一章</text></category></question>',
        question(
            "truefalse",
            "天蓝。\n</p>",
            "<generalfeedback format='html'><text>&lt;p&gt;因为&lt;/p&gt;</text></generalfeedback>",
            "<defaultgrade>2.0000000</defaultgrade><idnumber>A&amp;1</idnumber><tags><tag><text>合同</text></tag></tags>",
            answer(100, "true"),
            answer(0, "false"),
        ),
    )
    block = read_moodle_xml(made)[0]
    assert (block.number, block.score, block.points, block.chapter) == ("A&1", "2", ("合同",), "第一章")
    assert (block.explanation, block.line, block.line_end) == ("因为", 4, 5)


def test_old_files_in_chinese_encodings_and_with_stray_control_characters():
    text = quiz(question("truefalse", "天\x0b蓝。", answer(100, "true"), answer(0, "false"))).decode()
    for name in ("gb2312", "GBK", "gb18030"):
        data = text.replace("UTF-8", name).encode("gb18030")
        assert told(read_moodle_xml(data)) == [("true_false", "天蓝。", "", True, ())]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<quiz><question>", "broken"),
        (b"<html><body/></html>", "not-moodle-xml"),
        (b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>', "entities"),
        (b'<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>', "entities"),
        (b"<quiz>" + b"<a>" * 500, "broken"),
    ],
)
def test_files_that_cannot_be_read_say_why(data, code):
    with pytest.raises(Unreadable) as caught:
        read_moodle_xml(data)
    assert caught.value.code == code
