"""What an author fills in to bring questions in: the file, a mended block, how to store."""

from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from exams.forms.authoring import REASONS as AUTHORING
from exams.forms.reasons import say_problem
from exams.importers.blocks import TYPES, Block
from exams.importers.mending import CannotRead, from_fields, to_fields
from exams.importers.parts import CannotReadParts
from exams.models import Audience, Bank, ImportFormat, ItemType, Language, NumberRule
from exams.queries.described import audience_value, language_value
from exams.queries.imports import problem_of

MOST_PASTED = 500_000


class UploadForm(forms.Form):
    """A file or pasted text, and how to take it."""

    bank = forms.ModelChoiceField(label=_("item bank"), queryset=Bank.objects.order_by("name"))
    file = forms.FileField(
        label=_("file"),
        required=False,
        help_text=_("Word (.docx), Excel (.xlsx), CSV, plain text, GIFT, Moodle XML or Aiken."),
    )
    text = forms.CharField(
        label=_("or paste the questions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        max_length=MOST_PASTED,
        strip=False,
    )
    format = forms.ChoiceField(label=_("format"), choices=ImportFormat.choices, initial=ImportFormat.AUTO)
    numbers = forms.ChoiceField(
        label=_("Do the numbers name the questions?"),
        choices=NumberRule.choices,
        initial=NumberRule.AUTO,
        help_text=_(
            "If they do, importing again changes the item with the same number. Numbers of a table, of GIFT and of "
            "Moodle name questions; “12.” in a text only counts them, unless you say so."
        ),
    )
    create_points = forms.BooleanField(label=_("create missing knowledge points"), required=False)

    def clean(self) -> dict[str, Any]:
        """Either a file or text; gives `data` and `filename`."""
        data: dict[str, Any] = super().clean() or {}
        upload, text = data.get("file"), data.get("text") or ""
        if bool(upload) == bool(text.strip()):
            if "file" not in self.errors and "text" not in self.errors:
                self.add_error("file", gettext("Choose a file or paste text: one of the two."))
            return data
        if upload and upload.size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
            self.add_error("file", gettext("The file is larger than %(limit)s MB.") % {"limit": limit})
        elif upload:
            data["data"], data["filename"] = upload.read(), PurePosixPath(upload.name).name
        else:
            data["data"], data["filename"] = text.encode("utf-8", "replace"), gettext("pasted text")
        return data


class MendForm(forms.Form):
    """One block, to be edited beside its raw text."""

    type = forms.ChoiceField(label=_("type"))
    stem = forms.CharField(label=_("Question"), widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000)
    options = forms.CharField(
        label=_("options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("An option per line, with or without its letter."),
    )
    answer = forms.CharField(
        label=_("answer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Choices: the letters (AC). True or false: 对 or 错. Fill in: a line per blank, alternatives divided by |. "
            "Match: left = right on each line. Put in order: the steps in the right order. Short answer: the reference."
        ),
    )
    keywords = forms.CharField(
        label=_("keywords of a short answer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A line per keyword, alternatives divided by |. Without keywords a person marks the answers."),
    )
    any_order = forms.BooleanField(label=_("the blanks may be filled in any order"), required=False)
    parts = forms.CharField(
        label=_("questions of the case"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        max_length=50_000,
        help_text=_(
            "Each question begins with ## and its type (单选题, 多选题, 判断题, 填空题, 排序题, 简答题), then its "
            "share if they count differently: ## 单选题 2. Its wording is the next line, then an option per line, the "
            "right ones beginning with *; or 对 or 错; or a line per blank; or the steps in the right order; or the "
            "keywords. A short answer that a person marks: # 人工评分, and below it by what."
        ),
    )
    explanation = forms.CharField(label=_("Explanation"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    number = forms.CharField(label=_("number in the bank"), required=False, max_length=40)
    difficulty = forms.TypedChoiceField(
        label=_("difficulty"),
        required=False,
        choices=[("", "—"), *((n, str(n)) for n in range(1, 6))],
        coerce=int,
        empty_value=None,
    )
    points = forms.CharField(label=_("knowledge point"), required=False, max_length=80)
    source = forms.CharField(label=_("source (document and number)"), required=False, max_length=200)
    audience = forms.ChoiceField(label=_("for whom"), required=False)
    language = forms.ChoiceField(
        label=pgettext_lazy("exam", "language"), required=False, choices=[("", "—"), *Language.choices]
    )

    def __init__(self, *args: Any, block: Block, **kwargs: Any) -> None:
        fields = to_fields(block)
        fields["audience"] = audience_value(block.audience)
        fields["language"] = language_value(block.language)
        super().__init__(*args, **{**kwargs, "initial": fields})
        self.block = block
        self.fields["type"].choices = [  # type: ignore[attr-defined]
            *([("unknown", pgettext_lazy("type", "not known"))] if block.type == "unknown" else []),
            *((value, label) for value, label in ItemType.choices if value in TYPES and self._fits(value)),
        ]
        if not self._fits("scenario"):
            del self.fields["parts"]
        self.fields["audience"].choices = [("", _("as the bank")), *Audience.choices]  # type: ignore[attr-defined]

    def _fits(self, value: str) -> bool:
        """A case comes with its questions and cannot be made by choosing it."""
        return value != "scenario" or self.block.type == "scenario" or bool(self.block.children)

    def clean(self) -> dict[str, Any]:
        """Read the fields into `mended`; what does not make an item is said beside the field."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        try:
            data["mended"] = from_fields(data, self.block)
        except CannotRead as error:
            self.add_error(error.field, say_problem(str(error)))
            return data
        except CannotReadParts as error:
            self.add_error("parts", [self._said(*problem) for problem in error.problems])
            return data
        if problem := problem_of(data["mended"]):
            self.add_error(self._field_of(problem), say_problem(problem))
        return data

    @staticmethod
    def _said(place: int, reason: str) -> str:
        problem = str(AUTHORING.get(reason) or say_problem(reason))  # the syntax is that of the author's form
        return f"{gettext('Question %(n)s') % {'n': place}}: {problem}" if place else problem

    def _field_of(self, problem: str) -> str | None:
        if self.cleaned_data["type"] == "scenario":
            return "parts"
        if any(word in problem for word in ("answer", "right", "pairs", "order", "true or false")):
            return "answer"
        return "options" if "option" in problem else None


class StoreForm(forms.Form):
    """How the accepted blocks go into the bank."""

    hand_in = forms.TypedChoiceField(
        label=_("Store as"),
        choices=[("0", _("drafts")), ("1", _("handed in for review by a second person"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="0",
    )
    seen = forms.BooleanField(label=_("I have looked at the preview."))


FORMATS = [("xlsx", _("Excel (.xlsx)")), ("gift", "GIFT"), ("moodle-xml", "Moodle XML"), ("qti3", "QTI 3")]


class ExportForm(forms.Form):
    """In which format items leave the bank."""

    format = forms.ChoiceField(label=_("format"), choices=FORMATS, widget=forms.RadioSelect, initial="xlsx")
