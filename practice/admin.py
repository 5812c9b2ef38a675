"""Say how many deeds a step of a programme asks for."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.admin import ActionFormView
from practice import actions, steps
from practice.forms import PractiseStepForm


class PractiseStepView(ActionFormView):
    """The number of confirmed deeds."""

    permission = "programmes.change_programme"
    form_class = PractiseStepForm
    refusals = (actions.StepNotConfigurable,)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Know the step before anything else. Raises Http404."""
        super().setup(request, *args, **kwargs)
        self.step = get_object_or_404(steps.practise_steps(), pk=kwargs["step_id"])

    def get_page_title(self) -> str:
        """The step."""
        return _("What “%(step)s” asks for") % {"step": self.step.title}

    def get_success_url(self) -> str:
        """The page of the programme."""
        return reverse("programmes_admin:inspect", args=[self.step.programme_id])

    def get_initial(self) -> dict[str, Any]:
        """What is chosen now."""
        return {"required_deeds": steps.required_deeds(self.step) or 2}

    def store(self, form: forms.Form) -> None:
        """Through the action."""
        actions.configure_step(by=self.request.user, step=self.step, required_deeds=form.cleaned_data["required_deeds"])
