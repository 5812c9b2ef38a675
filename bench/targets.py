"""Finds the addresses of four pages in the seeded database and prints them as one line of JSON.

Runs inside `manage.py shell`, where Django has been set up: `from bench.targets import main; main()`.

Reads the models on purpose: a benchmark looks at the house from outside its layers.
"""

import json
from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from courses.models import CourseStep, LessonPage
from pledges.queries import public_letters
from programmes.models import Enrolment, EnrolmentState, ProgrammeState

SECRET = "b" * 32
GIVE_UP = "no {} in the seeded database; load_demo has changed"


def signed_in(user: object) -> dict[str, str]:
    """Headers of a browser where `user` is signed in."""
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={SECRET}", "X-CSRFToken": SECRET}


def get(name: str, path: str, headers: dict[str, str]) -> dict:
    """A page."""
    return {"name": name, "method": "GET", "path": path, "headers": headers, "status": 200}


def lesson() -> tuple[dict, dict]:
    """The learner's page and the first lesson that is open for somebody who has not finished it."""
    for enrolment in active_enrolments():
        for row in CourseStep.objects.filter(step__programme=enrolment.programme).select_related("step"):
            first = LessonPage.objects.child_of(row.course).live().order_by("path").first()
            arguments = (row.step.public_id, first.slug)
            headers = signed_in(enrolment.user)
            pages = (
                get("my-learning", reverse("programmes:my-learning"), headers),
                get("lesson", reverse("courses:lesson", args=arguments), headers),
            )
            if all(status_of(page) == 200 for page in pages):
                return pages
    raise SystemExit(GIVE_UP.format("learner with an open lesson"))


def letter_page() -> dict:
    """A public letter, as anybody sees it."""
    letter = public_letters().first()
    if letter is None:
        raise SystemExit(GIVE_UP.format("public letter"))
    return get("letter-page", reverse("pledges:letter", args=[letter.public_id]), {})


def active_enrolments() -> Iterator[Enrolment]:
    """Enrolments in programmes that are open today."""
    rows = Enrolment.objects.filter(state=EnrolmentState.ACTIVE, programme__state=ProgrammeState.OPEN)
    yield from rows.select_related("user", "programme").order_by("pk").iterator()


def status_of(page: dict) -> int:
    """What the site answers, asked without a server."""
    cookie = page["headers"]["Cookie"]
    return Client().get(page["path"], headers={"cookie": cookie, "host": "localhost"}).status_code


def main() -> None:
    """Print the orders."""
    my_learning, first_lesson = lesson()
    print(json.dumps([get("home", "/", {}), my_learning, first_lesson, letter_page()]))
