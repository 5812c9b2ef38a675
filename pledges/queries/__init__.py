"""Read letters: what a signer may sign, what the public may see, what an office has asked for."""

from pledges.queries.letters import (
    current_version,
    district_of,
    letter_of_step,
    letters_of,
    offered_visibilities,
    own_letter,
    promises_of,
    step_letters,
    version_of_step,
)
from pledges.queries.public import (
    PublicLetter,
    Tombstone,
    find_public,
    look_up,
    public_letter,
    public_letters,
    registry_years,
    unrendered,
)
from pledges.queries.requests import belongs_to, may_request, open_request, requests_of, templates_of

__all__ = [
    "PublicLetter",
    "Tombstone",
    "belongs_to",
    "current_version",
    "district_of",
    "find_public",
    "letter_of_step",
    "letters_of",
    "look_up",
    "may_request",
    "offered_visibilities",
    "open_request",
    "own_letter",
    "promises_of",
    "public_letter",
    "public_letters",
    "registry_years",
    "requests_of",
    "step_letters",
    "templates_of",
    "unrendered",
    "version_of_step",
]
