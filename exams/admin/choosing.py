"""Say which paper a step of a programme asks for."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.admin import ActionFormView
from exams import actions, steps
from exams.forms.authoring import PaperStepForm


class PaperStepView(ActionFormView):
    """The papers of the step's kind."""

    permission = "programmes.change_programme"
    form_class = PaperStepForm
    refusals = (actions.StepFixed, actions.WrongMode)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Know the step before anything else. Raises Http404."""
        super().setup(request, *args, **kwargs)
        self.step = get_object_or_404(steps.papers_steps(), pk=kwargs["step_id"])

    def get_page_title(self) -> str:
        """The step."""
        return _("What “%(step)s” asks for") % {"step": self.step.title}

    def get_success_url(self) -> str:
        """The page of the programme."""
        return reverse("programmes_admin:inspect", args=[self.step.programme_id])

    def get_form_kwargs(self) -> dict[str, Any]:
        """With the kind of the step."""
        return super().get_form_kwargs() | {"kind": self.step.kind}

    def get_initial(self) -> dict[str, Any]:
        """What is chosen now."""
        return {"paper": steps.chosen_paper(self.step)}

    def store(self, form: forms.Form) -> None:
        """Through the action."""
        actions.set_paper_step(by=self.request.user, step=self.step, paper=form.cleaned_data["paper"])
