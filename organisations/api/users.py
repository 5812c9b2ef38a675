"""`/scim/v2/Users`."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.queries import plain_phone
from organisations import actions
from organisations.api.frame import body_of, chosen, listed, one, refuse_other_version, scim, versioned, window
from organisations.contracts.scim import ENTERPRISE, USER, Refused, folded, operations, patched, read_filter
from organisations.models import Membership, ScimKey
from organisations.queries import scim as reach


@scim("GET", "POST")
def users(request: HttpRequest, key: ScimKey) -> HttpResponse:
    """Find people, or open an account."""
    if request.method == "POST":
        user = actions.provision_person(key=key, person=_person(body_of(request)))
        return one(request, said(key, [user])[0], 201)
    start, count = window(request)
    pairs = read_filter(request.GET["filter"]) if request.GET.get("filter") else []
    found = reach.matching(key, reach.people_of(key), pairs)
    page = list(found[start - 1 : start - 1 + count])
    actions.note_scim_read(key=key, what="users", count=len(page))
    return listed([chosen(request, resource) for resource in said(key, page)], found.count(), start)


@scim("GET", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, key: ScimKey, public_id: str) -> HttpResponse:
    """Read, replace, change or take out one person."""
    person = reach.person_of(key, public_id)
    resource = said(key, [person])[0]
    if request.method == "GET":
        actions.note_scim_read(key=key, what="users", count=1)
        return one(request, resource)
    refuse_other_version(request, resource)
    if request.method == "DELETE":
        actions.take_out_person(key=key, user=person)
        return HttpResponse(status=204)
    data = body_of(request)
    if request.method == "PATCH":
        unnamed = {name: value for name, value in resource.items() if name not in ("name", "displayName")}
        data = patched(unnamed, operations(data))
        data.setdefault("displayname", "" if data.get("name") else person.name)
    changed = actions.replace_person(key=key, user=person, person=_person(data))
    return one(request, said(key, [changed])[0])


def said(key: ScimKey, people: list[User]) -> list[dict[str, Any]]:
    """People as the system reads them. Two statements, however many. No ID number, no password, no mask of either."""
    records = reach.records_of(key, people)
    places = reach.memberships_of(key, people)
    return [_said(person, records.get(person.pk), places.get(person.pk, [])) for person in people]


def _said(person: User, record: Any, places: list[Membership]) -> dict[str, Any]:
    home = next((place for place in places if place.is_home), None)
    resource: dict[str, Any] = {
        "schemas": [USER, ENTERPRISE],
        "id": person.public_id,
        "userName": person.username,
        "name": {"formatted": person.name},
        "displayName": person.name,
        "active": person.is_active,
        ENTERPRISE: {},
    }
    if record is not None and record.external_id:
        resource["externalId"] = record.external_id
    if person.email:
        resource["emails"] = [{"value": person.email, "type": "work", "primary": True}]
    if person.phone:
        resource["phoneNumbers"] = [{"value": person.phone, "type": "mobile"}]
    if person.employee_number:
        resource[ENTERPRISE]["employeeNumber"] = person.employee_number
    if home is not None:
        resource["title"] = home.position
        resource[ENTERPRISE]["department"] = home.organisation.code
    units = {place.organisation_id: place.organisation.name for place in places}
    resource["groups"] = [{"value": str(pk), "display": name} for pk, name in units.items()]
    resource["meta"] = {"resourceType": "User", "created": person.date_joined.isoformat()}
    return versioned(resource, f"/scim/v2/Users/{person.public_id}")


def _person(data: dict[str, Any]) -> actions.Person:
    """What was sent, checked for its shape; unknown attributes are passed over (RFC 7644, 3.3). Raises Refused."""
    plain = folded(data)
    extension = plain.get(ENTERPRISE.casefold()) or {}
    if not isinstance(extension, dict):
        raise Refused(400, "The enterprise extension is an object.", "invalidValue")
    more = folded(extension)
    username = _text(plain, "username", 150)
    if not username:
        raise Refused(400, "userName is needed.", "invalidValue")
    active = plain.get("active", True)
    if isinstance(active, str) and active.casefold() in ("true", "false"):  # as some systems send it
        active = active.casefold() == "true"
    if not isinstance(active, bool):
        raise Refused(400, "active is true or false.", "invalidValue")
    fields = {
        "username": username,
        "name": _name(plain),
        "email": _first(plain, "emails").lower(),
        "phone": plain_phone(_first(plain, "phonenumbers")) or None,
        "employee_number": _text(more, "employeenumber", 40) or None,
    }
    return actions.Person(
        fields, _text(plain, "externalid", 100), active, _text(more, "department", 120), _text(plain, "title", 60)
    )


def _text(data: dict[str, Any], name: str, longest: int) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise Refused(400, f"{name} is a text of at most {longest} characters.", "invalidValue")
    return value.strip()


def _name(data: dict[str, Any]) -> str:
    """The full name: a display name, else as formatted, else family and given name together, as Chinese has it."""
    parts = data.get("name")
    name = folded(parts) if isinstance(parts, dict) else {}
    whole = _text(name, "familyname", 60) + _text(name, "givenname", 60)
    return _text(name, "formatted", 60) or _text(data, "displayname", 60) or whole[:60]


def _first(data: dict[str, Any], name: str) -> str:
    """The primary value of a list, else the first one."""
    rows = data.get(name) or []
    if isinstance(rows, str):
        return rows
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(400, f"{name} is a list of objects.", "invalidValue")
    plain = sorted((folded(row) for row in rows), key=lambda row: row.get("primary") is not True)
    return _text(plain[0], "value", 254) if plain else ""
