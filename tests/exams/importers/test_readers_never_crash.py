"""Whatever bytes come, a reader returns blocks or says Unreadable; nothing else escapes and nothing hangs."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.exports import write_gift, write_moodle_xml, write_xlsx
from exams.importers import Unreadable, read
from exams.importers.blocks import ACCEPT, REJECT, REVIEW, Block
from tests.exams.importers.strategies import blocks

quick = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SAMPLES = [
    Block("single", "诚信的核心是什么？", 1, (("A", "守约"), ("B", "违约")), ["A"], "因为守约。", ACCEPT),
    Block("multiple", "哪些对？", 1, (("A", "甲"), ("B", "乙"), ("C", "丙")), ["A", "C"], None, ACCEPT),
    Block("true_false", "太阳从东边升起。", 1, (), True, None, ACCEPT),
    Block("blank", "甲____乙____", 1, (), [["a", "b"], ["c"]], None, ACCEPT),
    Block("matching", "配对", 1, (), [["左", "右"], ["上", "下"]], None, ACCEPT),
    Block("ordering", "排序", 1, (("A", "一"), ("B", "二")), ["一", "二"], None, ACCEPT),
    Block("short", "简述。", 1, (), "要点", None, ACCEPT),
]
AIKEN = "诚信是什么？\nA. 守约\nB. 违约\nANSWER: A\n\n还有呢？\nA) 甲\nB) 乙\nANSWER: B\n".encode()
CSV = (
    '题型,题干,选项A,选项B,答案,解析\n单选题,"甲\n乙",x,y,A,因为\n判断题,对吗,,,√,\n填空题,____和____,,,a;b,\n'.encode()
)
FORMATS = ("xlsx", "csv", "gift", "moodle-xml", "aiken", "auto")
VALID = [
    write_xlsx(SAMPLES),
    write_gift(SAMPLES),
    write_moodle_xml(SAMPLES),
    AIKEN,
    CSV,
    CSV.decode().encode("gb18030"),
]
PIECES = [
    *(
        "题型",
        "题干",
        "选项A",
        "答案",
        "解析",
        "单选题",
        "判断题",
        "填空题",
        "A",
        "B.",
        "AB",
        "√",
        "____",
        "（ A ）",
        "(2分)",
        '"',
    ),
    *(
        ",",
        "\t",
        "|",
        ";",
        "\n",
        "\r\n",
        "{",
        "}",
        "=",
        "~",
        "#",
        "####",
        "->",
        "\\",
        "::",
        "$CATEGORY:",
        "%50%",
        "//",
        "[html]",
    ),
    *(
        "<quiz>",
        "</quiz>",
        '<question type="multichoice">',
        "</question>",
        "<questiontext><text>",
        "</text></questiontext>",
    ),
    *(
        '<answer fraction="100">',
        "</answer>",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&x;",
        "<!DOCTYPE x [",
        "ANSWER: A",
        "A) ",
        "1e9",
        "[[",
    ),
]


def _looks_sound(found):
    for block in found:
        assert block.status in (ACCEPT, REVIEW, REJECT)
        assert bool(block.reasons) == (block.status != ACCEPT)
        assert block.line >= 1
        assert block.line_end >= block.line
        block.as_json()
        if block.status == ACCEPT and block.type in ("single", "multiple"):
            assert set(block.answer) <= {letter for letter, _ in block.options}


def _try(data, name):
    try:
        found = read(data, format=name)
    except Unreadable:
        return
    _looks_sound(found)


@pytest.mark.parametrize("name", FORMATS)
@quick
@given(data=st.binary(max_size=400))
def test_random_bytes(name, data):
    _try(data, name)


@pytest.mark.parametrize("name", FORMATS)
@quick
@given(pieces=st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=60))
def test_random_pieces_of_the_formats(name, pieces):
    _try("".join(pieces).encode("utf-8", "ignore"), name)


@pytest.mark.parametrize("name", FORMATS)
@quick
@given(data=st.data())
def test_damaged_valid_files(name, data):
    whole = bytearray(data.draw(st.sampled_from(VALID)))
    for _ in range(data.draw(st.integers(0, 8))):
        place = data.draw(st.integers(0, len(whole)))
        cut = data.draw(st.integers(0, 40))
        whole[place : place + cut] = data.draw(st.binary(max_size=12))
    _try(bytes(whole), name)


@quick
@given(data=st.data())
def test_a_workbook_with_damaged_parts(data):
    """Zip intact, XML inside damaged: the checksum does not catch it first."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(VALID[0])) as source, zipfile.ZipFile(buffer, "w") as target:
        for member in source.namelist():
            part = bytearray(source.read(member))
            if data.draw(st.booleans()):
                place = data.draw(st.integers(0, len(part)))
                part[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=12))
            target.writestr(member, bytes(part))
    _try(buffer.getvalue(), "xlsx")


@pytest.mark.parametrize("name", ["gift", "csv", "aiken", "moodle-xml"])
@quick
@given(made=st.lists(blocks, max_size=3), cut=st.integers(0, 400))
def test_files_that_end_too_soon(name, made, cut):
    whole = write_moodle_xml(made) if name == "moodle-xml" else write_gift(made)
    _try(whole[: len(whole) - cut], name)
