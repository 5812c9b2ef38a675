"""Known items in random dress: never a wrong key, and most of them are accepted."""

from exams.importers.blocks import ACCEPT, REJECT
from exams.importers.normalise import clean, plain
from exams.importers.text import read_text
from tests.exams.importers.renderings import Item, random_bank

SEEDS = range(400)


def same(text: str) -> str:
    return plain(clean(text)[0])


def truth(item: Item) -> object:
    return list(str(item.answer)) if item.type in ("single", "multiple") else item.answer


def test_no_rendering_gives_a_wrong_key_and_nearly_all_are_accepted() -> None:
    asked = accepted = 0
    for seed in SEEDS:
        text, items, style = random_bank(seed)
        known = {same(item.stem): item for item in items}
        asked += len(items)
        for block in read_text(text):
            if block.status != ACCEPT:
                continue
            item = known.get(same(block.stem))
            assert item is not None, (seed, block)
            assert (block.type, block.answer) == (item.type, truth(item)), (seed, style, block)
            assert [same(option) for _, option in block.options] == [same(option) for option in item.options], (
                seed,
                block,
            )
            if block.explanation:
                assert same(item.explanation) == same(block.explanation), (seed, block)
            accepted += 1
    assert accepted / asked >= 0.95


def test_no_question_of_a_rendering_is_lost() -> None:
    for seed in SEEDS:
        text, items, _ = random_bank(seed)
        blocks = [block for block in read_text(text) if block.status != REJECT]
        shown = same("".join(block.raw for block in blocks))
        assert all(same(item.stem.split("（")[0]) in shown for item in items), seed
