"""Chinese text as overlapping pairs of characters, so that word indexes of any database find any word in it.

诚信考试 is indexed as `诚信 信考 考试 试`; a query of two or more characters becomes the phrase of its pairs and so
finds exactly the texts that contain it. The single last character lets a query of one character find ends of runs.
"""

import re

_HAN = r"㐀-鿿豈-﫿\U00020000-\U0003ffff"
HAN_RUN = re.compile(f"[{_HAN}]+")
_PIECE = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+")


def pairs(run: str) -> list[str]:
    """Overlapping pairs of a run of characters; a run of one is itself.

    >>> pairs("诚信考试")
    ['诚信', '信考', '考试']
    """
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def index_text(text: str) -> str:
    """`text` with every Chinese run replaced by its pairs and its last character.

    >>> index_text("2026诚信考试")
    '2026 诚信 信考 考试 试 '
    """
    return HAN_RUN.sub(lambda run: f" {' '.join([*pairs(run[0]), *run[0][-1:]]) if len(run[0]) > 1 else run[0]} ", text)


def query_pieces(text: str) -> list[tuple[str, bool]]:
    """Cut what a person typed into (piece, is Chinese); signs that are no letters or digits are left out.

    >>> query_pieces("信用A级 办法")
    [('信用', True), ('A', False), ('级', True), ('办法', True)]
    """
    return [(piece, bool(HAN_RUN.fullmatch(piece))) for piece in _PIECE.findall(text)]


def holds_han(text: str) -> bool:
    """True if there is a Chinese character in `text`."""
    return HAN_RUN.search(text) is not None
