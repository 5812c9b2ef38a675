"""Everything that exams stores: the bank, the papers, the sittings."""

from exams.models.attempts import (
    Attempt,
    AttemptState,
    DrillAnswer,
    ExtraAttempt,
    Response,
    Score,
)
from exams.models.bank import (
    Audience,
    Bank,
    Item,
    ItemKey,
    ItemType,
    ItemVersion,
    KnowledgePoint,
    VersionState,
)
from exams.models.papers import (
    Blueprint,
    BlueprintSection,
    Paper,
    PaperItem,
    PaperMode,
    PaperStep,
    ReviewRule,
)

__all__ = [
    "Attempt",
    "AttemptState",
    "Audience",
    "Bank",
    "Blueprint",
    "BlueprintSection",
    "DrillAnswer",
    "ExtraAttempt",
    "Item",
    "ItemKey",
    "ItemType",
    "ItemVersion",
    "KnowledgePoint",
    "Paper",
    "PaperItem",
    "PaperMode",
    "PaperStep",
    "Response",
    "ReviewRule",
    "Score",
    "VersionState",
]
