"""What happened to a unit, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisations.models import Kind, Organisation, OrganisationEvent, Role, Stage

WORDS: dict[str, str | Promise] = {
    "above": _("unit above"),
    "into": _("merged into"),
    "unit": _("unit that came"),
    "people": _("people who moved"),
    "on": _("from which day"),
    "who": _("who"),
    "role": _("role"),
    "raised": pgettext_lazy("school year", "moved up"),
    "left": pgettext_lazy("school year", "left school"),
}
CHOICES = {"kind": dict(Kind.choices), "stage": dict(Stage.choices), "role": dict(Role.choices)}


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One line of the history: when, what, by whom, and what it was before."""

    at: datetime
    what: str
    actor: str
    changes: list[tuple[str, str, str]]


def shown_event(event: OrganisationEvent) -> ShownEvent:
    """An event as it is read."""
    names = list(dict.fromkeys([*event.before, *event.after]))
    changes = [
        (_word(name), _value(name, event.before.get(name)), _value(name, event.after.get(name))) for name in names
    ]
    return ShownEvent(event.at, event.get_kind_display(), event.actor, changes)


def _word(name: str) -> str:
    if name in WORDS:
        return str(WORDS[name])
    known = {field.name: field for field in Organisation._meta.concrete_fields}
    return str(known[name].verbose_name) if name in known else name


def _value(name: str, value: Any) -> str:
    if value in (None, "", "None"):
        return ""
    return str(CHOICES.get(name, {}).get(value, value))
