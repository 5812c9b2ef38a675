"""SCIM 2 (RFC 7643, RFC 7644): filters, patches and the names of schemas. Pure Python."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

_TERM = re.compile(
    r"\s*(?P<path>[A-Za-z][\w$:.\-]*)\s+(?P<op>eq)\s+(?P<value>\"(?:[^\"\\]|\\.)*\"|true|false)\s*", re.IGNORECASE
)
_AND = re.compile(r"and\s+", re.IGNORECASE)
_PATH = re.compile(
    rf"(?:(?P<urn>{re.escape(ENTERPRISE)}|{re.escape(USER)}|{re.escape(GROUP)})(?::|$))?"
    r"(?P<name>[A-Za-z$]\w*)?(?:\[(?P<filter>[^\]]*)\])?(?:\.(?P<sub>[A-Za-z$]\w*))?",
    re.IGNORECASE,
)


class Refused(ValueError):
    """A request that the standard or this site does not allow: status, kind of error (RFC 7644, table 9), sentence."""

    def __init__(self, status: int, detail: str, kind: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind


def read_filter(text: str) -> list[tuple[str, str | bool]]:
    """`userName eq "x" and active eq true` as pairs of path (in small letters) and value. Raises Refused."""
    pairs: list[tuple[str, str | bool]] = []
    at = 0
    while True:
        term = _TERM.match(text, at)
        if term is None:
            raise Refused(400, "Filters are attribute eq value, joined by and.", "invalidFilter")
        raw = term["value"]
        value: str | bool = raw.casefold() == "true" if raw[0] != '"' else re.sub(r"\\(.)", r"\1", raw[1:-1])
        path = term["path"].casefold()
        for urn in (USER, GROUP):
            path = path.removeprefix(f"{urn.casefold()}:")
        pairs.append((path, value))
        at = term.end()
        if at == len(text):
            return pairs
        joined = _AND.match(text, at)
        if joined is None:
            raise Refused(400, "Filters are attribute eq value, joined by and.", "invalidFilter")
        at = joined.end()


def operations(body: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """The operations of a PATCH: verb, path, value. Raises Refused."""
    listed = folded(body).get("operations")
    if not isinstance(listed, list) or not listed:
        raise Refused(400, "A patch has a list of Operations.", "invalidSyntax")
    found = []
    for entry in listed:
        plain = folded(entry) if isinstance(entry, dict) else {}
        verb = str(plain.get("op", "")).casefold()
        path = plain.get("path") or ""
        if verb not in ("add", "replace", "remove") or not isinstance(path, str):
            raise Refused(400, "An operation is add, replace or remove.", "invalidSyntax")
        if verb == "remove" and not path:
            raise Refused(400, "What is to be removed needs a path.", "noTarget")
        found.append((verb, path, plain.get("value")))
    return found


def folded(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same with names in small letters: attribute names do not mind case (RFC 7643, 2.1)."""
    return {str(name).casefold(): value for name, value in data.items()}


def patched(resource: Mapping[str, Any], changes: list[tuple[str, str, Any]]) -> dict[str, Any]:
    """`resource` after the changes, with names in small letters on the first two levels. Raises Refused."""
    result = _small(deepcopy(dict(resource)))
    for verb, path, value in changes:
        if not path:
            if not isinstance(value, dict):
                raise Refused(400, "Without a path the value is an object.", "invalidValue")
            for name, part in value.items():
                _set(result, verb, str(name), part)
        else:
            _set(result, verb, path, value)
    return result


def _small(resource: dict[str, Any]) -> dict[str, Any]:
    small = folded(resource)
    return {name: folded(value) if isinstance(value, dict) else value for name, value in small.items()}


def _set(result: dict[str, Any], verb: str, path: str, value: Any) -> None:
    """One change. Lists have one entry each here, so a filter in the path chooses what is there anyway."""
    found = _PATH.fullmatch(path)
    if found is None or not (found["name"] or found["urn"]):
        raise Refused(400, f"There is no such path: {path}", "invalidPath")
    urn, name, sub = (found["urn"] or "").casefold(), (found["name"] or "").casefold(), (found["sub"] or "").casefold()
    holder = result
    if urn == ENTERPRISE.casefold():
        holder = result.setdefault(urn, {})
        if not name:
            holder.update(folded(value) if isinstance(value, dict) and verb != "remove" else {})
            return
    if verb == "remove":
        holder.pop(name, None)
    elif sub and name in ("emails", "phonenumbers"):
        holder[name] = [{"value": value}] if sub == "value" else holder.get(name, [])
    elif sub:
        holder[name] = {**folded(holder.get(name) or {}), sub: value}
    elif found["filter"] is not None and isinstance(value, dict):
        holder[name] = [value]
    else:
        holder[name] = folded(value) if isinstance(value, dict) else value
