"""Courseware: a PDF becomes pages with their text; anything else asks the author for a PDF."""

import io
import shutil
import subprocess

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture
from wagtail.documents.models import Document

from courses import actions, pdf
from courses.blocks import content
from courses.models import Courseware, CoursewareSheet, CoursewareState, LessonPage
from foundation.jobs.models import Job
from organisations.models import Role
from tests.factories.accounts import UserFactory
from tests.factories.courses import add_lesson, course_step, learner_of, make_course
from tests.factories.organisations import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def two_pages() -> bytes:
    file = io.BytesIO()
    first, second = (Picture.new("RGB", (400, 300), colour) for colour in ("white", "beige"))
    first.save(file, "PDF", save_all=True, append_images=[second])
    return file.getvalue()


def document(name="slides.pdf", data=None):
    return Document.objects.create(title="课件", file=ContentFile(data or two_pages(), name=name))


def block(doc):
    return {
        "type": "courseware",
        "id": "c0ffee00-0000-4000-8000-000000000001",
        "value": {"document": doc.pk, "title": "课件"},
    }


def render(job):
    actions.store_sheets(payload=job.payload, rendering=pdf.render_courseware(job.payload))


def render_jobs():
    return Job.objects.filter(kind=actions.RENDER_JOB)


def test_publishing_a_lesson_queues_its_courseware_once():
    doc = document()
    lesson = add_lesson(make_course(lessons=0), slug="slides", blocks=[block(doc)])
    assert Courseware.objects.get().state == CoursewareState.PENDING
    assert render_jobs().count() == 1
    assert actions.prepare_courseware(by=None, lesson=lesson) == 0
    assert render_jobs().count() == 1


def test_pages_are_stored_in_order_and_shown_in_the_lesson():
    course = make_course(lessons=0)
    lesson = add_lesson(course, slug="slides", blocks=[block(document())])
    step = course_step(course)
    client = Client()
    client.force_login(learner_of(step).user)
    url = reverse("courses:lesson", args=[step.public_id, lesson.slug])
    assert client.get(url).content.decode().count("one-sheet") == 0
    render(render_jobs().get())
    assert list(CoursewareSheet.objects.order_by("number").values_list("number", "width", "height")) == [
        (1, 1600, 1200),
        (2, 1600, 1200),
    ]
    assert Courseware.objects.get().state == CoursewareState.READY
    assert client.get(url).content.decode().count("one-sheet") == 2


def test_running_the_job_twice_keeps_one_set_of_pages():
    add_lesson(make_course(lessons=0), slug="slides", blocks=[block(document())])
    for _again in range(2):
        render(render_jobs().get())
    assert CoursewareSheet.objects.count() == 2


def test_a_damaged_file_is_told_and_not_tried_for_ever():
    add_lesson(make_course(lessons=0), slug="slides", blocks=[block(document(data=b"%PDF-nonsense"))])
    render(render_jobs().get())
    stored = Courseware.objects.get()
    assert stored.state == CoursewareState.FAILED
    assert stored.error != ""


def test_a_result_for_an_older_file_is_dropped():
    add_lesson(make_course(lessons=0), slug="slides", blocks=[block(document())])
    job = render_jobs().get()
    Courseware.objects.update(file_hash="newer")
    render(job)
    assert CoursewareSheet.objects.count() == 0


def clean(doc):
    value = content.CoursewareBlock()
    return value.clean(value.to_python({"document": doc.pk, "title": "课件"}))


def test_powerpoint_needs_libreoffice_and_other_files_are_refused(monkeypatch):
    assert clean(document())["title"] == "课件"
    slides, picture = document("slides.pptx", b"PK"), document("notes.txt", b"text")
    monkeypatch.setattr(content, "can_convert_slides", lambda: False)
    for doc in (slides, picture):
        with pytest.raises(ValidationError):
            clean(doc)
    monkeypatch.setattr(content, "can_convert_slides", lambda: True)
    assert clean(slides)["document"] == slides
    with pytest.raises(ValidationError):
        clean(picture)


SLIDES = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.presentation">
<office:body><office:presentation>{pages}</office:presentation></office:body></office:document>"""
PAGE = (
    '<draw:page draw:name="{name}"><draw:frame svg:width="20cm" svg:height="3cm" svg:x="2cm" svg:y="2cm">'
    "<draw:text-box><text:p>{words}</text:p></draw:text-box></draw:frame></draw:page>"
)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_powerpoint_becomes_pages_where_libreoffice_is_installed(tmp_path):
    pages = "".join(PAGE.format(name=name, words=words) for name, words in (("a", "Keep it"), ("b", "Return it")))
    (tmp_path / "slides.fodp").write_text(SLIDES.format(pages=pages), encoding="utf-8")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pptx", "--outdir", tmp_path, tmp_path / "slides.fodp"]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    doc = document("slides.pptx", (tmp_path / "slides.pptx").read_bytes())
    rendering = pdf.render_courseware({"document": doc.pk})
    assert (rendering.error, [sheet.text for sheet in rendering.sheets]) == ("", ["Keep it", "Return it"])
    broken = pdf.render_courseware({"document": document("broken.pptx", b"PK no slides").pk})
    assert (broken.sheets, bool(broken.error)) == ([], True)


def test_the_projector_is_for_learners_and_for_whoever_leads_a_unit():
    course = make_course()
    step = course_step(course)
    lesson = LessonPage.objects.child_of(course).get()
    url = reverse("courses:projector", args=[step.public_id, lesson.slug])
    teacher = UserFactory()
    MembershipFactory(user=teacher, organisation=OrganisationFactory(), role=Role.TEACHER)
    learner = learner_of(step).user
    for user, status in ((learner, 200), (teacher, 200), (UserFactory(), 404)):
        client = Client()
        client.force_login(user)
        page = client.get(url)
        assert page.status_code == status
        if status == 200:
            html = page.content.decode()
            assert html.count('class="slide"') == 2
            assert learner.name not in html
            assert teacher.name not in html
            assert "因为第二条" not in html
