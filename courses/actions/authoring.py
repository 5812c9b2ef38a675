"""Set up what authors and programmes need."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, Group
from django.db import transaction
from wagtail.models import GroupPagePermission, Page, Workflow, WorkflowPage, WorkflowTask

from courses.models import CourseIndexPage, CoursePage, CourseStep, LessonPage, SecondBodyTask
from courses.steps import is_draft
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
def ensure_course_index(*, by: AbstractBaseUser | None, home: Page, title: str, intro: str = "") -> CourseIndexPage:
    """The course list below `home`, published and under review by the leading group. Idempotent."""
    index: CourseIndexPage | None = CourseIndexPage.objects.first()
    if index is None:
        index = CourseIndexPage(title=title, slug="courses", intro=intro, owner_id=by.pk if by else None, live=False)
        home.add_child(instance=index)
        index.save_revision(user=by).publish()
        record(action="courses.ensure_course_index", actor=by, target=f"courses.CourseIndexPage:{index.pk}")
    ensure_release_workflow(by=by, index=index)
    index.refresh_from_db()
    return index


@transaction.atomic
def add_course(*, by: AbstractBaseUser, index: CourseIndexPage, **fields: Any) -> CoursePage:
    """Write the draft of a course. Raises ValidationError if a field is wrong."""
    course = CoursePage(owner_id=by.pk, live=False, **fields)
    _add_draft(by, index, course)
    record(action="courses.add_course", actor=by, target=f"courses.CoursePage:{course.pk}")
    return course


@transaction.atomic
def add_lesson(*, by: AbstractBaseUser, course: CoursePage, body: list[dict[str, Any]], **fields: Any) -> LessonPage:
    """Write the draft of a lesson; `body` is the stored form of its sections. Raises ValidationError."""
    lesson = LessonPage(owner_id=by.pk, live=False, **fields)
    lesson.body = lesson.body.stream_block.to_python(body)
    lesson.body.stream_block.clean(lesson.body)
    _add_draft(by, course, lesson)
    record(action="courses.add_lesson", actor=by, target=f"courses.LessonPage:{lesson.pk}")
    return lesson


def _add_draft(by: AbstractBaseUser, parent: Page, page: Page) -> None:
    """Put a draft with its first revision into the tree."""
    type(parent).objects.get(pk=parent.pk).add_child(instance=page)
    page.save_revision(user=by)


class NotUnderReview(ValueError):
    """No review of this page is waiting, or none is set up."""


@transaction.atomic
def submit_for_release(*, by: AbstractBaseUser, page: CoursePage | LessonPage) -> None:
    """Hand the draft to the leading group. Raises NotUnderReview if no workflow covers the page."""
    workflow = page.get_workflow()
    if workflow is None:
        raise NotUnderReview(page.pk)
    workflow.start(page, by)
    record(action="courses.submit_for_release", actor=by, target=f"wagtailcore.Page:{page.pk}")


@transaction.atomic
def approve_release(*, by: AbstractBaseUser, page: CoursePage | LessonPage) -> None:
    """Approve, which publishes. Raises NotUnderReview, or PermissionDenied for outsiders and for the author."""
    state = page.current_workflow_task_state
    if state is None:
        raise NotUnderReview(page.pk)
    state.task.specific.on_action(state, by, "approve")
    record(action="courses.approve_release", actor=by, target=f"wagtailcore.Page:{page.pk}")


class StepFixed(ValueError):
    """Learners may work on this step already: it goes on asking for what it asked for."""


@transaction.atomic
def assign_course(*, by: AbstractBaseUser | None, step: Any, course: CoursePage) -> CourseStep:
    """Say which course a step (of kind "course") asks for; a second call changes it.

    Raises StepFixed if another course would take its place after the programme has been opened.
    """
    if CourseStep.objects.filter(step=step).exclude(course=course).exists() and not is_draft(step):
        raise StepFixed(step.public_id)
    row, _created = CourseStep.objects.update_or_create(step=step, defaults={"course": course})
    record(
        action="courses.assign_course", actor=by, target=f"courses.CourseStep:{row.pk}", details={"course": course.pk}
    )
    return row
