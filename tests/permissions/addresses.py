"""Which addresses there are: read from the URL configuration, so that a new one cannot be forgotten."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.sources import app_layers

OURS = {app.strip(" ()").split(".")[0] for layer in app_layers() for app in layer.split("|")} | {
    "jobs",
    "audit",
    "ledger",
}
# Signing in and out is tried by the tests of accounts; Wagtail's own doors by Wagtail, its pages by tests/cms.
ELSEWHERE = ("accounts/", "admin/login/", "admin/logout/", "_util/", "i18n/")
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>")


@dataclass(frozen=True)
class Address:
    """One pattern: as it is written, the names of its parameters, and the model of a viewset of the admin."""

    route: str
    parameters: tuple[str, ...]
    model: Any
    pattern: URLPattern

    def filled(self, values: dict[str, Any]) -> str:
        """The path with these values."""
        route = CONVERTER.sub(lambda found: str(values[found.group(1) or found.group(2)]), self.route)
        if "(?P" in self.route:  # a regular expression: one sample fits in every test
            route = re.sub(r"\^|\$", "", self.route.split("(?P")[0]) + str(values[self.parameters[0]])
        return "/" + route


def _walk(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route)
        else:
            yield route, entry


def _owner(callback: Any) -> tuple[str, Any]:
    """The app that answers, and the model of a viewset."""
    model = getattr(callback, "view_initkwargs", {}).get("model")
    if hasattr(model, "_meta"):
        return model._meta.app_label, model
    view = getattr(callback, "view_class", None)
    inner = callback
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    return (view.__module__ if view else inner.__module__).split(".")[0], None


def addresses() -> list[Address]:
    """All of ours, each once, in the order of their routes."""
    found = {}
    for route, pattern in _walk(get_resolver()):
        owner, model = _owner(pattern.callback)
        if owner in OURS and not route.startswith(ELSEWHERE):
            names = tuple(a or b for a, b in CONVERTER.findall(route))
            found.setdefault(route, Address(route, names, model, pattern))
    return [found[route] for route in sorted(found)]
