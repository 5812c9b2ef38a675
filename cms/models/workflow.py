"""The credit office reviews what departments report."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState


class ReturnForm(forms.Form):
    """Why a report goes back: nobody can mend what was not named."""

    comment = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), max_length=1000)


class CreditOfficeTask(AbstractGroupApprovalTask):
    """Wagtail's group approval, except that a return carries its reason."""

    class Meta:
        verbose_name = _("credit office review")
        verbose_name_plural = _("credit office reviews")

    RETURN: ClassVar[str] = "reject"

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Return with a reason, or accept."""
        if not (user.is_superuser or self._user_in_groups(user)):
            return []
        # Wagtail adds “and publish” to the second.
        return [(self.RETURN, _("Return with a reason"), True), ("approve", _("Accept"), False)]

    def get_form_for_action(self, action: str) -> type[forms.Form]:
        """A return asks for its reason."""
        if action == self.RETURN:
            return ReturnForm
        form: type[forms.Form] = super().get_form_for_action(action)
        return form

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Do it. Raises BadRequest for a return without a reason, however the request was made."""
        if action_name == self.RETURN and not (kwargs.get("comment") or "").strip():
            raise BadRequest(_("A report can only be returned with a reason."))
        super().on_action(task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> Any:
        """What an administrator reads when choosing a task."""
        return _("Members of the chosen groups accept a report or return it with a reason")
