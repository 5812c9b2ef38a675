"""Packages name nobody; they go after some days because they are large."""

from datetime import datetime

from classwork import actions, queries


def packages_due(before: datetime) -> int:
    """How many packages are older."""
    return queries.packages_before(before).count()


def forget_packages(before: datetime, limit: int) -> int:
    """Put old packages away."""
    return actions.discard_packages(packages=list(queries.packages_before(before)[:limit]))
