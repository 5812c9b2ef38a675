"""`manage.py load_demo --learners 200`: the demo city, its content and its people. Idempotent."""

import datetime as dt
import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import User
from cms.models import HomePage
from courses.actions import ensure_course_index
from elearning.demo import (
    afterwards,
    certificates,
    classes,
    cms,
    courses,
    exams,
    figures,
    invigilation,
    learners,
    organisations,
    people,
    pledges,
    programmes,
    sessions,
)
from organisations.models import Organisation

CONTENT = Path(organisations.__file__).parent / "content"


class Command(BaseCommand):
    """Loads what is missing and leaves what is there."""

    help = "Load the demo content and let demo learners walk the five steps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many learners."""
        parser.add_argument("--learners", type=int, default=200)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a senseless number."""
        if not 1 <= options["learners"] <= 100_000:
            raise CommandError("--learners takes a whole number from 1 to 100000")
        with translation.override(settings.LANGUAGE_CODE):
            self._load(options["learners"], timezone.now())

    def _load(self, count: int, now: dt.datetime) -> None:
        say = self.stdout.write
        say("Units, people, pages and courses")
        who, materials = _content(count, now)
        say("Programmes and learners")
        servants, pupils = programmes.load_programmes(
            by=who.known["office"], materials=materials, today=timezone.localdate(now)
        )
        learners.walk_all(programme=servants, people=who.civil_servants, say=say, now=now)
        grade_five = [(user, unit) for user, unit in who.pupils if unit.code[2] == "5"]
        learners.walk_all(programme=pupils, people=grade_five, say=say, now=now)
        with transaction.atomic():
            invigilation.load_session(programme=servants, by=who.known["exams"], now=now)
        handlers = people.make_handlers()
        _enterprise_letters(materials, handlers, now)
        _letters_in_every_state(who.known["office"], materials, handlers, now)
        certificates.load_certificates(
            office=who.known["office"], materials=materials, people=who.civil_servants, now=now
        )
        figures.load_figures(now=now)
        opening = classes.open_demo_class(teacher=who.known["he.qing"], now=now)
        text = accounts_text() + classes.told(opening) + "\n"
        (settings.VAR_DIR / "demo-accounts.txt").write_text(text, encoding="utf-8")
        say("Demo content is loaded.")


@transaction.atomic
def _content(count: int, now: dt.datetime) -> tuple[people.People, programmes.Materials]:
    """Everything that learners need. One transaction: SQLite waits for the disk once instead of ten thousand times."""
    organisations.load_organisations(CONTENT)
    who = people.make_learners(count)
    office, admin = who.known["office"], who.known["admin"]
    cms.load_site(CONTENT, by=office)
    cms.load_cases(CONTENT, reporters=people.make_reporters(), office=office)
    cms.load_bulletin(CONTENT, by=office)
    home = HomePage.objects.get()
    # An administrator puts the empty list there; authors and the leading group fill it.
    ensure_course_index(by=admin, home=home, title="课程", intro=courses.INTRO)
    templates = pledges.load_templates(
        CONTENT, author=who.known["editor"], reviewer=office, at=now - dt.timedelta(weeks=11)
    )
    materials = programmes.Materials(
        courses=courses.load_courses(CONTENT, author=who.known["author"], reviewer=who.known["leading"], home=home),
        papers=exams.load(CONTENT),
        templates={template.slug: template for template in templates},
        sessions=sessions.load_sessions(_toml("site.toml")["sessions"], organiser=who.known["exams"], now=now),
    )
    return who, materials


def _enterprise_letters(materials: programmes.Materials, handlers: dict[str, User], now: dt.datetime) -> None:
    """Letters of enterprises at the request of the accepting units."""
    template = materials.templates["special-funds-2026"]
    requester = learners.leader_of(template.accepting_unit)
    for number, (code, handler) in enumerate(sorted(handlers.items())):
        pledges.sign_for_enterprise(
            requester=requester,
            template=template,
            enterprise=Organisation.objects.get(code=code),
            handler=handler,
            at=now - dt.timedelta(days=20 + 9 * number),
        )


@transaction.atomic
def _letters_in_every_state(
    office: User, materials: programmes.Materials, handlers: dict[str, User], now: dt.datetime
) -> None:
    """Withdrawn, invalid, corrected, renewed, expired, in two copies, objected to."""
    bidder = materials.templates["bidder-2026"]
    requester = learners.leader_of(bidder.accepting_unit)
    afterwards.load_old_letters(template=bidder, requester=requester, handlers=handlers, now=now)
    afterwards.load_afterwards(office=office, now=now)
    today = timezone.localdate(now)
    teachers = programmes.load_teachers_programme(by=office, materials=materials, today=today)
    afterwards.load_teachers(programme=teachers, now=now)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def accounts_text() -> str:
    """The accounts that `make run` prints."""
    rows = [
        ("lin.zhiyuan", "civil servant, half-way (工号 32058300001 works too)"),
        ("gw00001", "civil servant who has not begun"),
        ("QP5A#07", "pupil of grade 5"),
        ("he.qing", "class teacher"),
        ("zhou.jing", "coordinator (联络员) of a department"),
        ("reporter / editor / reviewer", "write cases and pages under /admin/"),
        ("office", "credit office: reviews and publishes"),
        ("items / exams", "bank author / exam manager"),
        ("personnel", "organisation department: confirms who is who"),
        ("auditor / admin", "audit log / everything"),
    ]
    lines = [f"  {name:30} {what}" for name, what in rows]
    return "\n".join(["Demo accounts, all with the password xinxing-demo:", *lines, ""])
