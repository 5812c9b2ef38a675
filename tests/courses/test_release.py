"""A course is released only after review by a second body."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.models import WorkflowPage
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from courses import actions
from courses.models import Audience, LessonPage, SecondBodyTask
from programmes.models import Audience as ProgrammeAudience
from tests.factories.accounts import UserFactory
from tests.factories.courses import course_index, course_step, learner_of, make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer():
    actions.ensure_release_workflow(by=None, index=course_index())
    user = UserFactory()
    user.groups.add(Group.objects.get(name="leading group"))
    return user


@pytest.fixture
def author(reviewer):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="course authors"))
    return user


def submit(page, author):
    page.save_revision(user=author)
    return page.get_workflow().start(page, author)


@pytest.fixture
def draft(author):
    lesson = LessonPage.objects.child_of(make_course()).get()
    lesson.unpublish()
    return LessonPage.objects.get(pk=lesson.pk)


def act(state, user, verb):
    task_state = state.current_task_state
    task_state.task.specific.on_action(task_state, user, verb)


def test_setting_up_twice_changes_nothing(reviewer):
    actions.ensure_release_workflow(by=None, index=course_index())
    assert WorkflowPage.objects.filter(page=course_index().page_ptr).count() == 1
    assert SecondBodyTask.objects.count() == 1


def test_an_author_may_write_but_not_publish(author, reviewer, draft):
    assert draft.permissions_for_user(reviewer).can_publish()
    course = draft.get_parent()
    assert course.permissions_for_user(author).can_add_subpage()
    assert not course.permissions_for_user(author).can_publish_subpage()


def test_approval_by_the_second_body_publishes(author, reviewer, draft):
    act(submit(draft, author), reviewer, "approve")
    assert LessonPage.objects.get(pk=draft.pk).live is True


def test_nobody_approves_their_own_submission_not_even_a_superuser(author, reviewer, draft):
    boss = UserFactory(is_superuser=True)
    for user in (reviewer, boss):
        state = submit(draft, user)
        with pytest.raises(PermissionDenied):
            act(state, user, "approve")
        page = LessonPage.objects.get(pk=draft.pk)
        verbs = [verb for verb, _label, _modal in state.current_task_state.task.specific.get_actions(page, user)]
        assert verbs == ["reject"]
        act(state, reviewer if user is boss else boss, "reject")
        state.refresh_from_db()
        state.cancel(user=user)
    assert LessonPage.objects.get(pk=draft.pk).live is False


def test_courses_and_programmes_use_the_same_words_for_audiences():
    assert Audience.values == ProgrammeAudience.values


def test_somebody_outside_the_group_can_neither_approve_nor_return(author, draft):
    state = submit(draft, author)
    for verb in ("approve", "reject"):
        with pytest.raises(PermissionDenied):
            act(state, UserFactory(), verb)
    with pytest.raises(PermissionDenied):
        actions.approve_release(by=author, page=LessonPage.objects.get(pk=draft.pk))


def test_publishing_past_the_review_is_refused_in_the_editor_even_to_a_superuser(reviewer, draft):
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    form = client.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).context["form"]
    content = streamfield([("text", rich_text("<p>字</p>"))])
    data = nested_form_data(
        {
            "title": "改过的标题",
            "slug": draft.slug,
            "minutes": 8,
            "summary": "",
            "body": streamfield([("section", {"heading": "一", "content": content})]),
            "comments": inline_formset([]),
            "action-publish": "1",
        }
    )
    assert "minutes" in form.fields
    response = client.post(reverse("wagtailadmin_pages:edit", args=[draft.pk]), data)
    assert response.status_code == 302
    assert LessonPage.objects.get(pk=draft.pk).live is False


def test_a_lesson_with_records_cannot_be_deleted(reviewer):
    course = make_course()
    lesson = LessonPage.objects.child_of(course).get()
    actions.open_lesson(enrolment=learner_of(course_step(course)), lesson=lesson)
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    for page in (lesson, course):
        client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert LessonPage.objects.filter(pk=lesson.pk).exists()


def test_publishing_a_page_with_everything_below_it_does_not_get_past_the_review(reviewer, draft):
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    for above in (course_index().pk, course_index().get_parent().pk):
        client.post(f"{url}?id={above}", {"include_descendants": "on"})
        assert LessonPage.objects.get(pk=draft.pk).live is False
