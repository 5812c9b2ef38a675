"""News reports in the Wagtail admin: reporters hand them in, the credit office decides."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    HistoryView,
    IndexView,
    SnippetViewSet,
    UsageView,
)

from accounts.models import SignedInRequest
from cms.models.reporting import reports_only_for
from newsletters import actions
from newsletters.forms import DecisionForm, NewsItemForm
from newsletters.models import NewsItem, NewsState

DECIDE = "newsletters.decide_newsitem"


class OwnUnitsOnly:
    """A reporter finds the own units' reports; another unit's does not exist for him."""

    request: SignedInRequest

    def get_object(self, *args: Any, **kwargs: Any) -> NewsItem:
        """Raises Http404 for a foreign report."""
        item: NewsItem = super().get_object(*args, **kwargs)  # type: ignore[misc]
        units = reports_only_for(self.request.user)
        if units is not None and item.department_id not in units:
            raise Http404
        return item


class NewsIndexView(IndexView):
    """The list, with the way to the decision."""

    def get_list_more_buttons(self, instance: NewsItem) -> list[Any]:
        """Wagtail's buttons, and the decision for whoever may take it."""
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.state == NewsState.SUBMITTED and self.request.user.has_perm(DECIDE):
            url = reverse(self.index_url_name.replace(":list", ":decide"), args=(instance.pk,))
            buttons.insert(0, MenuItem(_("Accept or return"), url=url, icon_name="check", priority=1))
        return buttons


class NewsCreateView(CreateView):
    """Hand a report in."""

    def save_instance(self) -> NewsItem:
        """One call into the actions."""
        try:
            return actions.submit_news(by=self.request.user, **self.form.cleaned_data)
        except actions.NotReporting as error:
            raise PermissionDenied from error


class NewsEditView(OwnUnitsOnly, EditView):
    """Mend a report, which hands it in again."""

    request: SignedInRequest

    def save_instance(self) -> NewsItem:
        """One call into the actions. An accepted report stays as it is."""
        try:
            return actions.revise_news(by=self.request.user, item=self.form.instance)
        except (actions.NotReporting, actions.WrongState) as error:
            raise PermissionDenied from error


class NewsDecideView(EditView):
    """Accept a report or return it with a reason."""

    template_name = "newsletters/admin/decide.html"
    permission_required = "decide"
    any_permission_required = ("decide",)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Only for those who decide."""
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_edit_url(self) -> str:
        """Where the form goes."""
        return str(self.request.path)

    def save_instance(self) -> NewsItem:
        """One call into the actions. A report that was decided meanwhile stays as it is."""
        try:
            if self.form.cleaned_data["decision"] == "return":
                reason = self.form.cleaned_data["why"]
                return actions.return_news(by=self.request.user, item=self.object, reason=reason)
            return actions.accept_news(by=self.request.user, item=self.object)
        except actions.WrongState as error:
            raise PermissionDenied from error


class NewsHistoryView(OwnUnitsOnly, HistoryView):
    """Who did what to a report."""


class NewsUsageView(OwnUnitsOnly, UsageView):
    """Which issues picked a report."""


class AcceptedOnly:
    """An issue picks accepted reports."""

    def get_object_list(self) -> QuerySet:
        """Accepted ones, the latest first."""
        found: QuerySet = super().get_object_list()  # type: ignore[misc]
        return found.filter(state=NewsState.ACCEPTED).order_by("-submitted_at")


class NewsChooseView(AcceptedOnly, ChooseView):
    """The window in which an editor picks."""


class NewsChooseResultsView(AcceptedOnly, ChooseResultsView):
    """Its list."""


class NewsChooserViewSet(SnippetChooserViewSet):
    """Pick accepted reports into an issue."""

    choose_view_class = NewsChooseView
    choose_results_view_class = NewsChooseResultsView


class NewsItemViewSet(SnippetViewSet):
    """News reports."""

    model = NewsItem
    icon = "mail"
    menu_label = _("News reports")
    menu_name = "news-reports"
    menu_order = 120
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["title", "department", Column("get_state_display", label=_("State")), "submitted_at"]
    list_filter = ["state", "department"]
    ordering = ["-submitted_at"]
    index_view_class = NewsIndexView
    add_view_class = NewsCreateView
    edit_view_class = NewsEditView
    history_view_class = NewsHistoryView
    usage_view_class = NewsUsageView
    chooser_viewset_class = NewsChooserViewSet

    def get_form_class(self, for_update: bool = False) -> type[NewsItemForm]:
        """The form of a report."""
        return NewsItemForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[NewsItem]:
        """Everything, or the own units' reports."""
        items = NewsItem.objects.select_related("department")
        units = reports_only_for(request.user)
        return items if units is None else items.filter(department_id__in=units)

    @property
    def decide_view(self) -> Any:
        """Accept or return."""
        kwargs = self.get_edit_view_kwargs()
        kwargs.update(form_class=DecisionForm, panel=None, template_name=NewsDecideView.template_name)
        return self.construct_view(NewsDecideView, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        """Wagtail's, and the decision."""
        return [*super().get_urlpatterns(), path("decide/<str:pk>/", self.decide_view, name="decide")]
