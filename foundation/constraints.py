"""Small builders for database constraints that many models share."""

from django.db.models import CheckConstraint, Q, TextChoices


def one_of(field: str, choices: type[TextChoices], *, name: str) -> CheckConstraint:
    """`field` holds one of `choices`: Django's `choices` alone do not constrain the database."""
    return CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def together(condition: Q, *fields: str, name: str) -> CheckConstraint:
    """`fields` are filled exactly when `condition` holds: a state and the columns that it explains agree."""
    filled = Q(*[(f"{f}__isnull", False) for f in fields])
    empty = Q(*[(f"{f}__isnull", True) for f in fields])
    return CheckConstraint(condition=(condition & filled) | (~condition & empty), name=name)
