"""The fields in which a key is typed anew for a wording that is frozen, and the key that they make.

A case has the fields of each of its parts under a prefix; parts that people mark keep what they have.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.importers.marks import read_out

KEYED = ("single", "multiple", "true_false", "blank", "short", "ordering", "matching")
NO_OPTION = [("", "—")]
STEM = 60  # of a part's question so many characters stand in a label


def key_fields(kind: str, content: Mapping[str, Any], key: Mapping[str, Any]) -> dict[str, forms.Field]:
    """The fields in which a new key is given, by name; {} for a type without any. `key` is the one that counts."""
    if kind != "scenario":
        return _fields_of_one(kind, content)
    fields: dict[str, forms.Field] = {}
    pictures = content.get("pictures", [])
    for n, part in _keyed_parts(content, key):
        about = {"n": n, "stem": Truncator(read_out(part["stem"], pictures)).chars(STEM)}
        for name, field in _fields_of_one(part["type"], {**part["content"], "pictures": pictures}).items():
            field.label = gettext("Part %(n)s, %(stem)s: %(label)s") % {**about, "label": field.label}
            fields[_prefix(part) + name] = field
    return fields


def given_now(kind: str, content: Mapping[str, Any], key: Mapping[str, Any]) -> dict[str, Any]:
    """The key that counts so far, as it stands in the fields: what is right about it need not be typed again.

    The one answer of a question by itself is left open, as it is what is wrong; in a case other parts may be.
    """
    if kind != "scenario":
        return _one_given_now(kind, key)
    found: dict[str, Any] = {}
    for _n, part in _keyed_parts(content, key):
        own = key["parts"][part["id"]]
        given = {**_one_answer(part["type"], own), **_one_given_now(part["type"], own)}
        found |= {_prefix(part) + name: value for name, value in given.items()}
    return found


def key_of(
    kind: str, content: Mapping[str, Any], key: Mapping[str, Any], data: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The new key as it is stored, None if it is not complete. `key` is the one that counts so far."""
    if kind != "scenario":
        return _key_of_one(kind, content, data)
    parts = dict(key["parts"])
    for _n, part in _keyed_parts(content, key):
        start = _prefix(part)
        own = {name.removeprefix(start): value for name, value in data.items() if name.startswith(start)}
        made = _key_of_one(part["type"], part["content"], own)
        if made is None:
            return None
        kept = parts[part["id"]]
        parts[part["id"]] = {"type": kept["type"], "share": kept["share"], **made}
    return {**key, "parts": parts}


def _keyed_parts(content: Mapping[str, Any], key: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The parts of a case that have a key, with their numbers as the learner sees them."""
    for n, part in enumerate(content.get("parts", []), 1):
        if part["type"] in KEYED and not key["parts"][part["id"]].get("by_hand"):
            yield n, part


def _prefix(part: Mapping[str, Any]) -> str:
    return f"p_{part['id']}_"


def _one_answer(kind: str, key: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "single":
        return {"right": key["right"][0]}
    return {"right": "true" if key["right"] else "false"} if kind == "true_false" else {}


def _texts(content: Mapping[str, Any], side: str) -> list[tuple[str, str]]:
    """A label holds no picture, so that its description stands there."""
    pictures = content.get("pictures", [])
    return [(option["id"], read_out(option["text"], pictures)) for option in content.get(side, [])]


def _fields_of_one(kind: str, content: Mapping[str, Any]) -> dict[str, forms.Field]:
    """The fields in which a new key is given."""
    options = _texts(content, "options")
    if kind == "single":
        return {"right": forms.ChoiceField(label=_("Right answer"), choices=NO_OPTION + options, required=False)}
    if kind == "multiple":
        several = forms.MultipleChoiceField(
            label=_("Right answers"), choices=options, required=False, widget=forms.CheckboxSelectMultiple
        )
        return {"right": several}
    if kind == "true_false":
        choices = [*NO_OPTION, ("true", "√"), ("false", "×")]
        return {"right": forms.ChoiceField(label=_("Right answer"), choices=choices, required=False)}
    if kind in ("blank", "short"):
        hint = _("One line for each blank or keyword, alternatives divided by |")
        lines = forms.CharField(
            label=_("Right answers"), required=False, help_text=hint, widget=forms.Textarea(attrs={"rows": 4})
        )
        free = forms.BooleanField(label=_("the blanks may be filled in any order"), required=False)
        return {"lines": lines} if kind == "short" else {"lines": lines, "any_order": free}
    if kind == "ordering":
        places = [(str(n), str(n)) for n in range(1, len(options) + 1)]
        return {
            f"o_{pk}": forms.ChoiceField(label=text, choices=NO_OPTION + places, required=False) for pk, text in options
        }
    if kind == "matching":
        right = NO_OPTION + _texts(content, "right")
        left = _texts(content, "left")
        return {f"o_{pk}": forms.ChoiceField(label=text, choices=right, required=False) for pk, text in left}
    return {}


def _one_given_now(kind: str, key: Mapping[str, Any]) -> dict[str, Any]:
    """The key that counts so far, as it stands in the fields: what is right about it need not be typed again."""
    if kind in ("blank", "short"):
        groups = key.get("blanks" if kind == "blank" else "keywords", [])
        return {"lines": "\n".join("|".join(group) for group in groups), "any_order": bool(key.get("any_order"))}
    if kind == "multiple":
        return {"right": key.get("right", [])}
    if kind == "ordering":
        return {f"o_{pk}": str(n) for n, pk in enumerate(key.get("order", []), 1)}
    if kind == "matching":
        return {f"o_{left}": right for left, right in key.get("pairs", {}).items()}
    return {}


def _key_of_one(kind: str, content: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The new key as it is stored, None if it is not complete."""
    chosen = data.get("right")
    if kind == "single":
        return {"right": [chosen]} if chosen else None
    if kind == "multiple":
        return {"right": list(chosen)} if chosen else None
    if kind == "true_false":
        return {"right": chosen == "true"} if chosen else None
    if kind in ("blank", "short"):
        return _key_of_lines(kind, content, data.get("lines", ""), in_any_order=bool(data.get("any_order")))
    parts = {name[2:]: value for name, value in data.items() if name.startswith("o_")}
    if not parts or not all(parts.values()):
        return None
    if kind == "matching":
        return {"pairs": parts}
    order = sorted(parts, key=lambda pk: int(parts[pk]))
    return {"order": order} if len(set(parts.values())) == len(parts) else None


def _key_of_lines(kind: str, content: Mapping[str, Any], text: str, *, in_any_order: bool) -> dict[str, Any] | None:
    groups = [[part.strip() for part in line.split("|") if part.strip()] for line in text.splitlines() if line.strip()]
    if not groups or not all(groups):
        return None
    if kind == "short":
        return {"keywords": groups}
    if len(groups) != content.get("blanks"):
        return None
    return {"blanks": groups, "any_order": in_any_order}
