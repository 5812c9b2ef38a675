"""Who belongs where, who may see whom, and what a roster would do."""

from organisations.queries.tree import (
    LEADING_ROLES,
    ancestors,
    duties_in,
    home_organisation,
    leads,
    led_by,
    may_be_named,
    names_of_professions,
)

__all__ = [
    "LEADING_ROLES",
    "ancestors",
    "duties_in",
    "home_organisation",
    "leads",
    "led_by",
    "may_be_named",
    "names_of_professions",
]
