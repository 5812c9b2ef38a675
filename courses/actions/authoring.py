"""Set up what authors and programmes need."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, Group
from django.db import transaction
from wagtail.models import GroupPagePermission, Workflow, WorkflowPage, WorkflowTask

from courses.models import CourseIndexPage, CoursePage, CourseStep, SecondBodyTask
from foundation.audit.actions import record

LEADING_GROUP = "leading group"
AUTHORS = "course authors"
RELEASE = "领导小组审核"


@transaction.atomic
def ensure_release_workflow(*, by: AbstractBaseUser | None, index: CourseIndexPage) -> Workflow:
    """Put every course and lesson below `index` under review by the leading group. Idempotent.

    Authors may write and submit, the leading group may publish; nobody approves what they submitted.
    """
    leading, _created = Group.objects.get_or_create(name=LEADING_GROUP)
    authors, _created = Group.objects.get_or_create(name=AUTHORS)
    for group, verbs in ((authors, ["add_page"]), (leading, ["change_page", "publish_page"])):
        for verb in verbs:
            _grant(group, index, verb)
    task, _created = SecondBodyTask.objects.get_or_create(name=RELEASE)
    task.groups.add(leading)
    workflow, created = Workflow.objects.get_or_create(name=RELEASE)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task.task_ptr, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=index.page_ptr, defaults={"workflow": workflow})
    if created:
        record(action="courses.ensure_release_workflow", actor=by, target=f"wagtailcore.Workflow:{workflow.pk}")
    return workflow


def _grant(group: Group, index: CourseIndexPage, verb: str) -> None:
    """Let `group` do `verb` below `index`, and enter the editor at all."""
    models: Any = GroupPagePermission
    permission = models._meta.get_field("permission").related_model.objects.get(
        content_type__app_label="wagtailcore", codename=verb
    )
    entry = type(permission).objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    group.permissions.add(entry)
    GroupPagePermission.objects.get_or_create(group=group, page=index.page_ptr, permission=permission)


@transaction.atomic
def assign_course(*, by: AbstractBaseUser | None, step: Any, course: CoursePage) -> CourseStep:
    """Say which course a step (of kind "course") asks for; a second call changes it."""
    row, _created = CourseStep.objects.update_or_create(step=step, defaults={"course": course})
    record(
        action="courses.assign_course", actor=by, target=f"courses.CourseStep:{row.pk}", details={"course": course.pk}
    )
    return row
