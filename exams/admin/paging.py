"""Pages of a long list without counting it: the rows of one page and whether there is a next one."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

COUNTED = 1000


class EndlessPaginator(Paginator):
    """Reads some keys more than a page holds instead of counting. `rows` fetches what the page shows by primary key.

    Two statements per page: a thousand keys in order, which also say how many there are up to that, then the rows;
    so that sorting a hundred thousand carries only keys.
    """

    num_page_buttons = 0

    def __init__(
        self, object_list: QuerySet, per_page: int, *, rows: Callable[[list[Any]], Any], **kwargs: Any
    ) -> None:
        super().__init__(object_list, per_page, **kwargs)
        self.items = object_list
        self.rows = rows

    @cached_property
    def first(self) -> list[Any]:
        """The first thousand keys and one. One statement."""
        return list(self.items.values_list("pk", flat=True)[: COUNTED + 1])

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        """How many there are, up to a thousand and one: enough to say “more than a thousand”."""
        return len(self.first)

    @property
    def is_counted(self) -> bool:
        """False when there are more than were counted."""
        return self.count <= COUNTED

    @property
    def items_count_label(self) -> str:
        """For the foot of the list."""
        return _("%(n)s items") % {"n": self.count} if self.is_counted else _("more than %(n)s items") % {"n": COUNTED}

    def get_elided_page_range(self, number: Any = 1, **kwargs: Any) -> list[int]:  # type: ignore[override]
        """Only back and forth: the last page is not known."""
        return []

    def get_page(self, number: Any) -> "EndlessPage":
        """Page `number`, the first one for anything that is no number."""
        text = str(number or "1")
        return self.page(max(1, int(text[:6])) if text.isdecimal() else 1)

    def page(self, number: int) -> "EndlessPage":  # type: ignore[override]
        """The rows of a page; empty beyond the end."""
        start = (number - 1) * self.per_page
        stop = start + self.per_page + 1
        if stop <= COUNTED + 1 or self.is_counted:
            keys = self.first[start:stop]
        else:
            keys = list(self.items.values_list("pk", flat=True)[start:stop])
        found = self.rows(keys[: self.per_page])
        return EndlessPage(found, number, self, len(keys) > self.per_page)


class EndlessPage(Page):
    """A page that knows whether there is a next one."""

    def __init__(self, object_list: Any, number: int, paginator: EndlessPaginator, more: bool) -> None:
        super().__init__(object_list, number, paginator)
        self.more = more

    def has_next(self) -> bool:
        """True if a row was left over."""
        return self.more

    def next_page_number(self) -> int:
        """The number after this one."""
        return self.number + 1

    def previous_page_number(self) -> int:
        """The number before this one."""
        return max(1, self.number - 1)
