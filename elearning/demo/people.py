"""People of the demo city. Every name is put together by chance; nobody is meant."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.actions import create_account
from accounts.models import User
from cms import registry
from organisations import actions
from organisations.models import ConsentMethod, Kind, Organisation, Role

PASSWORD = "xinxing-demo"  # noqa: S105  # printed at the start of the demo
CONSENT_TEXT = "2026-09"
SEATS = 48
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"  # noqa: E501
FIRST = "知若一景未思清云书子明安嘉雨亦怀润承远静和修言文启乐望念宁星晓"
SECOND = "远谷诺行央源和舟言朗禾川恒初墨然宁峰楠洋霖岚溪桐语桥越帆松晴简野"


@dataclass(frozen=True, slots=True)
class Known:
    """An account that the demo prints: who it is, where, and in which Wagtail group or role."""

    username: str
    name: str
    unit: str
    group: str = ""
    role: str = Role.MEMBER
    is_home: bool = True
    fields: dict[str, Any] = field(default_factory=dict)


KNOWN = (
    Known("lin.zhiyuan", "林知远", "housing-construction-2", fields={"employee_number": "32058300001"}),
    Known("zhou.jing", "周静", "housing-construction", role=Role.COORDINATOR),
    Known("he.qing", "何清", "QP5A", role=Role.TEACHER),
    Known("reporter", "报送员", "housing-construction", group="reporter", role=Role.REPORTER),
    Known("editor", "编辑", "credit-office-1", group="editor"),
    Known("reviewer", "审核员", "credit-office-1", group="reviewer"),
    Known("office", "信用办", "credit-office", group="credit office"),
    Known("exams", "考务", "organisation-department-3", group="exam manager"),
    Known("items", "命题", "party-school-1", group="bank author"),
    Known("author", "课程作者", "party-school-2", group="course authors"),
    Known("leading", "领导小组", "credit-office", group="leading group"),
    Known("auditor", "审计员", "credit-office", group="auditor"),
    Known("personnel", "组织部", "organisation-department-1", group="organisation department"),
    Known("admin", "管理员", "credit-office", fields={"is_superuser": True}),
)
PUPIL = ("QP5A", 7, "陈小满")


@dataclass(slots=True)
class People:
    """Who was made: known accounts by username, and the learners with their home units."""

    known: dict[str, User] = field(default_factory=dict)
    civil_servants: list[tuple[User, Organisation]] = field(default_factory=list)
    pupils: list[tuple[User, Organisation]] = field(default_factory=list)


class _Town:
    """The units that people are put into, read once, and the one hashed password that all of them share."""

    def __init__(self, seed: int, since: date) -> None:
        self.seed = seed
        self.since = since
        self.units = {unit.code: unit for unit in Organisation.objects.order_by("path")}
        self.users = {user.username: user for user in User.objects.all()}

    @cached_property
    def password_hash(self) -> str:
        """Hashing costs half a second on purpose: once, not two thousand times."""
        return make_password(PASSWORD)

    def of_kind(self, kind: str) -> list[Organisation]:
        """Units of one kind in the order of their codes."""
        return sorted((u for u in self.units.values() if u.kind == kind), key=lambda unit: unit.code)

    def name(self, key: str) -> str:
        """A name by chance, the same for the same seed and key."""
        dice = Random(f"{self.seed}-{key}")  # noqa: S311  # a demo, not a secret
        given = dice.choice(FIRST) + (dice.choice(SECOND) if dice.random() < 0.8 else "")
        return dice.choice(SURNAMES) + given

    def person(self, username: str, name: str, unit: Organisation, role: str = Role.MEMBER, **fields: Any) -> User:
        """The account with this username, made with its membership if it is not there."""
        known = self.users.get(username)
        if known is not None:
            return known
        is_home = fields.pop("is_home", True)
        user = create_account(by=None, username=username, name=name, password_hash=self.password_hash, **fields)
        actions.add_membership(by=None, user=user, organisation=unit, role=role, is_home=is_home, from_on=self.since)
        self.users[username] = user
        return user

    def pupil(self, school_class: Organisation, seat: int, name: str, teacher: User) -> User:
        """The pupil in this seat; for those under 14 a guardian's consent is recorded by the class teacher."""
        known = self.users.get(f"{school_class.code}#{seat:02}")
        if known is not None:
            return known
        older = school_class.code[2] >= "8" and seat % 2 == 0
        user = actions.create_pupil(
            by=teacher,
            school_class=school_class,
            seat=seat,
            name=name,
            age_class=User.AgeClass.MINOR if older else User.AgeClass.CHILD,
            password_hash=self.password_hash,
            from_on=self.since,
        )
        if not older:
            actions.record_consent(
                by=teacher,
                child=user,
                guardian=f"{name[0]}家长",
                method=ConsentMethod.PAPER if seat % 3 else ConsentMethod.MEETING,
                text_version=CONSENT_TEXT,
                at=timezone.make_aware(datetime.combine(self.since, time(16, 30))),
            )
        self.users[user.username] = user
        return user


@transaction.atomic
def make_learners(count: int = 200, seed: int = 7, *, since: date | None = None) -> People:
    """Make the known accounts, those who lead, and `count` learners: a quarter of them pupils, as far as seats go.

    The same seed makes the same people; a larger count adds to a smaller one. Units must be loaded first.
    """
    town = _Town(seed, since or timezone.localdate() - timedelta(days=120))
    people = People()
    for row in KNOWN:
        groups = (row.group,) if row.group else ()
        people.known[row.username] = town.person(
            row.username, row.name, town.units[row.unit], row.role, groups=groups, is_home=row.is_home, **row.fields
        )
    teachers = _leaders(town)
    classes = town.of_kind(Kind.CLASS)
    pupils = min(count // 4, SEATS * len(classes)) if classes else 0
    _pupils(town, people, pupils, classes, teachers)
    _civil_servants(town, people, count - pupils)
    return people


def _leaders(town: _Town) -> dict[str, User]:
    """A coordinator for every department and school, a teacher for every class: {class code: teacher}."""
    led = {row.unit for row in KNOWN if row.role in (Role.COORDINATOR, Role.TEACHER)}
    for unit in (*town.of_kind(Kind.DEPARTMENT), *town.of_kind(Kind.SCHOOL)):
        if unit.code not in led:
            town.person(f"lxy.{unit.code}", town.name(f"lxy-{unit.code}"), unit, Role.COORDINATOR)
    teachers = {row.unit: town.users[row.username] for row in KNOWN if row.role == Role.TEACHER}
    for unit in town.of_kind(Kind.CLASS):
        if unit.code not in teachers:
            username = f"bzr.{unit.code.lower()}"
            teachers[unit.code] = town.person(username, town.name(username), unit, Role.TEACHER)
    return teachers


def _pupils(town: _Town, people: People, count: int, classes: list[Organisation], teachers: dict[str, User]) -> None:
    """Fill the classes seat by seat; the known pupil always sits in the known seat."""
    code, known_seat, known_name = PUPIL
    if code in town.units:
        known = town.pupil(town.units[code], known_seat, known_name, teachers[code])
        people.known[known.username] = known
        people.pupils.append((known, town.units[code]))
    for number in range(count):
        unit, seat = classes[number % len(classes)], number // len(classes) + 1
        if len(people.pupils) >= count:
            break
        if (unit.code, seat) != (code, known_seat):
            name = town.name(f"{unit.code}-{seat}")
            people.pupils.append((town.pupil(unit, seat, name, teachers[unit.code]), unit))


def _civil_servants(town: _Town, people: People, count: int) -> None:
    """Spread the others over the sections, larger sections where chance puts them; the known one first."""
    known = people.known["lin.zhiyuan"]
    people.civil_servants.append((known, town.units["housing-construction-2"]))
    sections = town.of_kind(Kind.SECTION)
    for number in range(1, count):
        dice = Random(f"{town.seed}-home-{number}")  # noqa: S311  # a demo, not a secret
        unit = dice.choice(sections)
        user = town.person(
            f"gw{number:05}",
            town.name(f"gw-{number}"),
            unit,
            employee_number=f"320583{10000 + number:05}" if number < 90000 else f"320583{number:06}",
        )
        people.civil_servants.append((user, unit))


@transaction.atomic
def make_handlers() -> dict[str, User]:
    """One handler (经办人) for every enterprise, by the enterprise's code."""
    town = _Town(7, timezone.localdate() - timedelta(days=120))
    return {
        unit.code: town.person(f"jbr.{unit.code}", town.name(f"jbr-{unit.code}"), unit)
        for unit in town.of_kind(Kind.ENTERPRISE)
    }


@transaction.atomic
def make_reporters() -> dict[str, User]:
    """One reporter (填报人) for every department, by the department's code."""
    town = _Town(7, timezone.localdate() - timedelta(days=120))
    found = {row.unit: town.users[row.username] for row in KNOWN if row.role == Role.REPORTER}
    for unit in town.of_kind(Kind.DEPARTMENT):
        if unit.code not in found:
            username = f"tbr.{unit.code}"
            found[unit.code] = town.person(
                username, town.name(username), unit, Role.REPORTER, groups=(registry.REPORTER,)
            )
    return found
