"""Have courseware rendered and keep its pages."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.base import ContentFile
from django.db import transaction

from courses.blocks import sections_of
from courses.models import Courseware, CoursewareSheet, CoursewareState, LessonPage
from courses.pdf import Rendering
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue

RENDER_JOB = "courses.render_courseware"


@transaction.atomic
def prepare_courseware(*, by: AbstractBaseUser | None, lesson: LessonPage) -> int:
    """Queue the rendering of all courseware in `lesson` that is new or has a new file; returns how much that was."""
    blocks = [block for section in sections_of(lesson.body) for block in section.blocks if block.kind == "courseware"]
    fresh = []
    for document in {block.value["document"] for block in blocks if block.value["document"]}:
        file_hash = document.get_file_hash()
        if Courseware.objects.filter(document=document, file_hash=file_hash).exists():
            continue
        Courseware.objects.update_or_create(
            document=document, defaults={"file_hash": file_hash, "state": CoursewareState.PENDING, "error": ""}
        )
        payload = {"document": document.pk, "hash": file_hash}
        enqueue(kind=RENDER_JOB, payload=payload, key=f"{RENDER_JOB}:{document.pk}:{file_hash}")
        fresh.append(document.pk)
    if fresh:
        record(
            action="courses.prepare_courseware",
            actor=by,
            target=f"courses.LessonPage:{lesson.pk}",
            details={"documents": sorted(fresh)},
        )
    return len(fresh)


@transaction.atomic
def store_sheets(*, payload: dict[str, Any], rendering: Rendering) -> None:
    """The short half of the job: put the pages in place of the old ones, unless the file has changed meanwhile."""
    courseware = Courseware.objects.filter(document_id=payload["document"], file_hash=payload["hash"]).first()
    if courseware is None:
        return
    CoursewareSheet.objects.filter(courseware=courseware).delete()
    for page in rendering.sheets:
        row = CoursewareSheet(
            courseware=courseware, number=page.number, width=page.width, height=page.height, text=page.text
        )
        row.image.save("page.webp", ContentFile(page.picture), save=False)
        row.save()
    courseware.state = CoursewareState.FAILED if rendering.error else CoursewareState.READY
    courseware.error = rendering.error
    courseware.save(update_fields=["state", "error"])
    record(
        action="courses.store_sheets",
        actor=None,
        target=f"courses.Courseware:{courseware.pk}",
        details={"pages": len(rendering.sheets), "error": rendering.error},
    )
