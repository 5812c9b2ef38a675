"""What pages share: the page asked for, and what waits in words."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards import queries
from dashboards.queries import waiting
from organisations.models import Kind, Organisation

LONGEST_PAGE = len("9999")


def page_of(request: HttpRequest, name: str = "page") -> int:
    """The page that the address asks for; nonsense is the first."""
    page = request.GET.get(name, "1")
    return max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) <= LONGEST_PAGE else 1


@dataclass(frozen=True, slots=True)
class Line:
    """Something that waits: its icon, what, since when, where to go."""

    icon: str
    text: str
    since: date | None
    url: str


def waiting_lines(board: queries.Board) -> list[Line]:
    """What waits for the reader in this unit, in words."""
    return [_line(row, board.unit) for row in board.waiting]


def open_tasks(user: AbstractBaseUser, unit: Organisation) -> list[str]:
    """What whoever takes over a duty of `user` in this unit will find waiting, a sentence each."""
    return [_line(row, unit).text for row in waiting.waiting_in(user, unit)]


def _line(row: queries.Waiting, unit: Organisation) -> Line:
    code = unit.code
    is_class = unit.kind == Kind.CLASS
    words = {
        "deeds": ngettext("%(n)d deed to confirm", "%(n)d deeds to confirm", row.count),
        "letters": ngettext(
            "%(n)d letter asked for and not signed yet", "%(n)d letters asked for and not signed yet", row.count
        ),
        "consents": ngettext(
            "%(n)d child without a guardian's consent", "%(n)d children without a guardian's consent", row.count
        ),
        "identities": ngettext("%(n)d identity to confirm", "%(n)d identities to confirm", row.count),
        "rosters": ngettext("%(n)d roster to look through", "%(n)d rosters to look through", row.count),
    }
    places = {
        "deeds": ("act", f"{reverse('practice:confirm')}?{urlencode({'unit': code})}"),
        "letters": ("pledge", reverse("pledges:requests")),
        "consents": (
            "school",
            reverse("organisations:consents", args=[code]) if is_class else reverse("organisations:units"),
        ),
        "identities": ("shield", reverse("identities")),
        "rosters": ("upload", reverse("rosters:index")),
    }
    icon, url = places[row.kind]
    most = waiting.MOST_COUNTED
    is_more = row.kind == "deeds" and row.count == most + 1  # counted no further
    text = words[row.kind] % {"n": most if is_more else row.count}
    if is_more:
        text = _("more than %(what)s") % {"what": text}
    return Line(icon, text, row.since, url)
