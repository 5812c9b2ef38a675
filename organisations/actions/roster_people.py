"""One portion of a roster into accounts and memberships, in a fixed number of statements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User
from foundation.identifiers import code8, code12
from organisations.importers.lines import PUPIL
from organisations.models import Membership, Organisation, Profession, Role, RosterImport, RosterRow, Stage
from organisations.queries.matching import Plan
from organisations.queries.places import Stages

Pair = tuple[RosterRow, Plan]
SEATED = {"seat", "position", "profession", "until"}
USER_FIELDS = ("name", "employee_number", "student_number", "phone", "email")


def put_in(roster: RosterImport, pairs: Sequence[Pair]) -> list[int]:
    """Store what the rows say; returns the people concerned. What is needed to undo it stands in each row."""
    day = timezone.localdate()
    for row, _plan in pairs:
        row.before = {"fields": {}, "made": [], "ended": [], "kept": {}}
    _open_accounts([pair for pair in pairs if pair[1].person is None])
    _change_accounts([pair for pair in pairs if pair[1].person is not None])
    _place_people(pairs, day)
    for row, _plan in pairs:
        row.is_applied = True
    RosterRow.objects.bulk_update([row for row, _plan in pairs], ["person", "unit", "is_applied", "before"])
    return [row.person_id for row, _plan in pairs if row.person_id]


def _open_accounts(pairs: Sequence[Pair]) -> None:
    """Accounts for new people. A child's stays closed until a guardian's consent is recorded."""
    if not pairs:
        return
    wanted = [_username(row, plan) for row, plan in pairs]
    stages = Stages()
    taken = set(User.objects.filter(username__in=wanted).values_list("username", flat=True))
    users = []
    for (row, plan), name in zip(pairs, wanted, strict=True):
        username = name if name and name not in taken else _spare(plan)
        taken.add(username)
        age = age_class(plan.kind, row.values.get("born", ""), stages.of(plan.place.unit))
        users.append(
            User(
                username=username,
                password=make_password(None),
                age_class=age,
                is_active=age != User.AgeClass.CHILD,
                id_digest=row.id_digest or None,
                id_mask=row.id_mask,
                **{name: plan.changes[name][1] for name in USER_FIELDS if name in plan.changes},
            )
        )
    User.objects.bulk_create(users)
    for (row, plan), user in zip(pairs, users, strict=True):
        row.person = user
        fields = {name: pair for name, pair in plan.changes.items() if name in USER_FIELDS}
        row.before = {**(row.before or {}), "opened": True, "fields": fields}


def _username(row: RosterRow, plan: Plan) -> str:
    """A pupil's is class code and seat; an adult's the staff number, which signs in as well."""
    values: dict[str, str] = row.values
    if plan.kind != PUPIL or plan.place.unit is None:
        return values.get("employee_number", "")
    mark = f"{values['seat']:0>2}" if "seat" in values else values.get("student_number", "")
    return f"{plan.place.unit.code}#{mark}" if mark else ""


def _spare(plan: Plan) -> str:
    return f"{plan.place.unit.code}#{code8()}" if plan.kind == PUPIL and plan.place.unit else code12()


def age_class(kind: str, born: str, stage: str = "", today: date | None = None) -> str:
    """By the day of birth where it is known; else a student is an adult, and a pupil a child: the safe side."""
    if born:
        day, now = date.fromisoformat(born), today or timezone.localdate()
        age = now.year - day.year - ((now.month, now.day) < (day.month, day.day))
        return User.AgeClass.CHILD if age < 14 else User.AgeClass.MINOR if age < 18 else User.AgeClass.ADULT
    is_child = kind == PUPIL and stage != Stage.UNIVERSITY
    return User.AgeClass.CHILD if is_child else User.AgeClass.ADULT


def _change_accounts(pairs: Sequence[Pair]) -> None:
    changed = []
    for row, plan in pairs:
        user = plan.person
        fields = {name: pair for name, pair in plan.changes.items() if name in USER_FIELDS}
        if user is None or (not fields and "id_mask" not in plan.changes):
            continue
        for name, (_old, new) in fields.items():
            setattr(user, name, new)
        if "id_mask" in plan.changes:
            user.id_digest, user.id_mask = row.id_digest, row.id_mask
        (row.before or {})["fields"] = fields | ({"id": [None, row.id_mask]} if "id_mask" in plan.changes else {})
        changed.append(user)
    User.objects.bulk_update(changed, [*USER_FIELDS, "id_digest", "id_mask"])


def _place_people(pairs: Sequence[Pair], day: date) -> None:
    """Home units, posts, seats, and classes led."""
    users = [row.person_id for row, _plan in pairs]
    held = {(m.user_id, m.organisation_id, m.role): m for m in Membership.objects.current().filter(user__in=users)}
    homes = {m.user_id: m for m in held.values() if m.is_home}
    professions = _professions(pairs)
    made: list[tuple[RosterRow, Membership]] = []
    ended: list[Membership] = []
    kept: list[Membership] = []
    for row, plan in pairs:
        before: dict[str, Any] = row.before or {}
        home = homes.get(row.person_id or 0)
        profession = professions.get(row.pk)
        if "unit" in plan.changes and plan.place.unit:
            row.unit = plan.place.unit
            if home:
                home.until_on = max(day, home.from_on)
                before["ended"].append(home.pk)
                ended.append(home)
            target = held.get((row.person_id or 0, plan.place.unit.pk, Role.MEMBER))
            if target and target is not home:
                before["kept"][str(target.pk)] = {"is_home": False, **_seated(target)}
                target.is_home, target.ends_on = True, None
                kept.append(_seat(target, plan, profession))
            else:
                made.append((row, _seat(_home(row, plan.place.unit, home, day), plan, profession)))
        elif "guest" in plan.changes and plan.place.unit:
            guest = Membership(user=row.person, organisation=plan.place.unit, from_on=day)
            made.append((row, _seat(guest, plan, profession)))
        elif (here := _spoken_of(plan, home, held)) and SEATED & plan.changes.keys():
            before["kept"][str(here.pk)] = {"is_home": here.is_home, **_seated(here)}
            kept.append(_seat(here, plan, profession))
        if "leads" in plan.changes:
            leads = plan.changes["leads"][1]
            made.append((row, Membership(user=row.person, organisation_id=leads, role=Role.TEACHER, from_on=day)))
    Membership.objects.bulk_update(ended, ["until_on"])
    Membership.objects.bulk_update(kept, ["is_home", "seat", "position", "profession", "ends_on"])
    Membership.objects.bulk_create([membership for _row, membership in made])
    for row, membership in made:
        (row.before or {})["made"].append(membership.pk)


def _professions(pairs: Sequence[Pair]) -> dict[int, Profession]:
    """{row: the key profession that it brings}. One statement."""
    codes = {row.pk: row.values["profession"] for row, plan in pairs if "profession" in plan.changes}
    found = {known.code: known for known in Profession.objects.filter(code__in=set(codes.values()))}
    return {pk: found[code] for pk, code in codes.items() if code in found}


def _spoken_of(plan: Plan, home: Membership | None, held: dict[tuple[int, int, str], Membership]) -> Membership | None:
    """The membership that a row speaks of: at home, or as a guest of its unit."""
    unit = plan.place.unit
    if home is None or unit is None or home.organisation_id == unit.pk:
        return home
    return held.get((home.user_id, unit.pk, Role.MEMBER))


def _home(row: RosterRow, unit: Organisation, old: Membership | None, day: date) -> Membership:
    """A new home membership; post, key profession and last day go along until the file names others, the seat does
    not."""
    found = Membership(user=row.person, organisation=unit, is_home=True, from_on=day)
    if old:
        found.position, found.profession_id = old.position, old.profession_id
        found.ends_on = max(day, old.ends_on) if old.ends_on else None
    return found


def _seated(membership: Membership) -> dict[str, Any]:
    names = ("seat", "position", "profession_id")
    ends_on = membership.ends_on.isoformat() if membership.ends_on else None
    return {**{name: getattr(membership, name) for name in names}, "ends_on": ends_on}


def _seat(membership: Membership, plan: Plan, profession: Profession | None) -> Membership:
    for name in ("seat", "position"):
        if name in plan.changes:
            setattr(membership, name, plan.changes[name][1])
    membership.profession = profession or membership.profession
    if "until" in plan.changes:
        membership.ends_on = date.fromisoformat(plan.changes["until"][1])
    return membership
