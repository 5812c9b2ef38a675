"""Training sessions in Wagtail's admin: plan, open for sign-up, close, cancel; the way to attendance and code."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateInput
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.models import SignedInRequest
from courses import actions
from courses.forms import TrainingSessionForm
from courses.models import SessionState, TrainingSession
from courses.queries.sessions import planned_sessions

INSPECT = "training-sessions:inspect"


class Cancelled(ModelPermissionPolicy):
    """Sessions are cancelled, never deleted: sign-ups and attendance refer to them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """As given, without delete."""
        return action != "delete" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """As given, without delete."""
        return any(self.user_has_permission(user, action) for action in actions)


class SessionFilter(WagtailFilterSet):
    """By state and by day."""

    starts_after = django_filters.DateFilter(
        label=gettext_lazy("begins on or after"), field_name="starts_at", lookup_expr="date__gte", widget=AdminDateInput
    )
    starts_before = django_filters.DateFilter(
        label=gettext_lazy("begins on or before"),
        field_name="starts_at",
        lookup_expr="date__lte",
        widget=AdminDateInput,
    )

    class Meta:
        model = TrainingSession
        fields = ["state"]


class SessionIndexView(generic.IndexView):
    """All of them, latest first."""

    def get_base_queryset(self) -> QuerySet[TrainingSession]:
        """With what the list shows of units."""
        return planned_sessions()


class SessionCreateView(generic.CreateView):
    """A new draft."""

    def save_instance(self) -> TrainingSession:
        """Through the action, so that it is noted down."""
        return actions.create_session(by=self.request.user, **self.form.cleaned_data)


class SessionEditView(generic.EditView):
    """A draft; afterwards a session is only looked at."""

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Know the session before anything else."""
        super().setup(request, *args, **kwargs)
        self.object = self.get_object()

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Lead away from what is not a draft any more."""
        if self.object.state != SessionState.DRAFT:
            messages.warning(request, _("Only a draft is edited. Cancel this one and announce another."))
            return redirect(INSPECT, self.object.pk)
        return super().dispatch(request, *args, **kwargs)

    def save_instance(self) -> TrainingSession:
        """Through the action, so that it is noted down."""
        session = TrainingSession.objects.get(pk=self.object.pk)
        return actions.change_session(by=self.request.user, session=session, **self.form.cleaned_data)


class SessionInspectView(generic.InspectView):
    """When and where, how many come, and what can be done now."""

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """Moments by the clock on the wall, and nothing for what is empty."""
        value = super().get_field_display_value(field_name, field)
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value), "DATETIME_FORMAT")
        return "" if value is None else value

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which buttons are shown."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        state = self.object.state
        return context | {
            "may_change": self.user_has_permission("change"),
            "may_open": state in (SessionState.DRAFT, SessionState.CLOSED),
            "may_close": state == SessionState.OPEN,
            "may_cancel": state != SessionState.CANCELLED,
            "is_announced": state in (SessionState.OPEN, SessionState.CLOSED),
        }


def places(session: TrainingSession) -> str:
    """Taken of all."""
    return f"{session.taken}/{session.capacity}"


class SessionViewSet(ModelViewSet):
    """List, draft, look."""

    model = TrainingSession
    name = "training-sessions"
    icon = "calendar"
    menu_label = gettext_lazy("Training sessions")
    menu_order = 255
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_template_name = "courses/admin/session.html"
    inspect_view_fields = [
        "title", "course", "organisation", "organiser", "starts_at", "ends_at", "place", "live_url", "capacity",
        "taken", "state",
    ]  # fmt: skip
    list_display = [
        "title",
        Column("state", label=gettext_lazy("state"), accessor="get_state_display", sort_key="state"),
        "starts_at",
        "organisation",
        "place",
        Column("places", label=gettext_lazy("places taken"), accessor=places),
    ]
    filterset_class = SessionFilter
    search_fields = ["title", "place"]
    search_backend_name = None
    ordering = ["-starts_at", "pk"]
    index_view_class = SessionIndexView
    add_view_class = SessionCreateView
    edit_view_class = SessionEditView
    inspect_view_class = SessionInspectView

    def get_form_class(self, for_update: bool = False) -> type[TrainingSessionForm]:
        """The same for new and existing drafts."""
        return TrainingSessionForm


def _move(request: SignedInRequest, pk: int, verb: Callable[..., None], done: str) -> HttpResponse:
    """Open, close or cancel, for who may change sessions. Raises PermissionDenied or Http404."""
    if not request.user.has_perm("courses.change_trainingsession"):
        raise PermissionDenied
    try:
        verb(by=request.user, session=get_object_or_404(TrainingSession, pk=pk))
    except actions.SessionMoved:
        messages.warning(request, _("Not possible: the session is over, has taken place, or somebody else changed it."))
    else:
        messages.success(request, done)
    return redirect(INSPECT, pk)


@require_POST
def open_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let learners sign up."""
    return _move(request, pk, actions.open_session, _("Open for sign-up."))


@require_POST
def close_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take no more sign-ups."""
    return _move(request, pk, actions.close_session, _("Sign-up is closed. Who holds a place keeps it."))


@require_POST
def cancel_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call it off."""
    return _move(request, pk, actions.cancel_session, _("Cancelled. Everybody who had signed up is told."))
