"""Programmes in Wagtail's admin: drafts are edited, open ones are looked at, opened, closed and filled with people."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView
from wagtail.admin.views import generic
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.models import SignedInRequest
from programmes import actions, queries
from programmes.forms import CopyForm, EnrolUnitForm, ExtendForm, ProgrammeForm, StepForm, preset_title
from programmes.models import Enrolment, EnrolmentState, Programme, ProgrammeState, Step
from programmes.presets import PRESETS, Preset

INSPECT = "programmes_admin:inspect"


class NeverDeleted(ModelPermissionPolicy):
    """Who may change programmes may do everything but delete them: enrolments and facts refer to them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """As given, without delete."""
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """As given, without delete."""
        return any(self.user_has_permission(user, action) for action in actions)


class ProgrammeIndexView(generic.IndexView):
    """The list, with the way to a new programme after a model."""

    @cached_property
    def header_buttons(self) -> list[Any]:
        """As given, and one more."""
        buttons = super().header_buttons
        if self.user_has_permission("add"):
            buttons.append(HeaderButton(_("New after a model"), url=reverse("copy_programme"), icon_name="copy"))
        return list(buttons)


class ProgrammeCreateView(generic.CreateView):
    """A new draft."""

    def save_instance(self) -> Programme:
        """Through the action, so that it is noted down."""
        return actions.create_programme(by=self.request.user, **self.form.cleaned_data)


class ProgrammeEditView(generic.EditView):
    """A draft; an open or closed programme is only looked at."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Lead away from what is not a draft any more."""
        if self.object.state != ProgrammeState.DRAFT:
            messages.warning(request, _("Only a draft is edited: learners work in this one already, or have."))
            return redirect(INSPECT, self.object.pk)
        return super().dispatch(request, *args, **kwargs)

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Know the programme before anything else."""
        super().setup(request, *args, **kwargs)
        self.object = self.get_object()

    def save_instance(self) -> Programme:
        """Through the action, so that it is noted down."""
        programme = Programme.objects.get(pk=self.object.pk)
        return actions.change_programme(by=self.request.user, programme=programme, **self.form.cleaned_data)


class ProgrammeInspectView(generic.InspectView):
    """What it is, its steps, how many people are in it, and what can be done with it now."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Steps in order with what they ask for, and the forms for a step and a unit."""
        enrolled = Enrolment.objects.filter(programme=self.object, state=EnrolmentState.ACTIVE).count()
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "settings": queries.settings_of(self.object),
            "step_form": StepForm(),
            "enrolled": enrolled,
            "enrol_form": EnrolUnitForm(),
            "extend_form": ExtendForm(),
            "may_change": self.user_has_permission("change"),
        }


class ProgrammeViewSet(ModelViewSet):
    """List, draft, look."""

    model = Programme
    name = "programmes_admin"
    url_prefix = "programmes"
    icon = "list-ol"
    menu_label = gettext_lazy("Programmes")
    menu_order = 250
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_template_name = "programmes/admin/inspect.html"
    inspect_view_fields = ["slug", "title", "title_en", "summary", "audience", "opens_on", "closes_on", "state",
                           "certificate_after", "certificate_months"]  # fmt: skip
    list_display = ["title", "audience", "state", "opens_on", "closes_on"]
    list_filter = ["state", "audience"]
    search_fields = ["title", "slug"]
    search_backend_name = None
    ordering = ["-opens_on", "pk"]
    index_view_class = ProgrammeIndexView
    add_view_class = ProgrammeCreateView
    edit_view_class = ProgrammeEditView
    inspect_view_class = ProgrammeInspectView

    def get_form_class(self, for_update: bool = False) -> type[ProgrammeForm]:
        """The same for new and existing drafts."""
        return ProgrammeForm


def _programme(request: SignedInRequest, pk: int) -> Programme:
    """The programme, for who may change it. Raises PermissionDenied or Http404."""
    if not request.user.has_perm("programmes.change_programme"):
        raise PermissionDenied
    return get_object_or_404(Programme, pk=pk)


class CopyView(WagtailAdminTemplateMixin, FormView):  # type: ignore[misc]
    """A draft after a model, in one step. What its steps still miss is said, and shown on its page."""

    request: SignedInRequest
    form_class = CopyForm
    template_name = "programmes/admin/copy.html"
    page_title = gettext_lazy("A programme after a model")
    header_icon = "copy"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Raises PermissionDenied for whoever may not make programmes."""
        if not request.user.has_perm("programmes.add_programme"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: CopyForm) -> HttpResponse:
        """Make it and lead to its page."""
        by, model = self.request.user, form.chosen
        fields = {name: form.cleaned_data[name] for name in ("title", "opens_on", "closes_on", "unit")}
        made = (
            actions.create_from_preset(by=by, preset=model, **fields)
            if isinstance(model, Preset)
            else actions.copy_programme(by=by, source=model, **fields)
        )
        _say_what_is_missing(self.request, made)
        return redirect(INSPECT, made.pk)

    def form_invalid(self, form: CopyForm) -> HttpResponse:
        """The form with its errors."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The models with their steps, to compare."""
        presets = [(preset_title(preset), preset) for preset in PRESETS]
        return super().get_context_data(**kwargs) | {"presets": presets}


def _say_what_is_missing(request: HttpRequest, programme: Programme) -> None:
    missing = [row.step.title for row in queries.settings_of(programme) if not row.asks_for]
    if missing:
        titles = _("”, “").join(missing)
        messages.warning(
            request, _("A draft is made. Choose still what is asked for in “%(steps)s”.") % {"steps": titles}
        )
    else:
        messages.success(request, _("A draft is made, and every step says what it asks for. Look it over and open it."))


@require_POST
def open_programme(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let learners in."""
    try:
        actions.open_programme(by=request.user, programme=_programme(request, pk))
    except actions.WrongState:
        messages.warning(request, _("Only a draft with at least one step can be opened."))
    except actions.StepsNotSet as refusal:
        titles = _("”, “").join(step.title for step in refusal.steps)
        messages.error(request, _("Not opened. Choose first what is asked for in “%(steps)s”.") % {"steps": titles})
    else:
        messages.success(request, _("Open. Learners see it from its first day on."))
    return redirect(INSPECT, pk)


@require_POST
def close_programme(request: SignedInRequest, pk: int) -> HttpResponse:
    """End it for learners."""
    try:
        actions.close_programme(by=request.user, programme=_programme(request, pk))
    except actions.WrongState:
        messages.warning(request, _("Only an open programme can be closed."))
    else:
        messages.success(request, _("Closed. What learners have done stays."))
    return redirect(INSPECT, pk)


@require_POST
def extend_programme(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let an open programme end later."""
    programme = _programme(request, pk)
    form = ExtendForm(request.POST)
    try:
        if form.is_valid():
            actions.extend_programme(by=request.user, programme=programme, **form.cleaned_data)
    except actions.WrongState:
        messages.warning(request, _("Only an open programme can be extended."))
        return redirect(INSPECT, pk)
    except ValidationError as refusal:
        form.add_error(None, refusal)
    if form.errors:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        messages.success(request, _("Extended. New rounds of its assignments go on being made until then."))
    return redirect(INSPECT, pk)


@require_POST
def enrol_unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enrol everybody of a unit in the background."""
    programme = _programme(request, pk)
    form = EnrolUnitForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(INSPECT, pk)
    unit, due_on = form.cleaned_data["unit"], form.cleaned_data["due_on"]
    actions.enrol_unit(by=request.user, programme=programme, organisation=unit, due_on=due_on)
    messages.success(request, _("People of “%(unit)s” are being enrolled.") % {"unit": unit})
    return redirect(INSPECT, pk)


NO_DRAFT = gettext_lazy("Not changed: the steps are fixed once a programme is open.")


@require_POST
def add_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Append a step to a draft."""
    programme = _programme(request, pk)
    form = StepForm(request.POST)
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(str(error) for error in errors)}")
        return redirect(INSPECT, pk)
    try:
        actions.add_step(by=request.user, programme=programme, **form.cleaned_data)
    except actions.ProgrammeNotDraft:
        messages.warning(request, NO_DRAFT)
    else:
        messages.success(request, _("Step added. Choose now what it asks for."))
    return redirect(INSPECT, pk)


@require_POST
def remove_step(request: SignedInRequest, pk: int, step_pk: int) -> HttpResponse:
    """Take a step out of a draft."""
    step = get_object_or_404(Step.objects.select_related("programme"), pk=step_pk, programme=_programme(request, pk))
    try:
        actions.remove_step(by=request.user, step=step)
    except actions.ProgrammeNotDraft:
        messages.warning(request, NO_DRAFT)
    else:
        messages.success(request, _("“%(step)s” is removed.") % {"step": step.title})
    return redirect(INSPECT, pk)


@require_POST
def move_step(request: SignedInRequest, pk: int, step_pk: int) -> HttpResponse:
    """One place earlier (`to` is "earlier") or later within its stage."""
    step = get_object_or_404(Step.objects.select_related("programme"), pk=step_pk, programme=_programme(request, pk))
    try:
        actions.move_step(by=request.user, step=step, earlier=request.POST.get("to") == "earlier")
    except actions.ProgrammeNotDraft:
        messages.warning(request, NO_DRAFT)
    return redirect(INSPECT, pk)
