"""Letters in Wagtail's admin: write and review wording, look at what was signed and asked for."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.models import User
from cms.admin import ActionFormView
from pledges import actions, steps
from pledges.contracts import Clause, number_clauses
from pledges.forms import LetterStepForm, WordForm
from pledges.models import Letter, LetterRequest, LetterTemplate, LetterVersion, VersionState

PROMISE_MARK = "*"
KEEP, SEND, APPROVE, RETURN = "keep", "send", "approve", "return"
REFUSALS = (actions.NotReviewable, actions.TemplateIncomplete)


class LookOnly(ModelPermissionPolicy):
    """Nobody adds, edits or deletes by hand; who may "view" the model may look."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """`view` for those who hold it; nothing else."""
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """True if `view` is among `actions` and allowed."""
        return any(self.user_has_permission(user, action) for action in actions)


class KeptForEver(ModelPermissionPolicy):
    """Add and change by permission; deleting never: letters refer to it."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """As granted, without `delete`."""
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """As granted, without `delete`."""
        return any(self.user_has_permission(user, action) for action in actions)


class _ThroughActions:
    """A view whose form is stored by an action; what the action refuses becomes an error of the form."""

    form: Any
    request: Any
    produced_error_message: str | None = None
    produced_error_code: str | None = None

    def save_instance(self) -> Any:
        """Let the form call its action."""
        return self.form.store(self.request.user)

    def form_valid(self, form: Any) -> HttpResponse:
        """Store, or show why not."""
        try:
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        except REFUSALS as refusal:
            self.produced_error_message = str(refusal)
        except ValidationError as error:
            self.produced_error_message = " ".join(error.messages)
        else:
            return response
        refused: HttpResponse = self.form_invalid(form)  # type: ignore[attr-defined]
        return refused


class AddView(_ThroughActions, generic.CreateView):
    """Create through an action."""


class ChangeView(_ThroughActions, generic.EditView):
    """Edit through an action."""


class TemplateForm(WagtailAdminModelForm):
    """What stays the same between versions."""

    class Meta:
        model = LetterTemplate
        fields = [
            "slug", "title", "title_en", "audience", "pledge_type", "pledge_type_text", "subject", "publication",
            "validity_days", "accepting_unit", "withdrawable", "for_special_funds", "copies", "sign_until",
        ]  # fmt: skip

    def store(self, user: User) -> LetterTemplate:
        """Create or edit."""
        if self.instance.pk is None:
            return actions.create_template(by=user, **self.cleaned_data)
        return actions.edit_template(by=user, template=self.instance, **self.cleaned_data)


class VersionForm(WagtailAdminModelForm):
    """The wording, one clause a line, and what to do with it now."""

    clause_lines = forms.CharField(
        label=_("clauses"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "One clause a line, without numbers. Begin a line with * if deeds can be recorded against it. A blank"
            " that the signer fills in is written [[what to fill in]]."
        ),
    )
    clause_lines_en = forms.CharField(
        label=_("clauses in English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line, as many as in Chinese and in the same order. Empty: signed in Chinese only."),
    )
    decision = forms.ChoiceField(label=_("What now"), widget=forms.RadioSelect)
    returned = forms.CharField(
        label=_("Returned because"), required=False, disabled=True, widget=forms.Textarea(attrs={"rows": 2})
    )
    why = forms.CharField(
        label=_("Why it is returned"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Its author reads this. Needed if you return it."),
    )

    class Meta:
        model = LetterVersion
        fields = [
            "template", "reason", "preamble", "breach_liability", "asks_promise", "reason_en", "preamble_en",
            "breach_liability_en", "source_file",
        ]  # fmt: skip
        widgets = {"source_file": forms.HiddenInput}

    field_order = [
        "returned", "template", "reason", "preamble", "clause_lines", "breach_liability", "asks_promise", "reason_en",
        "preamble_en", "clause_lines_en", "breach_liability_en", "source_file", "decision", "why",
    ]  # fmt: skip
    WORDS = (
        "reason", "preamble", "clause_lines", "breach_liability", "asks_promise", "reason_en", "preamble_en",
        "clause_lines_en", "breach_liability_en",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = self.instance
        if version.pk is not None:
            self.fields["template"].disabled = True
            self.fields["clause_lines"].initial = "\n".join(
                f"{PROMISE_MARK if clause.is_promise else ''}{clause.text}" for clause in version.clause_list
            )
            self.fields["clause_lines_en"].initial = "\n".join(map(str, version.clauses_en))
        choices = [(KEEP, gettext("Keep as a draft")), (SEND, gettext("Send for review by a second person"))]
        if version.pk is not None and version.state == VersionState.IN_REVIEW:
            choices = [(APPROVE, gettext("It can be signed: freeze it")), (RETURN, gettext("Return it to the author"))]
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
        self.fields["returned"].initial = version.returned_because
        if not version.returned_because:
            del self.fields["returned"]
        if version.pk is None or version.state != VersionState.IN_REVIEW:
            del self.fields["why"]
        if version.pk is not None and version.state != VersionState.DRAFT:
            for name in self.WORDS:
                self.fields[name].disabled = True
        if version.pk is not None and version.state == VersionState.READY:
            del self.fields["decision"]

    def clean(self) -> dict[str, Any]:
        """A returned wording comes with a reason."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("decision") == RETURN and not data.get("why", "").strip():
            self.add_error("why", gettext("Say why you return it."))
        return data

    def _clauses(self) -> list[Clause]:
        lines = [line.strip() for line in self.cleaned_data["clause_lines"].splitlines() if line.strip()]
        promises = [n for n, line in enumerate(lines) if line.startswith(PROMISE_MARK)]
        return number_clauses([line.lstrip(PROMISE_MARK) for line in lines], promises)

    def store(self, user: User) -> LetterVersion:
        """Draft, edit, send, approve or return. Raises NotReviewable, TemplateIncomplete or ValidationError."""
        version = LetterVersion.objects.select_related("template__accepting_unit").filter(pk=self.instance.pk).first()
        decision = self.cleaned_data.get("decision")
        if decision is None:
            raise actions.NotReviewable(gettext("This version is frozen. Write the next one."))
        if version is not None and decision == APPROVE:
            return actions.approve_version(by=user, version=version)
        if version is not None and decision == RETURN:
            return actions.return_version(by=user, version=version, reason=self.cleaned_data["why"])
        names = (
            "reason", "preamble", "breach_liability", "asks_promise", "reason_en", "preamble_en",
            "breach_liability_en", "source_file",
        )  # fmt: skip
        wording = {name: self.cleaned_data[name] for name in names}
        english = [line.strip() for line in self.cleaned_data["clause_lines_en"].splitlines() if line.strip()]
        wording["clauses_en"] = english
        if version is None:
            template = self.cleaned_data["template"]
            version = actions.draft_version(by=user, template=template, clauses=self._clauses(), **wording)
        else:
            version = actions.edit_version(by=user, version=version, clauses=self._clauses(), **wording)
        return actions.send_for_review(by=user, version=version) if decision == SEND else version


class TemplateViewSet(ModelViewSet):
    """Kinds of letters."""

    model = LetterTemplate
    name = "letter-templates"
    icon = "doc-full"
    menu_label = _("Letter templates")
    add_view_class = AddView
    edit_view_class = ChangeView
    list_display = ["title", "audience", "pledge_type", "subject", "publication"]
    list_filter = ["audience", "pledge_type", "subject"]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[TemplateForm]:
        """Our form: it calls the actions."""
        return TemplateForm


class VersionIndex(generic.IndexView):
    """The list of wordings, with the way in from a Word file."""

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """One more than Wagtail's own."""
        more = HeaderButton(gettext("From a Word file"), url=reverse("letter-word"), icon_name="upload")
        return [*super().header_buttons, more]


class VersionViewSet(ModelViewSet):
    """Wordings and their review."""

    model = LetterVersion
    name = "letter-versions"
    icon = "edit"
    menu_label = _("Letter wordings")
    add_view_class = AddView
    edit_view_class = ChangeView
    index_view_class = VersionIndex
    list_display = ["template", "number", "state", "returned_because", "author", "reviewer", "frozen_at"]
    list_filter = ["state", "template"]
    ordering = ["-created_at"]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[VersionForm]:
        """Our form: it calls the actions."""
        return VersionForm


class WordView(WagtailAdminTemplateMixin, FormView):
    """Bring in the Word text that an office prescribes: upload it, compare what was recognised, keep it as a draft."""

    form_class = WordForm
    template_name = "pledges/admin/word.html"
    page_title = _("Letter from a Word file")
    header_icon = "doc-full"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Raises PermissionDenied for whoever may not write letters."""
        if not request.user.has_perm("pledges.add_letterversion"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: WordForm) -> HttpResponse:
        """Show the recognised parts in the form that writes a version; nothing is stored yet."""
        draft = form.draft
        version = VersionForm(
            for_user=self.request.user,
            initial={
                "template": form.cleaned_data["template"],
                "reason": draft.reason,
                "preamble": "\n".join(draft.preamble),
                "clause_lines": "\n".join(draft.clauses),
                "breach_liability": "\n".join(draft.liability),
                "source_file": form.source,
                "decision": KEEP,
            },
        )
        context = self.get_context_data(
            form=form, draft=draft, version=version, store_url=reverse("letter-versions:add")
        )
        return self.render_to_response(context)


class LetterViewSet(ModelViewSet):
    """Signed letters, to look at. Codes and states only: the texts are behind the letter's own page."""

    model = Letter
    name = "signed-letters"
    icon = "success"
    menu_label = _("Signed letters")
    form_fields = ["code"]
    inspect_view_enabled = True
    inspect_view_fields = ["code", "subject", "audience", "visibility", "state", "signed_at", "valid_until"]
    list_display = ["code", "audience", "subject", "visibility", "state", "signed_at"]
    list_filter = ["audience", "subject", "visibility", "state"]
    ordering = ["-signed_at"]
    copy_view_enabled = False


class RequestViewSet(ModelViewSet):
    """Requests to organisations, to look at."""

    model = LetterRequest
    name = "letter-requests"
    icon = "mail"
    menu_label = _("Letter requests")
    form_fields = ["organisation_name"]
    list_display = ["organisation_name", "uscc", "template", "state", "created_at", "expires_on"]
    list_filter = ["state", "template"]
    ordering = ["-created_at"]
    copy_view_enabled = False


class LettersGroup(ModelViewSetGroup):
    """One entry of the menu."""

    menu_label = _("Commitment letters")
    menu_icon = "doc-full-inverse"
    items = (TemplateViewSet, VersionViewSet, LetterViewSet, RequestViewSet)


class LetterStepView(ActionFormView):
    """The letters that one person or a class can sign."""

    permission = "programmes.change_programme"
    form_class = LetterStepForm
    refusals = (actions.TemplateIncomplete,)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Know the step before anything else. Raises Http404."""
        super().setup(request, *args, **kwargs)
        self.step = get_object_or_404(steps.pledge_steps(), pk=kwargs["step_id"])

    def get_page_title(self) -> str:
        """The step."""
        return gettext("What “%(step)s” asks for") % {"step": self.step.title}

    def get_success_url(self) -> str:
        """The page of the programme."""
        return reverse("programmes_admin:inspect", args=[self.step.programme_id])

    def get_initial(self) -> dict[str, Any]:
        """What is chosen now."""
        return {"template": steps.chosen_template(self.step)}

    def store(self, form: forms.Form) -> None:
        """Through the action."""
        actions.set_step_letter(by=self.request.user, step=self.step, template=form.cleaned_data["template"])
