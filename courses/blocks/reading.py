"""A lesson body as the reader's page needs it. No database: the caller brings what has been read and answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Given:
    """The learner's last answer to one question."""

    choice: int
    is_correct: bool


@dataclass(frozen=True, slots=True)
class BlockView:
    """One block. `given` is filled for a question that was answered: only then may the page explain it.

    `sheets` are the pages of courseware, filled by the query that loads them.
    """

    id: str
    kind: str
    value: Any
    given: Given | None = None
    sheets: Any = None


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section with what the learner did in it."""

    id: str
    number: int
    heading: str
    blocks: list[BlockView]
    is_read: bool = False

    @property
    def questions(self) -> list[BlockView]:
        """The check questions in it."""
        return [block for block in self.blocks if block.kind == "question"]

    @property
    def films(self) -> list[BlockView]:
        """The videos in it."""
        return [block for block in self.blocks if block.kind == "video"]


def sections_of(
    body: Any, *, read: Collection[str] = (), given: Mapping[str, Given] | None = None
) -> list[SectionView]:
    """The sections of `body` (a StreamValue of LessonBody) in order. `read` holds section ids."""
    answers = given or {}
    return [
        SectionView(
            id=section.id,
            number=number,
            heading=section.value["heading"],
            blocks=[
                BlockView(block.id, block.block_type, block.value, answers.get(block.id))
                for block in section.value["content"]
            ],
            is_read=section.id in read,
        )
        for number, section in enumerate(body, start=1)
    ]
