"""What upper apps hand down to the public site: figures, books, headlines, search results, rights. Pure Python.

`cms` stands below courses, pledges and newsletters and may not import them. Each of them registers a provider in its
`AppConfig.ready()`; the home page and the site search call the providers. Registering under a key that exists
replaces it (a reloaded server does that).

    from cms import registry
    registry.figures["pledges.letters"] = home_figure            # () -> Figure
    registry.shelves["courses"] = newest_books                   # (limit: int) -> list[Book]
    registry.headlines["newsletters"] = newest_headlines         # (limit: int) -> list[Headline]
    registry.search_providers["letters"] = SearchProvider(key="letters", label=_("Letters"), search=find, order=30)
    registry.grant("bank author", "exams.add_item", "exams.change_item")
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One number on the home page. `value` is printed as given, `label` says what it counts (lazy text is fine)."""

    value: str
    label: Any
    order: int = 50


@dataclass(frozen=True, slots=True)
class Book:
    """One course on the shelf. `cover` is jade, indigo, ochre, plum or ink; `cover_title` fits eight hanzi."""

    title: str
    url: str
    cover: str = "jade"
    cover_title: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """One line of news: what it says, where it leads, which section it stands in."""

    title: str
    url: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result. `meta` is one short line: kind, unit, date."""

    title: str
    url: str
    excerpt: str = ""
    meta: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of results and how many there are in all."""

    total: int
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """Finds what the public may see. `search(query, offset, limit)` must answer alike for absent and non-public."""

    key: str
    label: Any
    search: Callable[[str, int, int], Hits]
    order: int = 50


figures: dict[str, Callable[[], Figure]] = {}
shelves: dict[str, Callable[[int], list[Book]]] = {}
headlines: dict[str, Callable[[int], list[Headline]]] = {}
search_providers: dict[str, SearchProvider] = {}

# The Wagtail groups of this site. What they may do is granted by the app that owns the model.
EDITOR = "editor"
REVIEWER = "reviewer"
BANK_AUTHOR = "bank author"
EXAM_MANAGER = "exam manager"
MARKER = "marker"
CREDIT_OFFICE = "credit office"
AUDITOR = "auditor"
REPORTER = "reporter"
LEADING_GROUP = "leading group"
COURSE_AUTHORS = "course authors"
ORGANISATION_DEPARTMENT = "organisation department"
GROUPS = (
    EDITOR,
    REVIEWER,
    BANK_AUTHOR,
    EXAM_MANAGER,
    MARKER,
    CREDIT_OFFICE,
    AUDITOR,
    REPORTER,
    LEADING_GROUP,
    COURSE_AUTHORS,
    ORGANISATION_DEPARTMENT,
)

group_permissions: dict[str, set[str]] = {group: set() for group in GROUPS}


def grant(group: str, *permissions: str) -> None:
    """Let members of `group` do what `permissions` ("app.codename") name, from the next migrate on.

    Raises KeyError for a group that is not in GROUPS.
    """
    group_permissions[group].update(permissions)
