"""The letters of one's unit as a table in the national layout."""

import csv
from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import SignedInRequest
from foundation.audit.actions import look
from foundation.audit.views import EVERYBODY
from pledges import queries
from pledges.exports import layout_row
from pledges.importers import CODES, HEADERS, WORDS_OF
from pledges.views.registry import harmless

MOST_ROWS = 10_000


@never_cache
@login_required
@require_safe
def office_table(request: SignedInRequest) -> HttpResponse:
    """What `office` lists, newest first, with remarks and fulfilment (UTF-8 with mark). It names people: that it was
    taken is written down."""
    if not queries.decides(request.user):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:60]
    letters = list(queries.office_letters(request.user, text=text)[:MOST_ROWS])
    look(by=request.user, page="pledges.office_table", target=EVERYBODY, details={"letters": len(letters)})
    found = queries.newest_fulfilments([letter.pk for letter in letters])
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="letters-layout.csv"'
    writer = csv.writer(response)
    writer.writerow([*HEADERS.values(), _("State")])
    for letter in letters:
        row = layout_row(letter, found.get(letter.pk))
        writer.writerow([*_cells(row), harmless(str(letter.get_state_display()))])
    return response


def _cells(row: dict[str, str]) -> Iterator[str]:
    """In the layout's order and words; a tab keeps a spreadsheet from shortening a code."""
    for name in HEADERS:
        value = row.get(name, "")
        value = WORDS_OF.get(name, {}).get(value, value)
        yield f"\t{value}" if value and name in CODES else harmless(value)
