"""A block of an import as the pages show it, and what may be decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.utils.translation import gettext as _

from accounts.models import SignedInRequest
from exams import actions
from exams.forms.reasons import say
from exams.importers.blocks import Block
from exams.importers.mending import answer_text
from exams.models import Decision, Fate, ImportBlock, ItemType, Verdict
from exams.queries import Similar
from exams.queries.imports import block_of, problem_of

may_import = permission_required("exams.add_item", raise_exception=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """A block as the pages show it."""

    row: ImportBlock
    block: Block
    type_label: str
    answer: str
    right: list[str]
    reasons: list[str]
    notes: list[str]
    parts: list[tuple[Block, list[str]]]
    acceptable: bool
    choosable: bool
    similar: Sequence[Similar] = ()


def shown(row: ImportBlock, similar: Sequence[Similar] = ()) -> Shown:
    """With every code in words, what a person may do with it, and the items of the bank that are like it."""
    return as_shown(row, block_of(row), similar)


def as_shown(row: ImportBlock, block: Block, similar: Sequence[Similar] = ()) -> Shown:
    """`block` in the place of the row's own reading."""
    choice = block.type in ("single", "multiple")
    whole = row.status != Verdict.REJECT and not problem_of(block)
    return Shown(
        row=row,
        block=block,
        type_label=str(dict(ItemType.choices).get(block.type, _("type not known"))),
        answer="" if choice else answer_text(block),
        right=[str(letter) for letter in block.answer or []] if choice else [],
        reasons=[say(reason) for reason in row.reasons],
        notes=[say(note) for note in row.notes],
        parts=[(child, [say(reason) for reason in child.reasons]) for child in block.children],
        acceptable=whole and row.fate != Fate.CONFLICT and row.lane in (Verdict.REVIEW, Verdict.SKIP),
        choosable=whole and row.fate in (Fate.CONFLICT, Fate.DUPLICATE),
        similar=similar,
    )


def decide_and_tell(request: SignedInRequest, row: ImportBlock, word: str) -> bool:
    """Store a decision, or say why not; returns whether it was stored."""
    decision = "" if word == "reset" else word
    if decision and decision not in Decision.values:
        return False
    try:
        actions.decide_block(by=request.user, row=row, decision=decision)
    except actions.CannotDecide as error:
        messages.error(request, say(f"cannot-build: {error}"))
    except actions.NotNow:
        messages.error(request, _("This import is not waiting for decisions any more."))
    else:
        return True
    return False
