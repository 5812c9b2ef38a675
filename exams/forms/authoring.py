"""What bank authors and exam managers fill in under /admin/."""

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from exams import actions, queries
from exams.forms.picturing import PictureRows
from exams.importers.lines import from_lines, to_lines
from exams.importers.plain import Built, CannotBuild
from exams.models import Item, KnowledgePoint, Paper, PaperState

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
    "say what an answer is marked by": _("Write below # 人工评分 what an answer is marked by."),
    "the longest answer has 1 to 1500 characters": _("The longest answer has 1 to 1500 characters."),
    "a case has two to twelve questions": _("A case has two to twelve questions; begin each with ## and its type."),
    "a case has at most five short answers": _("A case has at most five short answers."),
    "each question of a case has a wording and a share of 1 to 100": _(
        "Each question of a case has its wording on the line below ##, and a share of 1 to 100."
    ),
    "begin each question of a case with ## and its type": _(
        "Begin each question of a case with ## and its type (单选题, 多选题, 判断题, 填空题, 排序题, 简答题)."
    ),
    "a question of a case has one of the types that are marked": _("A case cannot hold questions of this type."),
    "write at least two pairs": _("Write at least two pairs, one per line: left = right."),
}
TWIN = 0.75
HELP = format_lazy(
    "{} {} {} {} {} {} {}",
    _("Choices and ratings: an option per line; the right ones begin with *."),
    _("True or false: 对 or 错."),
    _("Fill in: a line per blank; short answer: a line per keyword; alternatives are divided by |."),
    _("Put in order: the lines in the right order."),
    _("Match: left = right on each line; further lines are wrong right sides."),
    _("A line # 不分次序 lets blanks be filled in any order; # 人工评分 300 lets a person mark a short answer."),
    _("Case: the question is the material; then ## 单选题 2 (type and share), the wording, its options."),
)


class ItemForm(PictureRows, WagtailAdminModelForm):
    """An item with the wording of its newest version. Changing a frozen wording makes a new version."""

    stem = forms.CharField(label=_("Question"), widget=forms.Textarea(attrs={"rows": 3}))
    lines = forms.CharField(
        label=_("Options and answer"), widget=forms.Textarea(attrs={"rows": 6}), help_text=HELP, required=False
    )
    explanation = forms.CharField(label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    anyway = forms.BooleanField(
        label=_("Store it although it is like another item"),
        help_text=_("Only asked for when the bank has an item that is nearly the same."),
        required=False,
    )

    for_user: AbstractBaseUser
    instance: Item

    class Meta:
        model = Item
        fields = ["bank", "number", "type", "audience", "language", "difficulty", "point", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = queries.newest_version(self.instance) if self.instance.pk else None
        if version:
            self.fields["type"].disabled = True
            self.initial["stem"] = version.stem
            self.initial["explanation"] = version.key.explanation
            self.initial["lines"] = to_lines(self.instance.type, version.content, version.key.answer)
        self.add_pictures(version)
        self.fields["anyway"] = self.fields.pop("anyway")

    def clean(self) -> dict[str, Any]:
        """Read the lines as the type says; say what is missing, and what is there already."""
        data: dict[str, Any] = super().clean() or {}
        if "type" in data and "lines" in data:
            try:
                data["built"] = from_lines(data["type"], data["lines"])
            except CannotBuild as error:
                self.add_error("lines", REASONS.get(str(error), _("This is not an item of that type.")))
        self.clean_pictures(data)
        if data.get("stem") and "stem" in self.changed_data and not data.get("anyway"):
            self._warn_of_twins(data["stem"])
        return data

    def _warn_of_twins(self, stem: str) -> None:
        found = queries.similar_items(stem, exclude=self.instance.pk, limit=3, least=TWIN)
        if found:
            rows = ((reverse("exams_admin:item", args=[s.item_id]), s.stem[:60], s.percent) for s in found)
            links = format_html_join("；", '<a href="{}">{}</a> ({}%)', rows)
            words = _("The bank has items like this one: {}. If it is meant, tick the box at the end of the form.")
            self.add_error("stem", format_html(str(words), links))

    def save(self, commit: bool = True) -> Item:
        """Store through the actions."""
        data = self.cleaned_data
        pictures = self.store_pictures(self.for_user)
        content = data["built"].content | ({"pictures": pictures} if pictures else {})
        wording = actions.Wording(data["stem"], Built(content, data["built"].answer), data["explanation"])
        fields = {name: data[name] for name in self.Meta.fields}
        if self.instance.pk:
            changed = {"stem", "lines", "explanation"} & set(self.changed_data) or self.pictures_changed
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

    paper = forms.ModelChoiceField(
        label=_("paper"), queryset=Paper.objects.none(), help_text=_("Only published papers can be chosen.")
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = Paper.objects.filter(mode=kind, state=PaperState.PUBLISHED).order_by("title", "pk")
        self.fields["paper"].queryset = papers  # type: ignore[attr-defined]
