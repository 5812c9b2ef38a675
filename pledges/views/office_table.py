"""The letters of one's unit as a table in the national layout."""

import csv
from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import SignedInRequest
from foundation.audit.actions import look
from foundation.audit.views import EVERYBODY
from pledges import queries
from pledges.exports import layout_row
from pledges.importers import CODES, HEADERS, WORDS_OF
from pledges.models import Letter, LetterState
from pledges.views.registry import harmless


class _Line:
    """What `csv.writer` writes to."""

    def write(self, line: str) -> str:
        """Hand the line back."""
        return line


@never_cache
@login_required
@require_safe
def office_table(request: SignedInRequest) -> HttpResponseBase:
    """What `office` lists, all of it, newest first, with remarks and fulfilment (UTF-8 with mark). It names people:
    that it was taken is written down."""
    if not queries.decides(request.user):
        raise PermissionDenied
    found = queries.office_letters(request.user, text=request.GET.get("q", "").strip()[:60])
    look(by=request.user, page="pledges.office_table", target=EVERYBODY, details={"letters": found.count()})
    words = {state: harmless(str(word)) for state, word in LetterState.choices}  # the language is over when it streams
    heads = [*HEADERS.values(), _("State")]
    response = StreamingHttpResponse(_lines(found, heads, words), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="letters-layout.csv"'
    return response


def _lines(found: QuerySet[Letter], heads: list[str], words: dict[str, str]) -> Iterator[str]:
    """The table in pieces, each of one batch."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(heads)
    for letters in queries.in_batches(found):
        kept = queries.newest_fulfilments([letter.pk for letter in letters])
        rows = ((layout_row(letter, kept.get(letter.pk)), letter.state) for letter in letters)
        yield "".join(writer.writerow([*_cells(row), words[state]]) for row, state in rows)


def _cells(row: dict[str, str]) -> Iterator[str]:
    """In the layout's order and words; a tab keeps a spreadsheet from shortening a code."""
    for name in HEADERS:
        value = row.get(name, "")
        value = WORDS_OF.get(name, {}).get(value, value)
        yield f"\t{value}" if value and name in CODES else harmless(value)
