"""What a roster would do, row by row: who is meant, in which unit, and what differs. Never a guess.

A person is found by ID number, else by staff or student number, else by the name inside one unit. Where two could be
meant, or a number says one person and another number another, the row is wrong and says why.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from accounts.models import User
from organisations.importers.lines import ADULT, PUPIL
from organisations.models import Kind, Membership, Organisation, Profession, Role, RowStatus
from organisations.queries.places import Place, Places

NUMBERS = ("employee_number", "student_number")
OF_ADULTS = ("phone", "email")
NO_PUPILS = (Kind.CITY, Kind.DEPARTMENT, Kind.SCHOOL)


@dataclass(slots=True)
class Candidate:
    """What is known of a row before it is compared. Rows in the database and lines of a file both become one."""

    order: int
    values: dict[str, str]
    parts: Sequence[str]
    kind: str
    id_digest: str
    id_mask: str
    flaws: list[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a row would do."""

    status: str
    reasons: list[str]
    person: User | None = None
    place: Place = field(default_factory=lambda: Place(None))
    changes: dict[str, list[Any]] = field(default_factory=dict)
    kind: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal while the people and units concerned are as they were."""
        unit = self.place.unit.pk if self.place.unit and not self.place.missing else None
        return (self.status, self.person.pk if self.person else None, unit, self.changes)


@dataclass(slots=True)
class _Known:
    """The people that a portion of rows may mean."""

    by_digest: dict[str, User] = field(default_factory=dict)
    by_employee: dict[str, User] = field(default_factory=dict)
    by_student: dict[str, list[User]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[User]] = field(default_factory=lambda: defaultdict(list))
    phones: dict[str, int] = field(default_factory=dict)
    emails: dict[str, int] = field(default_factory=dict)
    homes: dict[int, Membership] = field(default_factory=dict)
    guests: dict[tuple[int, int], Membership] = field(default_factory=dict)  # {(person, unit): not at home there}
    classes_led: set[tuple[int, int]] = field(default_factory=set)
    leaders: set[int] = field(default_factory=set)


class Planner:
    """Compares rows with what is there, a few hundred at a time in a fixed number of statements."""

    def __init__(self, root: Organisation, *, makes_units: bool) -> None:
        self.root = root
        self.places = Places(root, makes_units=makes_units)
        self.professions = {found.code: found.name for found in Profession.objects.all()}

    def plans(self, rows: Sequence[Candidate]) -> list[Plan]:
        """One plan per row, in their order."""
        known = self._known(rows)
        return [self._plan(row, known) for row in rows]

    def _known(self, rows: Sequence[Candidate]) -> _Known:
        known = _Known()
        inside = Membership.objects.current().filter(is_home=True, organisation__path__startswith=self.root.path or "-")
        said = {name: {row.values[name] for row in rows if row.values.get(name)} for name in _SAID}
        digests = {row.id_digest for row in rows if row.id_digest}
        known.by_digest = {user.id_digest or "": user for user in User.objects.filter(id_digest__in=digests)}
        employees = User.objects.filter(employee_number__in=said["employee_number"])
        known.by_employee = {user.employee_number or "": user for user in employees}
        here = User.objects.filter(pk__in=inside.values("user"))
        for user in here.filter(Q(student_number__in=said["student_number"]) | Q(name__in=said["name"])):
            if user.student_number:
                known.by_student[user.student_number].append(user)
            known.by_name[user.name].append(user)
        for user in User.objects.filter(Q(phone__in=said["phone"]) | Q(email__in=said["email"])):
            known.phones |= {user.phone: user.pk} if user.phone else {}
            known.emails |= {user.email.lower(): user.pk} if user.email else {}
        self._know_homes(known)
        return known

    def _know_homes(self, known: _Known) -> None:
        people = {user.pk for found in (known.by_digest, known.by_employee) for user in found.values()}
        for lists in (known.by_student, known.by_name):
            people |= {user.pk for users in lists.values() for user in users}
        current = Membership.objects.current().filter(user__in=people).select_related("organisation", "profession")
        for membership in current:
            if membership.is_home:
                known.homes[membership.user_id] = membership
            elif membership.role == Role.MEMBER:
                known.guests[membership.user_id, membership.organisation_id] = membership
            if membership.role in (Role.COORDINATOR, Role.MANAGER):
                known.leaders.add(membership.user_id)
            if membership.role == Role.TEACHER:
                known.classes_led.add((membership.user_id, membership.organisation_id))

    def _plan(self, row: Candidate, known: _Known) -> Plan:
        place = self.places.find(row.parts)
        reasons = [*row.flaws, *([place.reason] if place.reason else [])]
        kind = row.kind or (PUPIL if _is_class(place) else ADULT)
        if kind == PUPIL and place.unit and not place.missing and place.unit.kind in NO_PUPILS:
            reasons.append("pupil-needs-class")
        person, problem = self._person(row, place, known)
        if problem:
            reasons.append(problem)
        if not reasons:
            leads = self._leads(row)
            if isinstance(leads, str):
                reasons.append(leads)
            else:
                changes = self._changes(row, place, person, known, kind, leads)
                reasons = self._refusals(row, person, known, kind, changes)
        if reasons:
            return Plan(RowStatus.ERROR, reasons, person, place, {}, kind)
        status = RowStatus.NEW if person is None else RowStatus.CHANGED if changes else RowStatus.UNCHANGED
        return Plan(status, [], person, place, changes, kind)

    def _person(self, row: Candidate, place: Place, known: _Known) -> tuple[User | None, str]:
        """(who is meant or None for somebody new, why that cannot be said)."""
        found: list[User] = []
        if row.id_digest and row.id_digest in known.by_digest:
            found.append(known.by_digest[row.id_digest])
        if (employee := known.by_employee.get(row.values.get("employee_number", ""))) is not None:
            found.append(employee)
        pupils = known.by_student.get(row.values.get("student_number", ""), [])
        if len(pupils) > 1:
            return None, "two-people: student_number"
        found += pupils
        if len({user.pk for user in found}) > 1:
            return None, "numbers-disagree"
        if found:
            return self._checked(row, found[0], known)
        return self._by_name(row, place, known)

    def _checked(self, row: Candidate, person: User, known: _Known) -> tuple[User | None, str]:
        """The person that a number names, if nothing speaks against it."""
        by_id = bool(row.id_digest) and person.id_digest == row.id_digest
        if not by_id and row.id_digest and person.id_digest:
            return None, "numbers-disagree"
        home = known.homes.get(person.pk)
        if home and not (home.organisation.path or "").startswith(self.root.path or "-"):
            return None, "elsewhere"
        if not by_id and person.name != row.values.get("name"):
            return None, "name-differs"
        return person, ""

    def _by_name(self, row: Candidate, place: Place, known: _Known) -> tuple[User | None, str]:
        same = [user for user in known.by_name.get(row.values.get("name", ""), []) if not _differs(row, user)]
        unit = place.unit.pk if place.unit and not place.missing else None
        here = [user for user in same if known.homes[user.pk].organisation_id == unit]
        if len(here) > 1:
            return None, "two-people: name"
        if here:
            return here[0], ""
        return None, f"same-name: {known.homes[same[0].pk].organisation.name}" if same else ""

    def _leads(self, row: Candidate) -> Organisation | str | None:
        """The class whose class teacher this is, or the reason why it cannot be found."""
        text = row.values.get("leads", "")
        if not text or text in ("否", "无", "no", "-", "/"):
            return None
        place = self.places.find((text,))
        if place.reason or place.missing or place.unit is None or place.unit.kind not in (Kind.CLASS, Kind.GRADE):
            return f"no-class: {text}"
        return place.unit

    def _changes(
        self,
        row: Candidate,
        place: Place,
        person: User | None,
        known: _Known,
        kind: str,
        leads: Organisation | None,
    ) -> dict[str, list[Any]]:
        """{field: [old, new]} of what the file says and the database does not. An empty cell changes nothing."""
        names = ["name", *NUMBERS, *(OF_ADULTS if kind == ADULT else ())]
        new = {name: row.values[name] for name in names if row.values.get(name)}
        changes = {name: [getattr(person, name, None), value] for name, value in new.items()}
        changes = {name: pair for name, pair in changes.items() if (pair[0] or None) != pair[1]}
        if row.id_digest and not (person and person.id_digest):
            changes["id_mask"] = [None, row.id_mask]
        here, moved = _placed(row, place, person, known)
        changes |= moved
        for name, value in (("position", row.values.get("position")), ("seat", _whole(row.values.get("seat")))):
            old = getattr(here, name) if here else None
            if value and value != (old or None):
                changes[name] = [old or None, value]
        if (code := row.values.get("profession")) and kind == ADULT:
            held = here.profession.name if here and here.profession else None
            name = self.professions.get(code, code)
            changes |= {"profession": [held, name]} if held != name else {}
        if until := row.values.get("until"):
            day = here.ends_on.isoformat() if here and here.ends_on else None
            changes |= {"until": [day, until]} if day != until else {}
        if leads and (person is None or (person.pk, leads.pk) not in known.classes_led):
            changes["leads"] = [None, leads.pk]
        return changes

    def _refusals(
        self, row: Candidate, person: User | None, known: _Known, kind: str, changes: dict[str, list[Any]]
    ) -> list[str]:
        mine = person.pk if person else None
        found = []
        if known.phones.get(changes.get("phone", [0, ""])[1], mine) != mine:
            found.append("taken: phone")
        if known.emails.get(changes.get("email", [0, ""])[1], mine) != mine:
            found.append("taken: email")
        if person and kind == ADULT and person.age_class == User.AgeClass.CHILD:
            found.append("is-a-pupil")
        if person and self._is_protected(person, known, changes):
            found.append("protected")
        if person and person.pk in known.leaders and person.pk in known.homes and "unit" in changes:
            found.append("hand-over-first")
        return found

    @staticmethod
    def _is_protected(person: User, known: _Known, changes: dict[str, list[Any]]) -> bool:
        """Whoever sets the address of an account may take it over: not that of people with duties or of others."""
        if not any(name in changes and changes[name][0] for name in OF_ADULTS):
            return False
        return person.is_staff or person.is_superuser or person.pk in known.leaders or person.pk not in known.homes


_SAID = ("name", *NUMBERS, *OF_ADULTS)


def _placed(
    row: Candidate, place: Place, person: User | None, known: _Known
) -> tuple[Membership | None, dict[str, list[Any]]]:
    """(the membership that the row speaks of, what it would change about units).

    With a planned last day in a unit where the person is not at home it is a secondment (借调): the home stays.
    """
    home = known.homes.get(person.pk) if person else None
    at = home.organisation_id if home else None
    if place.missing:
        return home, {"unit": [at, "/".join(place.missing)]}
    if place.unit is None or at == place.unit.pk:
        return home, {}
    if home and row.values.get("until"):
        guest = known.guests.get((home.user_id, place.unit.pk))
        return guest, {} if guest else {"guest": [None, place.unit.pk]}
    return home, {"unit": [at, place.unit.pk]}


def _is_class(place: Place) -> bool:
    """Whether the people there are pupils: in a class, or in one that would be made in a school."""
    if place.unit is None:
        return False
    if place.missing:
        return place.unit.kind in (Kind.SCHOOL, Kind.GRADE)
    return place.unit.kind in (Kind.CLASS, Kind.GRADE)


def _differs(row: Candidate, user: User) -> bool:
    """Whether a number says that this is another person with the same name."""
    pairs = [(row.id_digest, user.id_digest), *((row.values.get(name), getattr(user, name)) for name in NUMBERS)]
    return any(said and known and said != known for said, known in pairs)


def _whole(text: str | None) -> int | None:
    return int(text) if text else None


class Twins:
    """Rows of one file that speak of the same person, number or seat: neither of them is taken."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._named: set[int] = set()
        self.found: list[tuple[int, int, str]] = []  # (row, the other row, code)

    def add(self, row: Candidate, plan: Plan) -> None:
        """Take note of one row."""
        place = "/".join(row.parts)
        keys = [("id", row.id_digest), *((name, row.values.get(name, "")) for name in NUMBERS)]
        if plan.kind == ADULT:
            keys += [(name, row.values.get(name, "")) for name in OF_ADULTS]
        if seat := row.values.get("seat"):
            keys.append(("seat", f"{place}#{seat}"))
        if plan.person:
            keys.append(("person", str(plan.person.pk)))
        for code, value in keys:
            if value:
                self._see(row.order, code, value)
        self._see_name(row, f"{place}#{row.values.get('name', row.order)}", plan)

    def _see(self, order: int, code: str, value: str) -> None:
        first = self._first.setdefault(hash((code, value)), order)
        if first != order:
            self.found += [(order, first, code), (first, order, code)]

    def _see_name(self, row: Candidate, name: str, plan: Plan) -> None:
        """Two of one name in one unit are two people only if a number tells them apart."""
        key = hash(("name", name))
        first = self._first.setdefault(key, row.order)
        has_number = bool(row.id_digest or any(row.values.get(number) for number in NUMBERS))
        if first != row.order and not (has_number and key in self._named):
            self.found += [(row.order, first, "name"), (first, row.order, "name")]
        if has_number:
            self._named.add(key)


def candidates_of(rows: Iterable[Any]) -> list[Candidate]:
    """Stored rows as they are compared again."""
    return [
        Candidate(
            row.order,
            {**row.values, "name": row.name} if row.name else dict(row.values),
            row.parts,
            row.kind,
            row.id_digest,
            row.id_mask,
            list(row.flaws),
        )
        for row in rows
    ]
