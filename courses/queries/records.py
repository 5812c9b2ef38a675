"""Which pages learners have records of."""

from wagtail.models import Page

from courses.models import CourseCompletion, CoursePage, CourseStep, LessonCompletion, LessonPage, LessonVisit


def has_records(page: Page) -> bool:
    """True if `page` or a page below it is a course or lesson that anybody's record or programme names."""
    lessons = LessonPage.objects.descendant_of(page, inclusive=True)
    courses = CoursePage.objects.descendant_of(page, inclusive=True)
    return (
        LessonVisit.objects.filter(lesson__in=lessons).exists()
        or LessonCompletion.objects.filter(lesson__in=lessons).exists()
        or CourseCompletion.objects.filter(course__in=courses).exists()
        or CourseStep.objects.filter(course__in=courses).exists()
    )
