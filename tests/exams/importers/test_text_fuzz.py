"""Whatever is pasted: the reader never crashes, never hangs, and accepts only what is safe."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.importers.text import read_text
from tests.exams.importers.renderings import random_bank
from tests.exams.importers.safety import assert_safe

SAMPLES = [path.read_text() for path in sorted((Path(__file__).parent / "samples" / "text").glob("*.txt"))]
WORDS = """
答案 答案： 【答案】 正确答案： 我的答案: 解析： 【解析】 参
考答案 （正确答案） （A） ____ 单选题 【多选题】 一、判断题
二、填空题 3、 （1） 第4题 C、 D． 1.A 第1页 2021年 3.5
 诚信 守信的人 案例分析题 [排序题] 1-A BACD 正确 错误 难度：易 题型：单选题 題目 ⺠ True
"""
PIECES = [
    *'ABCDEFGabcd0123456789.、．:：()（）[]【】 \t\n\n\n_√×✓✗对错是否；;，,。?？|/-—①②③“”"*#>\\',
    *WORDS.split(),
    *("（ ）", "1. ", "2. ", "### 5", "Q6", "A. ", "B. ", "1-5 ABCDE", "1.A 2.B", "题号\t1\t2", "第1页 共2页", "- 3 -"),
    *("\u200b", "\ufeff", "\r\n", "\x0c", "Answer: B"),
]
REPEATED = [
    "1.",
    "A.\n",
    "（",
    "答案：",
    "案例一：\n",
    "A、B、",
    "1-1 A",
    "_",
    " ",
    "[单选题]",
    "1\n",
    "题干：\n",
    "( ",
    "**",
]
relaxed = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@relaxed
@given(st.lists(st.sampled_from(PIECES), max_size=120).map("".join))
def test_pieces_of_banks_in_any_order_are_read_safely(text: str) -> None:
    for block in read_text(text):
        assert_safe(block)


@relaxed
@given(st.text(max_size=300))
def test_any_text_is_read_safely(text: str) -> None:
    for block in read_text(text):
        assert_safe(block)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A sample with lines lost, doubled, swapped, cut or with something put in."""
    lines = draw(st.sampled_from(SAMPLES)).split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["lose", "double", "swap", "cut", "insert", "join"])):
            case "lose":
                lines[at : at + 1] = []
            case "double":
                lines[at:at] = [lines[at]]
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "cut":
                place = draw(st.integers(0, len(lines[at])))
                lines[at : at + 1] = [lines[at][:place], lines[at][place:]]
            case "insert":
                place = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:place] + draw(st.sampled_from(PIECES)) + lines[at][place:]
            case "join":
                lines[at : at + 2] = ["".join(lines[at : at + 2])]
        lines = lines or [""]
    return "\n".join(lines)


@relaxed
@given(mutated())
def test_damaged_samples_are_read_safely(text: str) -> None:
    for block in read_text(text):
        assert_safe(block)


@relaxed
@given(st.integers(0, 10**9))
def test_random_banks_are_read_safely(seed: int) -> None:
    for block in read_text(random_bank(seed)[0]):
        assert_safe(block)


@pytest.mark.parametrize("piece", REPEATED)
def test_long_repetitions_come_to_an_end(piece: str) -> None:
    """What took quadratic time here would hold up the whole run."""
    for block in read_text("1. 诚信（ ）\n" + piece * 6000):
        assert_safe(block)


def test_twenty_thousand_questions_are_read() -> None:
    text = "".join(f"{n}. 诚信第{n}问（ ）\nA. 守约\nB. 违约\n答案：A\n" for n in range(1, 20001))
    blocks = read_text(text)
    assert [block.status for block in blocks] == ["accept"] * 20000
