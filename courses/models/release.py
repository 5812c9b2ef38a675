"""领导小组审核: a course or lesson is released by a second body, never by who wrote it."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState


def is_author(task_state: TaskState, user: AbstractBaseUser) -> bool:
    """True if `user` submitted the page or wrote the revision that waits."""
    return user.pk in (task_state.workflow_state.requested_by_id, task_state.revision.user_id)


class SecondBodyTask(AbstractGroupApprovalTask):
    """Approval by a group, with the author's own approval refused, also to a superuser."""

    class Meta:
        verbose_name = _("review by a second body")
        verbose_name_plural = _("reviews by a second body")

    def get_actions(self, obj: Any, user: AbstractBaseUser) -> list[tuple[str, Any, bool]]:
        """What `user` may do with the page that waits: never approve what is one's own."""
        actions: list[tuple[str, Any, bool]] = super().get_actions(obj, user)
        state = obj.current_workflow_task_state
        if state is not None and is_author(state, user):
            return [action for action in actions if action[0] != "approve"]
        return actions

    def on_action(self, task_state: TaskState, user: AbstractBaseUser, action_name: str, **kwargs: Any) -> None:
        """Approve or return. Raises PermissionDenied for somebody outside the group, and for one's own submission."""
        allowed = {verb for verb, _label, _modal in self.get_actions(task_state.workflow_state.content_object, user)}
        if action_name not in allowed:
            raise PermissionDenied(_("Somebody else must approve what you wrote."))
        super().on_action(task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> Any:
        """Shown where a workflow is put together."""
        return _("A group approves; the author cannot approve their own submission.")
