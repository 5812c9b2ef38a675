"""People in Wagtail's admin."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.admin.views.account import AccountView
from wagtail.users.views.users import EditView, IndexView, UserViewSet

from accounts import actions, queries
from accounts.forms import PersonCreationForm, PersonEditForm
from accounts.forms.help import RESET, HelpForm
from accounts.models import SignedInRequest, User
from foundation.audit.views import LookedAt


class PersonIndexView(LookedAt, IndexView):
    """Search by name and employee number too, sort by name."""

    look_page = "accounts.people"

    @property
    def search_fields(self) -> set[str]:
        """Fields that the search box looks into."""
        return {"username", "name", "employee_number", "email"}

    def order_queryset(self, queryset: Any) -> Any:
        """Names are one field here."""
        if self.ordering in ("name", "-name"):
            return queryset.order_by(self.ordering, "pk")
        return super().order_queryset(queryset)


class PersonEditView(LookedAt, EditView):
    """One person: numbers and address are in clear, so the audit log knows who looked."""

    look_page = "accounts.person"

    def look_target(self) -> str:
        """The person."""
        return f"accounts.User:{self.object.pk}"


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


@permission_required("accounts.change_user", raise_exception=True)
def sign_in_help(request: SignedInRequest, pk: int) -> HttpResponse:
    """Unlock somebody, or take lost second factors away. Only a superuser helps a superuser."""
    person = get_object_or_404(User, pk=pk)
    if person.is_superuser and not request.user.is_superuser:
        raise PermissionDenied
    form = HelpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _help(request, person, form.cleaned_data)
        return redirect("sign_in_help", pk)
    found = {"person": person, "form": form, "failures": queries.failures_of(person)}
    found["kinds"] = sorted(queries.second_factors(person))
    return render(request, "accounts/admin/sign_in_help.html", found)


def _help(request: SignedInRequest, person: User, data: dict[str, Any]) -> None:
    """Do what was chosen and say so."""
    if data["do"] == RESET:
        actions.reset_factors(by=request.user, user=person, reason=data["reason"])
        messages.success(request, _("Passkeys, app and recovery codes are removed."))
    else:
        actions.unlock_account(by=request.user, user=person)
        messages.success(request, _("The account is unlocked."))
