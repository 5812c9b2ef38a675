"""What holds for every block that a reader accepts."""

from exams.importers.blocks import ACCEPT, REJECT, REVIEW, TYPES, Block


def assert_safe(block: Block) -> None:
    """Raises AssertionError when a block breaks a rule of the contract."""
    assert block.type in TYPES
    assert block.status in (ACCEPT, REVIEW, REJECT)
    assert block.line >= 1
    assert block.line_end >= block.line
    if block.status != ACCEPT:
        assert block.reasons
        return
    assert not block.reasons
    assert block.stem.strip()
    letters = [letter for letter, _ in block.options]
    assert letters == [chr(65 + place) for place in range(len(letters))]
    assert all(text.strip() for _, text in block.options)
    _answer(block, letters)


def _answer(block: Block, letters: list[str]) -> None:
    answer = block.answer
    match block.type:
        case "single" | "multiple":
            assert len(letters) >= 2
            assert set(answer) <= set(letters)
            assert len(set(answer)) == len(answer)
            assert len(answer) == 1 if block.type == "single" else len(answer) > 1
        case "true_false":
            assert answer in (True, False)
            assert not block.options
        case "blank":
            assert answer
            assert all(row and all(text.strip() for text in row) for row in answer)
        case "short":
            assert answer.strip()
        case "matching":
            assert len(answer) >= 2
            assert all(len(pair) == 2 for pair in answer)
        case "ordering":
            assert sorted(answer) == sorted(text for _, text in block.options)
        case "scenario":
            assert block.children
            assert all(child.status == ACCEPT for child in block.children)
        case "survey":
            assert answer is None
            assert len(letters) >= 2
        case _:
            raise AssertionError(block.type)
    for child in block.children:
        assert_safe(child)
