"""Parts for pages of our own in Wagtail's admin."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.models import SignedInRequest


class ActionFormView(WagtailAdminTemplateMixin, FormView):
    """One form whose answer is one action. A subclass says who may (`permission`), what to do (`store`) and where to
    go afterwards (`get_success_url`); what the action refuses (`refusals`) becomes an error of the form."""

    request: SignedInRequest
    template_name = "wagtailadmin/generic/form.html"
    permission = ""
    refusals: Sequence[type[Exception]] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Raises PermissionDenied for everybody without `permission`."""
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def store(self, form: forms.Form) -> None:
        """Call the action."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Do it, or say in the form why not."""
        try:
            self.store(form)
        except ValidationError as error:
            form.add_error(None, error.messages)  # type: ignore[arg-type]
        except tuple(self.refusals):
            form.add_error(None, _("This cannot be chosen here, or not any more."))
        else:
            messages.success(self.request, _("Saved."))
            return redirect(self.get_success_url())
        return self.form_invalid(form)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Back to where one comes from, and this page."""
        back = {"url": self.get_success_url(), "label": _("Go back")}
        return [*super().get_breadcrumbs_items(), back, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What Wagtail's form page shows besides the form."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "action_url": self.request.path,
            "submit_button_label": _("Save"),
            "submit_button_active_label": _("Saving…"),
        }
