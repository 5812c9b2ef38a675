"""Aiken: a stem, options, a key; what is missing is noticed."""

from exams.importers.aiken import read_aiken
from tests.exams.importers.test_csv import told


def test_questions_with_and_without_empty_lines_between_them():
    text = "谁守信？\nA. 甲\nB) 乙\nANSWER: B\n地圆吗？\r\nA. 正确\r\nB. 错误\r\nANSWER: A\r\n\n"
    text += "哪些？\n\nA.甲\nB.乙\nC.丙\nANSWER: A, C\nEXPLANATION: 因为\n"
    blocks = read_aiken(text)
    assert told(blocks) == [
        ("single", "谁守信？", "A:甲 B:乙", ["B"], ()),
        ("true_false", "地圆吗？", "", True, ()),
        ("multiple", "哪些？", "A:甲 B:乙 C:丙", ["A", "C"], ()),
    ]
    assert [(b.line, b.line_end, b.explanation) for b in blocks] == [(1, 4, None), (5, 8, None), (10, 16, "因为")]


def test_a_stem_and_an_option_may_go_on_in_the_next_line():
    assert told(read_aiken("第一行\n第二行\nA. 甲\n还是甲\nB. 乙\nANSWER: A")) == [
        ("single", "第一行\n第二行", "A:甲\n还是甲 B:乙", ["A"], ())
    ]


def test_what_is_missing_is_noticed():
    text = "一\nA) 甲\nANSWER: A\n\n二\nA) 甲\nB) 乙\n\n三\nA) 甲\nB) 乙\nANSWER: C\n\n"
    text += "四\nA) 甲\nC) 乙\nANSWER: 乙\n\n只是一句话\n"
    blocks = read_aiken(text)
    assert [(b.stem, b.status, b.reasons) for b in blocks] == [
        ("一", "review", ("too-few-options",)),
        ("二", "review", ("key-missing",)),
        ("三", "review", ("key-outside-options: C",)),
        ("四", "review", ("key-unclear: 乙", "option-missing: AC", "key-missing")),
        ("只是一句话", "reject", ("not-a-question",)),
    ]
