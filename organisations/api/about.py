"""What this service provider can do (RFC 7643, 5 to 7), and the answer to addresses that do not exist."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from organisations.api.frame import LONGEST_PAGE, answer, listed, problem, scim
from organisations.contracts.scim import ENTERPRISE, GROUP, USER, Refused
from organisations.models import ScimKey

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"


def _attribute(name: str, about: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": about,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
        **more,
    }


_VALUE = [_attribute("value", "The value."), _attribute("type", "Its kind."), _attribute("primary", "One.", "boolean")]
_REFERENCE = [_attribute("value", "Identifier."), _attribute("display", "Name.", mutability="readOnly")]
_SCHEMAS = {
    USER: (
        "User",
        [
            _attribute("userName", "Signs in.", required=True, uniqueness="server"),
            _attribute("name", "Full name.", "complex", subAttributes=[_attribute("formatted", "As printed.")]),
            _attribute("displayName", "Full name."),
            _attribute("title", "Post in the home unit."),
            _attribute("active", "May sign in.", "boolean"),
            _attribute("emails", "One address.", "complex", multiValued=True, subAttributes=_VALUE),
            _attribute("phoneNumbers", "One mobile.", "complex", multiValued=True, subAttributes=_VALUE),
            _attribute(
                "groups", "Units.", "complex", multiValued=True, mutability="readOnly", subAttributes=_REFERENCE
            ),
        ],
    ),
    ENTERPRISE: (
        "EnterpriseUser",
        [
            _attribute("employeeNumber", "Signs in as well.", uniqueness="server"),
            _attribute("department", "Code of the home unit; its name is taken, too, where only one has it."),
        ],
    ),
    GROUP: (
        "Group",
        [
            _attribute("displayName", "Name of the unit.", mutability="readOnly"),
            _attribute("members", "Adults who belong to it.", "complex", multiValued=True, subAttributes=_REFERENCE),
        ],
    ),
}


def _schemas() -> list[dict[str, Any]]:
    return [
        {
            "schemas": [SCHEMA],
            "id": urn,
            "name": name,
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{settings.SITE_URL}/scim/v2/Schemas/{urn}"},
        }
        for urn, (name, attributes) in _SCHEMAS.items()
    ]


def _types() -> list[dict[str, Any]]:
    user: dict[str, Any] = {
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "schema": USER,
        "schemaExtensions": [{"schema": ENTERPRISE, "required": False}],
    }
    group = {"id": "Group", "name": "Group", "endpoint": "/Groups", "schema": GROUP}
    address = f"{settings.SITE_URL}/scim/v2/ResourceTypes"
    return [
        {
            "schemas": [RESOURCE_TYPE],
            **found,
            "meta": {"resourceType": "ResourceType", "location": f"{address}/{found['id']}"},
        }
        for found in (user, group)
    ]


def _named(rows: list[dict[str, Any]], name: str) -> HttpResponse:
    if not name:
        return listed(rows, len(rows), 1)
    found = next((row for row in rows if row["id"] == name), None)
    if found is None:
        raise Refused(404, f"There is no {name}.")
    return answer(found)


@scim("GET")
def schemas(request: HttpRequest, key: ScimKey, name: str = "") -> HttpResponse:
    """Every schema, or one."""
    return _named(_schemas(), name)


@scim("GET")
def types(request: HttpRequest, key: ScimKey, name: str = "") -> HttpResponse:
    """Every type of resource, or one."""
    return _named(_types(), name)


@scim("GET")
def configuration(request: HttpRequest, key: ScimKey) -> HttpResponse:
    """What of the standard is offered."""
    bearer = {"type": "oauthbearertoken", "name": "Bearer", "description": "Key of a personnel system", "primary": True}
    return answer(
        {
            "schemas": [CONFIG],
            "patch": {"supported": True},
            "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
            "filter": {"supported": True, "maxResults": LONGEST_PAGE},
            "changePassword": {"supported": False},
            "sort": {"supported": False},
            "etag": {"supported": True},
            "authenticationSchemes": [bearer],
            "meta": {
                "resourceType": "ServiceProviderConfig",
                "location": f"{settings.SITE_URL}/scim/v2/ServiceProviderConfig",
            },
        }
    )


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address."""
    return problem(404, "There is nothing at this address.")


nothing.csrf_exempt = True  # type: ignore[attr-defined]  # a POST to nowhere is answered as one, not as a foreign form
