"""Units, memberships and consents in Wagtail's admin. Every change goes through an action."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.models import SignedInRequest
from foundation.audit.views import LookedAt
from organisations import actions
from organisations.forms import (
    ConsentForm,
    MembershipForm,
    MergeForm,
    OrganisationForm,
    PlanEndForm,
    ProfessionForm,
)
from organisations.forms.events import shown_event
from organisations.models import GuardianConsent, Membership, Organisation, OrganisationEvent, Profession
from organisations.queries import duties_in

EVENTS = 100


class NeverDeleted(ModelPermissionPolicy):
    """Everything as given, but nothing is deleted: units close, memberships end, consents are withdrawn."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """As given, without delete."""
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """As given, without delete."""
        return any(self.user_has_permission(user, action) for action in actions)


class NeverChanged(NeverDeleted):
    """Rows that are added and ended, and never edited."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Who may change them may look and end them; the edit form is nobody's."""
        if action == "view":
            return bool(user.has_perm(f"organisations.change_{self.model._meta.model_name}"))
        return action != "change" and super().user_has_permission(user, action)


def indented(unit: Organisation) -> str:
    """The name, as far to the right as it stands deep in the tree."""
    return "　" * ((unit.path or "").count("/") - 1) + unit.name


class OrganisationCreateView(generic.CreateView):
    """A new unit."""

    def save_instance(self) -> Organisation:
        """Through the action."""
        return actions.create_organisation(by=self.request.user, **self.form.values())


class OrganisationEditView(generic.EditView):
    """Rename, change codes, move."""

    def save_instance(self) -> Organisation:
        """Through the action, from the row as it is stored: the form has changed its own copy."""
        unit = Organisation.objects.get(pk=self.object.pk)
        return actions.save_organisation(by=self.request.user, organisation=unit, **self.form.values())


class OrganisationInspectView(generic.InspectView):
    """A unit with what happened to it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Who leads it, the newest events, and the form to merge."""
        events = OrganisationEvent.objects.filter(organisation=self.object).order_by("-pk")[:EVENTS]
        shown = [shown_event(event) for event in events]
        context: dict[str, Any] = super().get_context_data(**kwargs)
        duties = duties_in(self.object)
        return context | {"events": shown, "duties": duties, "merge_form": MergeForm()}


class OrganisationViewSet(ModelViewSet):
    """The tree as an indented list."""

    model = Organisation
    name = "organisations_admin"
    url_prefix = "organisations"
    icon = "group"
    menu_label = gettext_lazy("Organisations")
    menu_order = 260
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_template_name = "organisations/admin/organisation.html"
    inspect_view_fields = [
        "name",
        "kind",
        "code",
        "uscc",
        "district_code",
        "stage",
        "is_participating",
        "closed_on",
        "merged_into",
    ]
    inspect_view_class = OrganisationInspectView
    list_display = [Column("name", label=gettext_lazy("name"), accessor=indented), "kind", "code", "uscc", "closed_on"]
    list_filter = ["kind", "is_participating"]
    search_fields = ["name", "short_name", "code", "uscc"]
    search_backend_name = None
    ordering = ["path"]
    add_view_class = OrganisationCreateView
    edit_view_class = OrganisationEditView

    def get_form_class(self, for_update: bool = False) -> type[OrganisationForm]:
        """The same for new and existing units."""
        return OrganisationForm


class MembershipCreateView(generic.CreateView):
    """A new membership."""

    def save_instance(self) -> Membership:
        """Through the action."""
        return actions.add_membership(by=self.request.user, **self.form.values())


class MembershipIndexView(generic.IndexView):
    """All memberships with person and unit in three statements."""

    def get_base_queryset(self) -> Any:
        """Read what the columns print."""
        return Membership.objects.select_related("user", "organisation")


class MembershipInspectView(generic.InspectView):
    """A membership, and when it is to end."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the form of the planned last day."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"plan_form": PlanEndForm(initial={"ends_on": self.object.ends_on})}


class MembershipViewSet(ModelViewSet):
    """Who belongs where."""

    model = Membership
    name = "memberships_admin"
    url_prefix = "memberships"
    icon = "user"
    menu_label = gettext_lazy("Memberships")
    menu_order = 270
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_template_name = "organisations/admin/membership.html"
    inspect_view_fields = [
        "user",
        "organisation",
        "role",
        "position",
        "profession",
        "seat",
        "is_home",
        "from_on",
        "ends_on",
        "until_on",
    ]
    list_display = ["user", "organisation", "role", "is_home", DateColumn("from_on"), DateColumn("until_on")]
    list_filter = ["role", "is_home"]
    search_fields = ["user__username", "user__name", "organisation__name", "organisation__code"]
    search_backend_name = None
    ordering = ["-pk"]
    index_view_class = MembershipIndexView
    inspect_view_class = MembershipInspectView
    add_view_class = MembershipCreateView

    def get_form_class(self, for_update: bool = False) -> type[MembershipForm]:
        """Only new ones: a membership is ended, not edited."""
        return MembershipForm


class ProfessionCreateView(generic.CreateView):
    """A new key group."""

    def save_instance(self) -> Profession:
        """Through the action."""
        return actions.save_profession(by=self.request.user, profession=Profession(), **self.form.cleaned_data)


class ProfessionEditView(generic.EditView):
    """Another name or place in the list."""

    def save_instance(self) -> Profession:
        """Through the action."""
        stored = Profession.objects.get(pk=self.object.pk)
        return actions.save_profession(by=self.request.user, profession=stored, **self.form.cleaned_data)


class ProfessionViewSet(ModelViewSet):
    """The key groups (重点人群)."""

    model = Profession
    name = "professions_admin"
    url_prefix = "professions"
    icon = "tag"
    menu_label = gettext_lazy("Key professions")
    menu_order = 275
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["name", "code", "order"]
    search_fields = ["name", "code"]
    search_backend_name = None
    ordering = ["order", "pk"]
    add_view_class = ProfessionCreateView
    edit_view_class = ProfessionEditView

    def get_form_class(self, for_update: bool = False) -> type[ProfessionForm]:
        """The same for new and existing ones."""
        return ProfessionForm


class ConsentCreateView(generic.CreateView):
    """A new consent, which opens the child's account."""

    def save_instance(self) -> GuardianConsent:
        """Through the action."""
        return actions.record_consent(by=self.request.user, **self.form.values())


class ConsentIndexView(LookedAt, generic.IndexView):
    """All consents with the child and who recorded it."""

    look_page = "organisations.consents"

    def get_base_queryset(self) -> Any:
        """Read what the columns print."""
        return GuardianConsent.objects.select_related("user", "recorded_by")


class ConsentInspectView(LookedAt, generic.InspectView):
    """One consent, with the guardian's name."""

    look_page = "organisations.consent"

    def look_target(self) -> str:
        """The child."""
        return f"accounts.User:{self.object.user_id}"


class ConsentViewSet(ModelViewSet):
    """Guardians' consents."""

    model = GuardianConsent
    name = "consents_admin"
    url_prefix = "consents"
    icon = "lock"
    menu_label = gettext_lazy("Guardian consents")
    menu_order = 280
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_template_name = "organisations/admin/consent.html"
    inspect_view_fields = ["user", "guardian", "method", "text_version", "given_at", "recorded_by", "withdrawn_at"]
    list_display = ["user", "guardian", "method", "text_version", DateColumn("given_at"), DateColumn("withdrawn_at")]
    list_filter = ["method"]
    search_fields = ["user__username", "user__name", "guardian"]
    search_backend_name = None
    ordering = ["-pk"]
    index_view_class = ConsentIndexView
    inspect_view_class = ConsentInspectView
    add_view_class = ConsentCreateView

    def get_form_class(self, for_update: bool = False) -> type[ConsentForm]:
        """Only new ones: a consent is withdrawn, not edited."""
        return ConsentForm


def _allowed(request: SignedInRequest, permission: str) -> None:
    """Raise PermissionDenied unless the administrator holds `permission`."""
    if not request.user.has_perm(f"organisations.{permission}"):
        raise PermissionDenied


@require_POST
def close_organisation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a unit and what is below it."""
    _allowed(request, "change_organisation")
    try:
        actions.close_organisation(by=request.user, organisation=get_object_or_404(Organisation, pk=pk))
    except actions.OrganisationClosed:
        messages.warning(request, _("It was closed already."))
    else:
        messages.success(request, _("Closed, with everything below it."))
    return redirect("organisations_admin:inspect", pk)


@require_POST
def merge_organisation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let another unit take this one in."""
    _allowed(request, "change_organisation")
    unit = get_object_or_404(Organisation, pk=pk)
    form = MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("organisations_admin:inspect", pk)
    into = form.cleaned_data["into"]
    try:
        moved = actions.merge_organisations(by=request.user, organisation=unit, into=into)
    except actions.CannotMerge:
        messages.error(request, _("A unit merges with another open one that does not lie below it."))
        return redirect("organisations_admin:inspect", pk)
    text = ngettext("Merged: %(n)s person has moved.", "Merged: %(n)s people have moved.", moved)
    messages.success(request, text % {"n": moved})
    return redirect("organisations_admin:inspect", into.pk)


@require_POST
def end_membership(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a membership today."""
    _allowed(request, "change_membership")
    try:
        actions.end_membership(by=request.user, membership=get_object_or_404(Membership, pk=pk))
    except actions.MembershipEnded:
        messages.warning(request, _("It had ended already."))
    else:
        messages.success(request, _("Ended today."))
    return redirect("memberships_admin:inspect", pk)


@require_POST
def plan_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say when a membership is to end, or that it is without end."""
    _allowed(request, "change_membership")
    membership, form = get_object_or_404(Membership, pk=pk), PlanEndForm(request.POST)
    try:
        if form.is_valid():
            actions.plan_end(by=request.user, membership=membership, **form.cleaned_data)
    except actions.MembershipEnded:
        messages.warning(request, _("It had ended already."))
        return redirect("memberships_admin:inspect", pk)
    except ValidationError as refusal:
        form.add_error(None, refusal)
    if form.errors:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        messages.success(request, _("Kept. It ends by itself after this day."))
    return redirect("memberships_admin:inspect", pk)


@require_POST
def withdraw_consent(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a consent; the child's account closes."""
    _allowed(request, "change_guardianconsent")
    consent = get_object_or_404(GuardianConsent.objects.select_related("user"), pk=pk)
    try:
        actions.withdraw_consent(by=request.user, child=consent.user)
    except actions.NoConsent:
        messages.warning(request, _("It was withdrawn already."))
    else:
        messages.success(request, _("Withdrawn. The child's account is closed."))
    return redirect("consents_admin:inspect", pk)
