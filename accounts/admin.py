"""People in Wagtail's admin."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail.admin.views.account import AccountView
from wagtail.users.views.users import EditView, IndexView, UserViewSet

from accounts.forms import PersonCreationForm, PersonEditForm
from foundation.audit.actions import look


class PersonIndexView(IndexView):
    """Search by name and employee number too, sort by name."""

    @property
    def search_fields(self) -> set[str]:
        """Fields that the search box looks into."""
        return {"username", "name", "employee_number", "email"}

    def order_queryset(self, queryset: Any) -> Any:
        """Names are one field here."""
        if self.ordering in ("name", "-name"):
            return queryset.order_by(self.ordering, "pk")
        return super().order_queryset(queryset)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list, which the audit log knows of."""
        answer: HttpResponse = super().get(request, *args, **kwargs)
        look(by=request.user, page="accounts.people", target="accounts.User:?", details={"query": bool(request.GET)})
        return answer


class PersonEditView(EditView):
    """One person: numbers and address are in clear, so the audit log knows who looked."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        answer: HttpResponse = super().get(request, *args, **kwargs)
        look(by=request.user, page="accounts.person", target=f"accounts.User:{self.object.pk}")
        return answer


class PersonViewSet(UserViewSet):
    """Wagtail's users with our fields."""

    index_view_class = PersonIndexView
    edit_view_class = PersonEditView
    create_template_name = "wagtailadmin/generic/create.html"
    edit_template_name = "wagtailadmin/generic/edit.html"

    def get_form_class(self, for_update: bool = False) -> type[PersonCreationForm] | type[PersonEditForm]:
        """The form with one name, employee number and age class."""
        return PersonEditForm if for_update else PersonCreationForm


class OwnAccountView(AccountView):
    """One's own settings in the admin: name, e-mail and password are kept elsewhere."""

    HIDDEN = {"name_email", "password"}

    def get_panels(self) -> list[Any]:
        """Language, theme, picture and notifications."""
        return [panel for panel in super().get_panels() if panel.name not in self.HIDDEN]
