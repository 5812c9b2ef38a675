"""`{% load shell %}`: the frame around every page: navigation, addresses in the reader's language, preferences."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.context import RequestContext
from django.urls import translate_url
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

register = template.Library()


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. `path` is a fixed address of the site, without language prefix."""

    path: str
    word: Promise
    icon: str


MY_LEARNING = Place("/my/", pgettext_lazy("navigation", "My learning"), "user")
SECTIONS = (
    Place("/learn/", pgettext_lazy("navigation", "Courses"), "learn"),
    Place("/registry/", pgettext_lazy("navigation", "Commitments"), "pledge"),
    Place("/verify/", pgettext_lazy("navigation", "Verify"), "shield"),
    Place("/cases/", pgettext_lazy("navigation", "Cases"), "list"),
    Place("/bulletins/", pgettext_lazy("navigation", "Bulletin"), "pdf"),
)
TABS = (
    Place("/my/", pgettext_lazy("navigation", "Today"), "home"),
    Place("/learn/", pgettext_lazy("navigation", "Courses"), "learn"),
    Place("/exams/", pgettext_lazy("navigation", "Exams"), "exam"),
    Place("/pledges/", pgettext_lazy("navigation", "Letters"), "pledge"),
    Place("/inbox/", pgettext_lazy("navigation", "Me"), "user"),
)
# Pupils are not examined: what stands there for them is a self-assessment.
PUPILS_TABS = (*TABS[:2], Place("/exams/", pgettext_lazy("navigation", "Self-assessment"), "list"), *TABS[3:])


def _prefix(language: str | None) -> str:
    """The default language has no prefix."""
    if not language or language == settings.LANGUAGE_CODE:
        return ""
    return f"/{language}"


@register.simple_tag
def path(fixed: str) -> str:
    """Address `fixed` ("/learn/") in the reader's language ("/en/learn/")."""
    return _prefix(get_language()) + fixed


def _path_without_language(context: RequestContext) -> str:
    request = context.get("request")
    if request is None:
        return ""
    prefix = _prefix(get_language())
    if prefix and request.path.startswith(f"{prefix}/"):
        return str(request.path[len(prefix) :])
    return str(request.path)


def _entries(places: tuple[Place, ...], here: str) -> list[dict[str, Any]]:
    """Each place with its address and `current`: "page" on it, "true" below it (the value of aria-current)."""
    prefix = _prefix(get_language())
    return [
        {
            "url": prefix + place.path,
            "word": place.word,
            "icon": place.icon,
            "current": "page" if here == place.path else "true" if here.startswith(place.path) else "",
        }
        for place in places
    ]


@register.simple_tag(takes_context=True)
def main_nav(context: RequestContext) -> list[dict[str, Any]]:
    """Entries of the main navigation; the learner's own page comes first for those who are signed in."""
    user = context.get("user")
    places = (MY_LEARNING, *SECTIONS) if user is not None and user.is_authenticated else SECTIONS
    return _entries(places, _path_without_language(context))


@register.simple_tag(takes_context=True)
def tab_entries(context: RequestContext) -> list[dict[str, Any]]:
    """Entries of the bar at the foot of a learner's phone."""
    user = context.get("user")
    places = PUPILS_TABS if getattr(user, "is_minor", False) else TABS
    return _entries(places, _path_without_language(context))


@register.simple_tag(takes_context=True)
def in_language(context: RequestContext, language: str) -> str:
    """The address of this page in `language`; the home page when the address does not exist there."""
    request = context.get("request")
    if request is None:
        return f"{_prefix(language)}/"
    return translate_url(request.get_full_path(), language)


@register.simple_tag(takes_context=True)
def here(context: RequestContext) -> str:
    """Where a preference form returns to: this page if it can be asked for again, else the home page."""
    request = context.get("request")
    if request is None or request.method not in ("GET", "HEAD"):
        return path("/")
    return str(request.get_full_path())


@register.simple_tag
def legacy_stylesheet() -> str:
    """Address of the flat style sheet; empty where set-up has not made it, which no page should fail for."""
    try:
        return str(staticfiles_storage.url("css/legacy.css"))
    except ValueError:
        return ""
