"""`/scim/v2/Groups`: units with the adults who belong to them. Units themselves are made and moved under /admin/."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from organisations import actions
from organisations.api.frame import body_of, chosen, listed, one, refuse_other_version, scim, versioned, window
from organisations.contracts.scim import GROUP, Refused, folded, operations, read_filter
from organisations.models import Organisation, OrganisationQuerySet, ScimKey
from organisations.queries import scim as reach

MEMBER = 'members[value eq "'


@scim("GET")
def groups(request: HttpRequest, key: ScimKey) -> HttpResponse:
    """The key's units."""
    start, count = window(request)
    found = _matching(reach.units_of(key), read_filter(request.GET["filter"]) if request.GET.get("filter") else [])
    page = list(found.order_by("path")[start - 1 : start - 1 + count])
    actions.note_scim_read(key=key, what="groups", count=len(page))
    return listed([chosen(request, resource) for resource in _said(page)], found.count(), start)


@scim("GET", "PUT", "PATCH")
def group(request: HttpRequest, key: ScimKey, pk: str) -> HttpResponse:
    """Read one unit; say who belongs to it."""
    unit = reach.group_of(key, pk)
    resource = _said([unit])[0]
    if request.method == "GET":
        actions.note_scim_read(key=key, what="groups", count=1)
        return one(request, resource)
    refuse_other_version(request, resource)
    before = [row["value"] for row in resource["members"]]
    after = _replaced(body_of(request)) if request.method == "PUT" else _patched(before, operations(body_of(request)))
    added = [value for value in after if value not in before]
    removed = [value for value in before if value not in after]
    actions.change_members(key=key, unit=unit, add=added, remove=removed)
    return one(request, _said([unit])[0])


def _matching(units: OrganisationQuerySet, pairs: list[tuple[str, str | bool]]) -> OrganisationQuerySet:
    for path, value in pairs:
        if path == "displayname":
            units = units.filter(name=value)
        elif path == "externalid":
            units = units.filter(code=value)
        elif path == "id":
            text = str(value)
            units = units.filter(pk=int(text)) if text.isdecimal() and len(text) < 18 else units.none()
        else:
            raise Refused(400, f"Groups cannot be filtered by {path}.", "invalidFilter")
    return units


def _said(units: list[Organisation]) -> list[dict[str, Any]]:
    """Units as the system reads them. One statement, however many."""
    members = reach.members_of(units)
    return [
        versioned(
            {
                "schemas": [GROUP],
                "id": str(unit.pk),
                "externalId": unit.code,
                "displayName": unit.name,
                "members": [
                    {"value": person.public_id, "display": person.name, "type": "User"}
                    for person in members.get(unit.pk, [])
                ],
                "meta": {"resourceType": "Group"},
            },
            f"/scim/v2/Groups/{unit.pk}",
        )
        for unit in units
    ]


def _values(value: Any) -> list[str]:
    rows = value if isinstance(value, list) else [value]
    found = [folded(row).get("value") if isinstance(row, dict) else None for row in rows]
    if not all(isinstance(name, str) for name in found):
        raise Refused(400, "members is a list of objects with a value.", "invalidValue")
    return list(dict.fromkeys(str(name) for name in found))


def _replaced(data: dict[str, Any]) -> list[str]:
    return _values(folded(data).get("members") or [])


def _patched(before: list[str], changes: list[tuple[str, str, Any]]) -> list[str]:
    """Who belongs to the unit after the operations. Raises Refused for anything but members."""
    after = list(before)
    for verb, path, value in changes:
        if not path and isinstance(value, dict) and set(folded(value)) <= {"members", "schemas", "id"}:
            path, value = "members", folded(value).get("members", [])
        is_one = path.startswith(MEMBER) and path.endswith('"]')
        if verb == "remove" and is_one:
            after = [name for name in after if name != path.removeprefix(MEMBER).removesuffix('"]')]
        elif path.casefold() != "members":
            raise Refused(400, "Only members change here; units are kept under /admin/.", "mutability")
        elif verb == "remove":
            gone = set(_values(value)) if value else set(after)
            after = [name for name in after if name not in gone]
        else:
            after = list(dict.fromkeys([*(after if verb == "add" else []), *_values(value)]))
    return after
