"""Site search over pages and over what the apps above hand in."""

from dataclasses import dataclass

from django.core.paginator import Page as Paged
from django.core.paginator import Paginator
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page
from wagtail.search.index import SearchField

from cms import registry
from cms.models import StandardPage
from cms.registry import Hit, Hits
from foundation.zhtext.excerpts import excerpt

HOME_DEPTH = 2  # in the tree: the root, then the home page
HITS_A_PAGE = 10
HITS_A_GROUP = 4
LONGEST_QUERY = 60


@dataclass(frozen=True, slots=True)
class FooterPage:
    """A standard page at the foot of every page. `path` is its address without language prefix."""

    title: str
    path: str


def footer_pages() -> list[FooterPage]:
    """The published standard pages right below the home page that their editors put into menus. One statement."""
    pages = StandardPage.objects.live().in_menu().filter(depth=HOME_DEPTH + 1).order_by("path")
    return [FooterPage(title, f"/{slug}/") for title, slug in pages.values_list("title", "slug")]


def page_text(page: Page) -> str:
    """Everything indexed of `page` but its title, as one text."""
    parts: list[str] = []
    for field in page.get_search_fields():
        if isinstance(field, SearchField) and field.field_name != "title":
            value = field.get_value(page)
            parts.extend(value if isinstance(value, list) else [str(value or "")])
    return " ".join(part for part in parts if part)


def search_pages(model: type[Page], query: str, offset: int, limit: int, meta: str = "") -> Hits:
    """Published pages of `model` that anybody may read and whose publication has not ended, best match first.

    Apps above use it for their own page types: `partial(search_pages, IssuePage)` is a provider's `search`.
    """
    readable = model.objects.live().public().filter(Q(expire_at=None) | Q(expire_at__gt=timezone.now()))
    found = readable.search(query)
    total = found.count()
    pages = [page.specific for page in found[offset : offset + limit]] if total > offset else []
    hits = [Hit(page.title, page.url or "", excerpt(page_text(page), query), meta) for page in pages]
    return Hits(total, hits)


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one provider."""

    provider: registry.SearchProvider
    total: int
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the search page shows: every group with its first hits, or one group paged."""

    query: str
    groups: list[Group]
    chosen: Group | None
    page: Paged | None

    @property
    def total(self) -> int:
        """Hits in all groups."""
        return sum(group.total for group in self.groups)


def search_site(query: str, *, key: str = "", page: str | None = None) -> SearchResult:
    """Search every provider for `query`; `key` names the group to page through. An empty query finds nothing."""
    query = " ".join(query.replace("\0", " ").split())[:LONGEST_QUERY]
    groups: list[Group] = []
    chosen: Group | None = None
    paged: Paged | None = None
    for provider in sorted(registry.search_providers.values(), key=lambda one: one.order) if query else []:
        first = provider.search(query, 0, HITS_A_PAGE if provider.key == key else HITS_A_GROUP)
        group = Group(provider, first.total, first.hits)
        if provider.key == key:
            paged = Paginator(range(first.total), HITS_A_PAGE).get_page(page)
            if paged.number > 1:
                later = provider.search(query, (paged.number - 1) * HITS_A_PAGE, HITS_A_PAGE)
                group = Group(provider, later.total, later.hits)
            chosen = group
        if group.total:
            groups.append(group)
    return SearchResult(query, groups, chosen, paged)
