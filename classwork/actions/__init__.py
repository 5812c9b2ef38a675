"""Everything that changes class work: results entered afterwards, and the package that a class takes along."""

from classwork.actions.packages import (
    PACKAGE_JOB,
    AlreadyAsked,
    NothingToTake,
    ask_package,
    discard_packages,
    finish_package,
    write_package,
)
from classwork.actions.results import NothingEntered, Result, TakenBack, enter_results, undo_results

__all__ = [
    "PACKAGE_JOB",
    "AlreadyAsked",
    "NothingEntered",
    "NothingToTake",
    "Result",
    "TakenBack",
    "ask_package",
    "discard_packages",
    "enter_results",
    "finish_package",
    "undo_results",
    "write_package",
]
