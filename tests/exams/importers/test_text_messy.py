"""Texts as offices send them: whatever is accepted has the right key, and most of what is plain is accepted."""

import json
from pathlib import Path

import pytest

from exams.importers import read
from exams.importers.blocks import ACCEPT, REVIEW

SAMPLES = json.loads((Path(__file__).parent / "samples" / "messy.json").read_text(encoding="utf-8"))


def blocks_of(sample):
    return read(sample["text"].encode(), format="text")


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample["name"] for sample in SAMPLES])
def test_no_wrong_key_is_accepted(sample):
    blocks = blocks_of(sample)
    for question in sample["questions"]:
        accepted = [b.answer for b in blocks if b.status == ACCEPT and question["stem"] in b.stem]
        if question["right"] != ["*"]:
            assert [answer for answer in accepted if answer not in question["right"]] == []


def test_three_of_four_plain_questions_need_nobody():
    found = [
        any(b.status == ACCEPT and question["stem"] in b.stem for b in blocks_of(sample))
        for sample in SAMPLES
        for question in sample["questions"]
        if not question["may_wait"]
    ]
    assert sum(found) * 4 >= len(found) * 3


@pytest.mark.parametrize(
    ("kind", "key", "explanation", "status"),
    [
        ("单选题", "B", "故选B。", ACCEPT),
        ("单选题", "A", "故选B。", REVIEW),
        ("单选题", "A", "正确答案是B，因为守信。", REVIEW),
        ("单选题", "A", "B项错误，故A正确。", ACCEPT),
        ("单选题", "A", "故选项B错误。", ACCEPT),
        ("单选题", "B", "所以选A级纳税人。", ACCEPT),
        ("多选题", "AC", "因此，答案为AC。", ACCEPT),
        ("多选题", "AC", "应选择A、C、D。", REVIEW),
    ],
)
def test_an_explanation_that_names_another_key_is_for_review(kind, key, explanation, status):
    text = f"一、{kind}\n1. 下列属于守信的是（ ）\nA. 履约 B. 违约 C. 守约 D. 践约\n答案：{key}\n解析：{explanation}"
    assert [(b.status, b.answer is None) for b in read(text.encode(), format="text")] == [(status, status == REVIEW)]


@pytest.mark.parametrize(
    ("key", "explanation", "status"),
    [
        ("√", "故本题错误。", REVIEW),
        ("×", "故本题错误。", ACCEPT),
        ("√", "所以说法正确。", ACCEPT),
        ("√", "本题表述不正确。", REVIEW),
        ("√", "违约才是错误。", ACCEPT),
    ],
)
def test_an_explanation_that_judges_otherwise_is_for_review(key, explanation, status):
    text = f"判断题\n1. 守信光荣。\n答案：{key}\n解析：{explanation}"
    assert [b.status for b in read(text.encode(), format="text")] == [status]


def test_keys_that_stand_above_their_questions_are_for_review():
    text = "答案：B\n1. 甲守信（ ）\nA. 履约 B. 违约\n答案：A\n2. 乙守信（ ）\nA. 履约 B. 违约"
    assert [(b.status, b.reasons[-1]) for b in read(text.encode(), format="text")[1:2]] == [(REVIEW, "keys-above")]
