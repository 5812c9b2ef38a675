"""Questions that Hypothesis makes up: sound in themselves, nasty in their characters."""

from hypothesis import strategies as st

from exams.importers.blocks import ACCEPT, Block
from exams.importers.drafts import LETTERS, same

NASTY = "=~{}#:\\%[]<>&\"'|;；、，,.*_$+-@()（）【】ABCDabcd1234 \n对错√×＝－答案解析题"
characters = st.one_of(
    st.sampled_from(NASTY),
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\x85\u2028\u2029"),
)


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n") if line.strip()).strip()


texts = st.text(characters, min_size=1, max_size=30).map(_tidy).filter(lambda t: t and same(t))
words = st.text(
    st.sampled_from("诚信守约公民社会企业政府甲乙丙丁abcXYZ0189=+-@ \"'&<>~{}#:\\%[]"), min_size=1, max_size=9
)
words = words.map(_tidy).filter(bool)
explanations = st.one_of(st.none(), texts)


def _made(kind, stem, answer, explanation, texts=(), **more):
    options = tuple(zip(LETTERS, texts, strict=False))
    return Block(kind, stem, 1, options, answer, explanation, ACCEPT, **more)


def distinct(least, most, of=texts):
    return st.lists(of, min_size=least, max_size=most, unique_by=same)


@st.composite
def choices(draw):
    options = draw(distinct(2, 12))
    letters = list(LETTERS[: len(options)])
    right = sorted(draw(st.sets(st.sampled_from(letters), min_size=1)))
    kind = "single" if len(right) == 1 and draw(st.booleans()) else "multiple"
    return _made(kind, draw(texts), right, draw(explanations), options)


@st.composite
def judgements(draw):
    return _made("true_false", draw(texts), draw(st.booleans()), draw(explanations))


@st.composite
def fillings(draw):
    groups = draw(st.lists(st.lists(words, min_size=1, max_size=3, unique=True), min_size=1, max_size=4))
    stem = "____".join(
        ["诚信是", *draw(st.lists(st.sampled_from("甲乙，和"), min_size=len(groups), max_size=len(groups)))]
    )
    return _made("blank", stem, groups, draw(explanations))


@st.composite
def matchings(draw):
    left = draw(distinct(2, 6))
    right = draw(st.lists(texts, min_size=len(left), max_size=len(left)))
    return _made("matching", draw(texts), [list(pair) for pair in zip(left, right, strict=True)], draw(explanations))


@st.composite
def orderings(draw):
    steps = draw(distinct(2, 6))
    return _made("ordering", draw(texts), steps, draw(explanations), steps)


@st.composite
def shorts(draw):
    return _made("short", draw(texts), draw(texts), draw(explanations))


blocks = st.one_of(choices(), judgements(), fillings(), matchings(), orderings(), shorts())


def meaning(block):
    """What a trip through a file must keep."""
    return (block.type, block.stem, block.options, block.answer, block.explanation, block.status)
