"""Correct the key of a wording that is frozen: the options stay, another answer is right."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.importers.marks import read_out
from exams.models import Effect, ItemVersion, Regrade

KEYED = ("single", "multiple", "true_false", "blank", "short", "ordering", "matching")
NO_OPTION = [("", "—")]


class RegradeForm(forms.Form):
    """What to do, the new key in the form that the type needs, why, and whether passes are kept."""

    effect = forms.ChoiceField(label=_("what is done"), choices=Effect.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("reason"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Every learner it concerns reads it.")
    )
    keep_passes = forms.BooleanField(label=_("nobody who passed loses it"), required=False, initial=True)

    def __init__(self, *args: Any, version: ItemVersion, key: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.kind = version.item.type
        if self.kind not in KEYED:
            choices = [choice for choice in Effect.choices if choice[0] != Effect.KEY]
            self.fields["effect"].choices = choices  # type: ignore[attr-defined]
        self.fields.update(_key_fields(self.kind, version.content))
        self.initial = {**_given_now(self.kind, key), **self.initial}
        self.order_fields(["effect", *_key_fields(self.kind, version.content), "reason", "keep_passes"])

    def clean(self) -> dict[str, Any]:
        """Build the new key if another answer is to be right."""
        data: dict[str, Any] = super().clean() or {}
        data["answer"] = None
        if data.get("effect") == Effect.KEY:
            data["answer"] = _key(self.kind, self.version.content, data)
            if data["answer"] is None:
                self.add_error(None, gettext("Say which answer is right."))
        return data


def _texts(content: Mapping[str, Any], side: str) -> list[tuple[str, str]]:
    """A label holds no picture, so that its description stands there."""
    pictures = content.get("pictures", [])
    return [(option["id"], read_out(option["text"], pictures)) for option in content.get(side, [])]


def _key_fields(kind: str, content: Mapping[str, Any]) -> dict[str, forms.Field]:
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


def _given_now(kind: str, key: Mapping[str, Any]) -> dict[str, Any]:
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


def _key(kind: str, content: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any] | None:
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


class AppealForm(forms.Form):
    """The answer to an appeal."""

    accepted = forms.TypedChoiceField(
        label=_("decision"),
        choices=[("", "—"), ("yes", _("accepted, the learner is right")), ("no", _("rejected"))],
        coerce=lambda word: word == "yes",
    )
    answer = forms.CharField(
        label=_("answer to the learner"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    regrade = forms.ModelChoiceField(label=_("re-marking"), queryset=Regrade.objects.none(), required=False)

    def __init__(self, *args: Any, regrades: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regrade"].queryset = regrades  # type: ignore[attr-defined]
