"""Courses with lessons, published as an author's would be, and steps that ask for them."""

import uuid
from typing import Any

from wagtail.models import Page, Site

from courses import actions
from courses.models import CourseIndexPage, CoursePage, LessonPage
from programmes.models import Stage, StepKind
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory


def course_index() -> CourseIndexPage:
    """The course list below the site's root page."""
    existing = CourseIndexPage.objects.first()
    if existing:
        return existing
    site = Site.objects.filter(is_default_site=True).first()
    root = site.root_page if site else Page.objects.get(depth=1).add_child(instance=Page(title="首页", slug="home"))
    if site is None:
        Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
    return Page.objects.get(pk=root.pk).add_child(instance=CourseIndexPage(title="课程", slug="courses"))


def make_course(*, lessons: int = 1, sections: int = 2, questions: int = 1, **fields: Any) -> CoursePage:
    """A live course with `lessons` live lessons."""
    number = CoursePage.objects.count() + 1
    defaults = {"title": f"课程{number}", "slug": f"course-{number}", "summary": "讲什么", "cover_title": "一句承诺"}
    course = CoursePage(**{**defaults, "audience": "civil_servant", "credit_hours": 2, **fields})
    CourseIndexPage.objects.get(pk=course_index().pk).add_child(instance=course)
    for n in range(1, lessons + 1):
        add_lesson(course, slug=f"lesson-{n}", sections=sections, questions=questions)
    return CoursePage.objects.get(pk=course.pk)


def add_lesson(
    course: CoursePage, *, slug: str, sections: int = 2, questions: int = 1, blocks: list[Any] | None = None
) -> LessonPage:
    """A lesson published in a revision; the first section holds the questions and `blocks`."""
    body = [section(f"第{n}节", [text(f"<p>正文{n}</p>")]) for n in range(1, sections + 1)]
    for n in range(questions):
        body[0]["value"]["content"].append(question(f"问题{n + 1}"))
    body[0]["value"]["content"].extend(blocks or [])
    lesson = LessonPage(title=f"课文 {slug}", slug=slug, minutes=8, live=False)
    lesson.body = lesson.body.stream_block.to_python(body)
    CoursePage.objects.get(pk=course.pk).add_child(instance=lesson)
    lesson.save_revision().publish()
    return LessonPage.objects.get(pk=lesson.pk)


def section(heading: str, content: list[Any]) -> dict[str, Any]:
    """One section as stored."""
    return {"type": "section", "id": str(uuid.uuid4()), "value": {"heading": heading, "content": content}}


def text(html: str) -> dict[str, Any]:
    """A text block as stored."""
    return {"type": "text", "id": str(uuid.uuid4()), "value": html}


def question(stem: str) -> dict[str, Any]:
    """A question block as stored; the second option is right."""
    options = [{"text": "甲", "correct": False}, {"text": "乙", "correct": True}, {"text": "丙", "correct": False}]
    value = {"stem": stem, "options": options, "explanation": "因为第二条这样写着。"}
    return {"type": "question", "id": str(uuid.uuid4()), "value": value}


def course_step(course: CoursePage, **fields: Any) -> Any:
    """A step of an open programme that asks for `course`."""
    fields.setdefault("programme", ProgrammeFactory())
    step = StepFactory(stage=Stage.LEARN, kind=StepKind.COURSE, **fields)
    actions.assign_course(by=None, step=step, course=course)
    return step


def learner_of(step: Any) -> Any:
    """An enrolment in the programme of `step`."""
    return EnrolmentFactory(programme=step.programme)
