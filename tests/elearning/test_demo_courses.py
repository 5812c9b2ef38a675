"""The demo courses go through the review, and loading them twice changes nothing."""

import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image as Picture

from courses.models import CoursePage, LessonPage
from elearning.demo.courses import load_courses
from tests.factories.accounts import UserFactory
from tests.factories.courses import course_index

pytestmark = pytest.mark.django_db

COURSE = """
slug = "promise"
title = "一句承诺"
title_en = "A promise"
summary = "从签署到公示"
audience = "civil_servant"
credit_hours = 2
cover = "jade"
cover_title = "一句承诺"

[[lessons]]
slug = "one"
title = "第一课"
minutes = 8
summary = "一"

[[lessons.sections]]
heading = "开头"
[[lessons.sections.blocks]]
type = "text"
html = "<p>正文</p>"
[[lessons.sections.blocks]]
type = "picture"
file = "drawing.png"
alt = "一张图"
[[lessons.sections.blocks]]
type = "quote"
text = "原文"
source = "某办法"
document_number = "〔2016〕1号"
[[lessons.sections.blocks]]
type = "case"
case = "not-there"
[[lessons.sections.blocks]]
type = "question"
stem = "选哪个？"
options = [{ text = "甲", correct = true }, { text = "乙", correct = false }]
explanation = "甲对。"
[[lessons.sections.blocks]]
type = "video"
file = "film.mp4"
captions = "film.vtt"
title = "短片"
transcript = "文字"
"""


@pytest.fixture
def content(tmp_path):
    (tmp_path / "courses").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "courses" / "promise.toml").write_text(COURSE, encoding="utf-8")
    Picture.new("RGB", (40, 30), "white").save(tmp_path / "files" / "drawing.png")
    (tmp_path / "files" / "film.mp4").write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0")
    (tmp_path / "files" / "film.vtt").write_text("WEBVTT")
    return tmp_path


@pytest.fixture
def home():
    page = course_index()
    root = page.get_parent()
    page.delete()
    return type(root).objects.get(pk=root.pk)


def test_a_course_is_written_reviewed_and_live(content, home):
    courses = load_courses(content, author=UserFactory(), reviewer=UserFactory(is_superuser=True), home=home)
    assert list(courses) == ["promise"]
    lesson = LessonPage.objects.live().get()
    assert [block.block_type for block in lesson.body[0].value["content"]] == [
        "text",
        "picture",
        "quote",
        "question",
        "video",
    ]
    assert CoursePage.objects.live().get().credit_hours == 2
    assert lesson.live_revision.task_states.get().status == "approved"


def test_a_second_run_changes_nothing(content, home):
    author, reviewer = UserFactory(), UserFactory(is_superuser=True)
    load_courses(content, author=author, reviewer=reviewer, home=home)
    before = LessonPage.objects.values_list("pk", "latest_revision").get()
    load_courses(content, author=author, reviewer=reviewer, home=home)
    assert LessonPage.objects.values_list("pk", "latest_revision").get() == before


def test_an_author_cannot_be_the_reviewer(content, home):
    boss = UserFactory(is_superuser=True)
    with pytest.raises(PermissionDenied):
        load_courses(content, author=boss, reviewer=boss, home=home)
