"""Rules, sessions, extra time, make-ups and deferrals in Wagtail's admin."""

from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import Button
from wagtail.permissions import register_permission_policy

from exams.admin.viewsets import ExamsGroup, MakeupViewSet, NoDeleting, RecordedCreate, RecordedViewSet
from exams.forms.sitting import ExtraTimeEndForm, ExtraTimeForm, GrantForm, RulesForm, SessionForm
from exams.models import ExtraAttempt, ExtraTime, Session, SittingRules
from foundation.audit.views import LookedAt

for _model in (SittingRules, Session, ExtraTime):
    register_permission_policy(_model, NoDeleting(_model))


class WithPaper(generic.IndexView):
    """With the title of each paper, in one statement."""

    def get_base_queryset(self) -> Any:
        """Rows with their paper."""
        return super().get_base_queryset().select_related("paper")


class ForAPaper(RecordedCreate):
    """Begins with the paper that the address names, as links from a paper's page do."""

    def get_initial(self) -> dict[str, Any]:
        """The paper, if there is one."""
        named = self.request.GET.get("paper", "")
        return {**super().get_initial(), **({"paper": named} if named.isdecimal() else {})}


class RulesViewSet(RecordedViewSet):
    """The rules of sitting of each paper."""

    add_view_class = ForAPaper

    model = SittingRules
    name = "exams_sittingrules"
    icon = "list-ol"
    index_view_class = WithPaper
    list_display = ["paper", "opens_at", "closes_at", "code_needed", "seb_required"]
    search_fields = ["paper__title"]
    ordering = ["paper__title"]

    def get_form_class(self, for_update: bool = False) -> type:
        """Our form, which checks the keys."""
        return RulesForm


class SessionIndex(WithPaper):
    """Sessions with the way to the live view."""

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        """Leads to the live view as well."""
        live = Button(
            _("Live view"), reverse("exams:invigilator", args=[instance.public_id]), icon_name="view", priority=5
        )
        return [live, *super().get_list_more_buttons(instance)]


class SessionViewSet(RecordedViewSet):
    """Sessions with their units and invigilators."""

    add_view_class = ForAPaper

    model = Session
    name = "exams_session"
    icon = "group"
    index_view_class = SessionIndex
    list_display = ["name", "paper", "place", "opens_at", "closes_at"]
    list_filter = ["paper"]
    search_fields = ["name", "place"]
    ordering = ["-opens_at"]

    def get_form_class(self, for_update: bool = False) -> type:
        """Our form, which finds units and people."""
        return SessionForm


class ThroughForm:
    """The form stores through the action itself."""

    form: Any

    def save_instance(self) -> Model:
        """Store."""
        instance: Model = self.form.save()
        return instance


class ExtraTimeCreate(ThroughForm, generic.CreateView):
    """Grants through the form."""


class ExtraTimeEdit(LookedAt, ThroughForm, generic.EditView):
    """Ends through the form."""

    look_page = "exams.extra_time"

    def look_target(self) -> str:
        """Who has it."""
        return f"accounts.User:{self.object.user_id}"


class ExtraTimeIndex(LookedAt, generic.IndexView):
    """Extra time with who has it, why, and who granted it."""

    look_page = "exams.extra_times"

    def get_base_queryset(self) -> Any:
        """In one statement."""
        return super().get_base_queryset().select_related("user", "granted_by")


class ExtraTimeViewSet(ModelViewSet):
    """Extra time: granted, listed, ended."""

    model = ExtraTime
    name = "exams_extratime"
    icon = "time"
    index_view_class = ExtraTimeIndex
    add_view_class = ExtraTimeCreate
    edit_view_class = ExtraTimeEdit
    copy_view_enabled = False
    list_display = [
        Column("user", label=gettext_lazy("Person"), accessor="user"),
        "percent",
        "minutes",
        "reason",
        "from_on",
        "until_on",
        "granted_by",
    ]
    search_fields = ["user__username", "user__name"]
    ordering = ["-granted_at"]

    def get_form_class(self, for_update: bool = False) -> type:
        """Granting names the person; afterwards only the end changes."""
        return ExtraTimeEndForm if for_update else ExtraTimeForm


def whom(grant: Any) -> Any:
    """The person or the unit that a grant is for."""
    return grant.enrolment.user if grant.enrolment else grant.organisation


class GrantIndex(LookedAt, generic.IndexView):
    """Grants with whom they are for, and why."""

    look_page = "exams.grants"

    def get_base_queryset(self) -> Any:
        """In one statement."""
        related = ("enrolment__user", "organisation", "paper", "granted_by")
        return ExtraAttempt.objects.select_related(*related).order_by("-granted_at", "-pk")


class GrantViewSet(MakeupViewSet):
    """Make-ups and deferrals for persons and units."""

    index_view_class = GrantIndex
    list_display = [
        Column("kind", label=gettext_lazy("kind"), accessor="get_kind_display"),
        Column(
            "to",
            label=gettext_lazy("Person or unit"),
            accessor=lambda g: g.enrolment.user if g.enrolment else g.organisation,
        ),
        "paper",
        "opens_at",
        "closes_at",
        "reason",
        "granted_by",
    ]
    list_filter = ["paper", "kind"]

    def get_form_class(self, for_update: bool = False) -> type:
        """Our form, which finds the person or the unit."""
        return GrantForm


class ExamsMenu(ExamsGroup):
    """The whole entry in the menu: authoring, then sitting."""

    items = (  # type: ignore[assignment]
        *(item for item in ExamsGroup.items if item is not MakeupViewSet),
        RulesViewSet,
        SessionViewSet,
        GrantViewSet,
        ExtraTimeViewSet,
    )
