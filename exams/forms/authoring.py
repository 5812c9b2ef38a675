"""What bank authors and exam managers fill in under /admin/."""

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from exams import actions, queries
from exams.importers.plain import CannotBuild, from_lines, to_lines
from exams.models import ExtraAttempt, Item, KnowledgePoint, Paper

# English message ids of exams.importers.plain, named here so that they are translated.
REASONS = {
    "too few options": _("Write at least two options, one per line."),
    "two options are the same": _("Two options are the same."),
    "the answer names an option that is not there": _("The answer names an option that is not there."),
    "mark the right option": _("Mark exactly one option as right: begin its line with *."),
    "mark the right options": _("Mark the right options: begin their lines with *."),
    "say whether it is true or false": _("Write 对 or 错."),
    "an answer is empty": _("Write an answer on each line; alternatives are divided by |."),
    "the order must name every option once": _("Write every option once, in the right order."),
    "write at least two pairs": _("Write at least two pairs, one per line: left = right."),
}
HELP = format_lazy(
    "{} {} {} {} {}",
    _("Choices and ratings: an option per line; the right ones begin with *."),
    _("True or false: 对 or 错."),
    _("Fill in: a line per blank; short answer: a line per keyword; alternatives are divided by |."),
    _("Put in order: the lines in the right order."),
    _("Match: left = right on each line; further lines are wrong right sides."),
)


class ItemForm(WagtailAdminModelForm):
    """An item with the wording of its newest version. Changing a frozen wording makes a new version."""

    stem = forms.CharField(label=_("Question"), widget=forms.Textarea(attrs={"rows": 3}))
    lines = forms.CharField(
        label=_("Options and answer"), widget=forms.Textarea(attrs={"rows": 6}), help_text=HELP, required=False
    )
    explanation = forms.CharField(label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 3}), required=False)

    for_user: AbstractBaseUser
    instance: Item

    class Meta:
        model = Item
        fields = ["bank", "number", "type", "audience", "difficulty", "point", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            version = queries.newest_version(self.instance)
            self.fields["type"].disabled = True
            self.initial["stem"] = version.stem
            self.initial["explanation"] = version.key.explanation
            self.initial["lines"] = to_lines(self.instance.type, version.content, version.key.answer)

    def clean(self) -> dict[str, Any]:
        """Read the lines as the type says; say what is missing."""
        data: dict[str, Any] = super().clean() or {}
        if "type" in data and "lines" in data:
            try:
                data["built"] = from_lines(data["type"], data["lines"])
            except CannotBuild as error:
                self.add_error("lines", REASONS.get(str(error), _("This is not an item of that type.")))
        return data

    def save(self, commit: bool = True) -> Item:
        """Store through the actions."""
        data = self.cleaned_data
        wording = actions.Wording(data["stem"], data["built"], data["explanation"])
        fields = {name: data[name] for name in self.Meta.fields}
        if self.instance.pk:
            changed = {"stem", "lines", "explanation"} & set(self.changed_data)
            fields.pop("type")
            return actions.edit_item(
                by=self.for_user, item=self.instance, wording=wording if changed else None, **fields
            )
        version = actions.create_item(
            by=self.for_user,
            stem=wording.stem,
            built=wording.built,
            explanation=wording.explanation,
            **fields,
        )
        self.instance = version.item
        return version.item


class PointForm(WagtailAdminModelForm):
    """A knowledge point; it cannot be moved below itself."""

    class Meta:
        model = KnowledgePoint
        fields = ["parent", "name", "reread_title", "reread_url"]

    def clean_parent(self) -> KnowledgePoint | None:
        """Refuse a circle."""
        parent: KnowledgePoint | None = self.cleaned_data["parent"]
        if parent and self.instance.pk and parent.path.startswith(self.instance.path):
            raise forms.ValidationError(gettext("A point cannot lie below itself."))
        return parent

    def clean_reread_url(self) -> str:
        """Only addresses of this site."""
        url: str = self.cleaned_data["reread_url"]
        if url and (not url.startswith("/") or url.startswith("//")):
            raise forms.ValidationError(gettext("Begin with a slash: an address on this site."))
        return url


class PaperStepForm(forms.Form):
    """Which paper a step asks for: one of the step's kind."""

    paper = forms.ModelChoiceField(label=_("paper"), queryset=Paper.objects.none())

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = Paper.objects.filter(mode=kind).order_by("title", "pk")
        self.fields["paper"].queryset = papers  # type: ignore[attr-defined]


class MakeupForm(WagtailAdminModelForm):
    """One more attempt for one person, with the reason."""

    person = forms.CharField(
        label=_("Person"), help_text=_("User name, employee number or name, written out."), max_length=150
    )

    for_user: AbstractBaseUser
    instance: ExtraAttempt

    class Meta:
        model = ExtraAttempt
        fields = ["paper", "reason"]

    field_order = ["paper", "person", "reason"]

    def clean(self) -> dict[str, Any]:
        """Find the one enrolment that is meant."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("paper") and data.get("person"):
            found = queries.enrolments_named(data["paper"], data["person"].strip())
            if len(found) != 1:
                text = (
                    _("Nobody of that name sits this paper.")
                    if not found
                    else _("Several people match; use the user name.")
                )
                self.add_error("person", text)
            else:
                data["enrolment"] = found[0]
        return data

    def _post_clean(self) -> None:
        """The instance is made by the action; there is nothing to validate on it here."""

    def save(self, commit: bool = True) -> ExtraAttempt:
        """Grant it."""
        data = self.cleaned_data
        self.instance = actions.grant_makeup(
            by=self.for_user, enrolment=data["enrolment"], paper=data["paper"], reason=data["reason"]
        )
        return self.instance
