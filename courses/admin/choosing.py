"""Say what a step of a programme asks for: a course, or training sessions."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.admin import ActionFormView
from courses import actions, steps
from courses.forms import CourseStepForm, SessionStepForm
from courses.queries.sessions import sessions_to_choose
from courses.steps import asking


class ChoosingView(ActionFormView):
    """Common to both: the step in the address, and back to its programme."""

    permission = "programmes.change_programme"
    kind = ""
    refusals = (actions.StepFixed,)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Know the step before anything else. Raises Http404."""
        super().setup(request, *args, **kwargs)
        self.step = get_object_or_404(steps.steps_of(self.kind), pk=kwargs["step_id"])

    def get_page_title(self) -> str:
        """The step."""
        return _("What “%(step)s” asks for") % {"step": self.step.title}

    def get_success_url(self) -> str:
        """The page of the programme."""
        return reverse("programmes_admin:inspect", args=[self.step.programme_id])


class CourseStepView(ChoosingView):
    """Which course."""

    kind = asking.CourseConfigurator.kind
    form_class = CourseStepForm

    def get_initial(self) -> dict[str, Any]:
        """What is chosen now."""
        return {"course": steps.chosen_course(self.step)}

    def store(self, form: forms.Form) -> None:
        """Through the action."""
        actions.assign_course(by=self.request.user, step=self.step, course=form.cleaned_data["course"])


class SessionStepView(ChoosingView):
    """Which sessions."""

    kind = asking.SessionConfigurator.kind
    form_class = SessionStepForm

    def get_form(self, form_class: Any = None) -> forms.Form:
        """With the sessions of today and later, and those chosen before."""
        form: forms.Form = super().get_form(form_class)
        form.fields["sessions"].queryset = sessions_to_choose(self.step.pk)  # type: ignore[attr-defined]
        return form

    def get_initial(self) -> dict[str, Any]:
        """What is chosen now."""
        return {"sessions": steps.chosen_sessions(self.step)}

    def store(self, form: forms.Form) -> None:
        """Through the action."""
        actions.assign_sessions(by=self.request.user, step=self.step, sessions=list(form.cleaned_data["sessions"]))
