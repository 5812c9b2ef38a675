"""The corpus of banks: every file is read to exactly what stands beside it."""

import json
from pathlib import Path

import pytest

from exams.importers.blocks import ACCEPT
from exams.importers.text import read_text

SAMPLES = sorted((Path(__file__).parent / "samples" / "text").glob("*.txt"))


def expected(sample: Path) -> list[dict]:
    return json.loads(sample.with_suffix(".json").read_text())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_read_to_its_known_blocks(sample: Path) -> None:
    assert [block.as_json() for block in read_text(sample.read_text())] == expected(sample)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_change_nothing(sample: Path, ending: str) -> None:
    text = "\ufeff" + sample.read_text().replace("\n", ending)
    assert [block.as_json() for block in read_text(text)] == expected(sample)


def test_the_corpus_is_large_enough_and_shows_every_verdict() -> None:
    blocks = [block for sample in SAMPLES for block in expected(sample)]
    assert len(SAMPLES) >= 25
    assert {block["status"] for block in blocks} == {"accept", "review", "reject"}
    types = {block["type"] for block in blocks if block["status"] == ACCEPT}
    assert types == {"single", "multiple", "true_false", "blank", "short", "matching", "ordering", "scenario", "survey"}
