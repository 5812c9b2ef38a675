"""`/api/v1/`: departments' own systems send letters, ask what became of them, and are told."""

from pledges.api.changing import end, fulfilment, letter, scan
from pledges.api.description import description
from pledges.api.hooks import deliveries, hook, hooks, resend
from pledges.api.letters import letters

__all__ = ["deliveries", "description", "end", "fulfilment", "hook", "hooks", "letter", "letters", "resend", "scan"]
