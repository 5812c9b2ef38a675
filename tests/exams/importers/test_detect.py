"""A file's format is told by what is in it, then by its name."""

import codecs

import pytest

from exams.exports import write_xlsx
from exams.importers import Unreadable, decode, detect_format, read
from exams.importers.blocks import Block

XLSX = write_xlsx([Block("true_false", "守信光荣。", 1, (), True)])
TEXT = "1. 谁守信？\nA. 甲\nB. 乙\n答案：A\n"
GIFT = "::一::谁守信？{=甲 ~乙}\n"
AIKEN = "谁守信？\nA. 甲\nB. 乙\nANSWER: A\n"
CSV = "题型,题干,选项A,选项B,答案\n单选题,谁守信？,甲,乙,A\n"
XML = '<?xml version="1.0"?>\n<!-- x -->\n<quiz><question type="essay"/></quiz>'


@pytest.mark.parametrize(
    ("data", "name", "format_"),
    [
        (XLSX, "bank.txt", "xlsx"),
        (GIFT.encode(), "bank.txt", "gift"),
        (GIFT.encode("gb18030"), "", "gift"),
        ("对吗？{T}\n".encode(), "a.txt", "gift"),
        ("谈谈。{}\n".encode(), "a.gift", "gift"),
        (AIKEN.encode(), "bank.txt", "aiken"),
        (CSV.encode("gb18030"), "bank.csv", "csv"),
        (CSV.encode(), "bank.txt", "csv"),
        (CSV.replace(",", "\t").encode("utf-16"), "bank.txt", "csv"),
        (XML.encode(), "bank.txt", "moodle-xml"),
        (codecs.BOM_UTF8 + XML.encode(), "", "moodle-xml"),
        (TEXT.encode(), "bank.txt", "text"),
        (TEXT.encode("gb18030"), "", "text"),
        ("1. 集合 {1,2} 有几个元素？\nA. 1\nB. 2\n答案：B\n".encode(), "", "text"),
        ("一、单选题\n1. 题目，选项，答案都在下面\nA. 甲\nB. 乙\n答案：B\n".encode(), "", "text"),
    ],
)
def test_the_format_is_told_by_the_content_first(data, name, format_):
    assert detect_format(data, name) == format_


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"%PDF-1.7", "unknown-format"),
        (b"<?xml version='1.0'?><html/>", "unknown-format"),
        (b"PK\x03\x04", "not-zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"),
        (bytes(range(256)) * 4, "encoding"),
    ],
)
def test_what_is_no_bank_is_said_so(data, code):
    with pytest.raises(Unreadable) as caught:
        detect_format(data)
    assert caught.value.code == code


def test_a_format_that_does_not_exist():
    with pytest.raises(ValueError, match="no such format: pdf"):
        read(b"x", format="pdf")


def test_the_same_bank_reads_the_same_in_every_format():
    found = {
        (b.type, b.stem, b.options, tuple(b.answer))
        for b in [*read(GIFT.encode()), *read(AIKEN.encode()), *read(CSV.encode())]
    }
    assert found == {("single", "谁守信？", (("A", "甲"), ("B", "乙")), ("A",))}


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"])
def test_texts_are_decoded_whatever_program_wrote_them(name):
    text = "诚信建设，重在践行。1. 谁守信？\nA. 甲"
    assert decode(text.encode(name)) == text
