"""The public list: found by words, filters or code, newest first, a page at a time, at any size."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from django.conf import settings
from django.core import signing
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from foundation import smallcells
from pledges.contracts import CODE_LENGTH, PLEDGE_CODE_LENGTH, read_code
from pledges.models import Letter, LetterState, RegistryRow, RegistryTally, SchoolTally
from pledges.queries import words

PAGE_SIZE, MOST_PAGES, MOST_COUNTED = 20, 100, 1000
DISTRICT_LENGTH, USCC_LENGTH = 6, 18
INDEXED: tuple[set[str], ...] = ({"audience"}, {"year"}, {"audience", "year"}, {"office_uscc"}, {"unit_kind"}, set())

# The state of the letter itself is asked, too: the row is only a copy. As a sub-query, so that no planner begins with
# the letters.
STANDS = Exists(Letter.objects.filter(pk=OuterRef("letter_id"), state=LetterState.IN_FORCE))


class TooBroad(RuntimeError):
    """The database gave up: the question would have taken too long."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody looks for. Everything empty: all letters."""

    text: str = ""
    audience: str = ""
    subject: str = ""
    pledge_type: str = ""
    year: int | None = None
    state: str = ""
    office: str = ""
    unit_kind: str = ""

    @property
    def filters(self) -> dict[str, str | int]:
        """The filters that are set, by the row's fields."""
        every = {
            "audience": self.audience, "subject": self.subject, "pledge_type": self.pledge_type, "year": self.year,
            "state": self.state, "office_uscc": self.office, "unit_kind": self.unit_kind,
        }  # fmt: skip
        return {name: value for name, value in every.items() if value not in ("", None)}  # type: ignore[misc]

    @property
    def is_empty(self) -> bool:
        """Nothing is asked for."""
        return not self.text and not self.filters


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `count` letters fit, or more than that; `cursor` leads to the next page, "" on the last one."""

    rows: list[RegistryRow] = field(default_factory=list)
    count: int = 0
    is_more: bool = False
    cursor: str = ""
    page: int = 1
    too_short: bool = False
    oldest: int = 0

    @property
    def years(self) -> list[int]:
        """From this year back to the year of the oldest letter."""
        this_year = timezone.localdate().year
        return list(range(this_year, (self.oldest or this_year) - 1, -1))


@dataclass(frozen=True, slots=True)
class Ends:
    """The newest key and the oldest year of the list."""

    top: int
    oldest: int


@contextmanager
def bounded() -> Iterator[Ends]:
    """Where the list begins and ends. On PostgreSQL, what the public asks from here on ends after some seconds, which
    the same statement sets. Raises TooBroad."""
    if words.is_lite():
        yield _ends("")
        return
    try:
        with transaction.atomic():
            yield _ends(f", set_config('statement_timeout', '{int(settings.REGISTRY_SECONDS) * 1000}', true)")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "57014":  # query_canceled
            raise
        raise TooBroad from None


def _ends(more: str) -> Ends:
    rows = RegistryRow._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT max(publication_id) FROM {rows}), (SELECT min(year) FROM {rows}){more}")  # noqa: S608
        top, oldest, *_set = cursor.fetchone()
    return Ends(top or 0, oldest or 0)


def find(choice: Choice, *, cursor: str = "", size: int = PAGE_SIZE) -> Found:
    """One page of what fits, newest first. At most three statements. Raises TooBroad."""
    page, before = _read(cursor)
    with bounded() as ends:
        return replace(_find(choice, page, before, size, ends), oldest=ends.oldest)


def _find(choice: Choice, page: int, before: str, size: int, ends: Ends) -> Found:
    code = read_code(choice.text)
    if code.isascii() and len(code) in (CODE_LENGTH, USCC_LENGTH, PLEDGE_CODE_LENGTH) and code.isalnum():
        if len(code) == CODE_LENGTH and code.isalpha() and words.pieces(choice.text):
            return _by_code_or_words(code, choice, before, page, size, ends)
        return _by_code(code, choice, before, page, size)
    if DISTRICT_LENGTH <= len(code) < PLEDGE_CODE_LENGTH and code.isdecimal() and code.isascii():
        return _by_beginning(code, choice, before, page, size)
    if choice.text.strip() and not words.pieces(choice.text):
        return Found(too_short=True)
    key = int(before) if before.isdecimal() else None
    if not choice.text.strip() and set(choice.filters) in INDEXED:
        return _by_index(choice, key, page, size)
    return _by_words(choice, key, page, size, ends)


def _rows(choice: Choice) -> QuerySet[RegistryRow]:
    """Rows with these filters whose letters are in force."""
    return RegistryRow.objects.filter(STANDS, **choice.filters)


def _by_code(code: str, choice: Choice, before: str, page: int, size: int) -> Found:
    """What has exactly this code."""
    rows = _rows(choice).order_by("-publication_id")
    if len(code) == USCC_LENGTH:
        rows = rows.filter(uscc=code)
    elif len(code) == CODE_LENGTH:
        rows = rows.filter(public_id=code)
    else:
        rows = rows.filter(code=code)
    if before.isdecimal():
        rows = rows.filter(publication_id__lt=int(before))
    found = list(rows[: size + 1])
    if len(found) <= size and page == 1:
        return Found(found, len(found))
    counted = rows.order_by()[: MOST_COUNTED + 1].count()
    return _page(found, size, page, min(counted, MOST_COUNTED), counted > MOST_COUNTED or page > 1)


def _by_beginning(code: str, choice: Choice, before: str, page: int, size: int) -> Found:
    """Pledge codes that begin so, the highest first: division, then day, then serial."""
    end = str(int(code) + 1).zfill(len(code))
    rows = _rows(choice).filter(code__gte=code, code__lt=before if before.isdecimal() else end).order_by("-code")
    found = list(rows[: size + 1])
    counted = RegistryRow.objects.filter(code__gte=code, code__lt=end, **choice.filters)[: MOST_COUNTED + 1].count()
    cursor = _write(page + 1, found[size - 1].code) if len(found) > size and page < MOST_PAGES else ""
    return Found(found[:size], min(counted, MOST_COUNTED), counted > MOST_COUNTED, cursor, page)


def _by_index(choice: Choice, before: int | None, page: int, size: int) -> Found:
    rows = _rows(choice).order_by("-publication_id")
    if before is not None:
        rows = rows.filter(publication_id__lt=before)
    found = list(rows[: size + 1])
    if choice.is_empty:
        return _page(found, size, page, letters_public(), is_more=False)
    counted = RegistryRow.objects.filter(**choice.filters)[: MOST_COUNTED + 1].count()
    return _page(found, size, page, min(counted, MOST_COUNTED), counted > MOST_COUNTED)


def _by_words(choice: Choice, before: int | None, page: int, size: int, ends: Ends) -> Found:
    keys, is_more = _keys(choice, before, size, ends)
    rows = RegistryRow.objects.filter(STANDS, pk__in=keys[: size + 1])
    return _page(list(rows.order_by("-publication_id")), size, page, min(len(keys), MOST_COUNTED), is_more or page > 1)


def _by_code_or_words(code: str, choice: Choice, before: str, page: int, size: int, ends: Ends) -> Found:
    """Twelve letters: a verification code, and if nothing has it, a word."""
    keys, is_more = _keys(choice, int(before) if before.isdecimal() else None, size, ends)
    rows = _rows(choice).filter(Q(public_id=code) | Q(pk__in=keys[: size + 1]))
    found = list(rows.order_by("-publication_id"))
    if exact := [row for row in found if row.public_id == code]:
        return Found(exact, len(exact))
    return _page(found, size, page, min(len(keys), MOST_COUNTED), is_more or page > 1)


def _keys(choice: Choice, before: int | None, size: int, ends: Ends) -> tuple[list[int], bool]:
    """The newest keys, MOST_COUNTED of them at most, and whether there may be more. One statement.

    On PostgreSQL the newest lots are asked first: a frequent word fills the page from there, a rare one is found fast
    in the whole.
    """
    parts = words.asked(choice.text, words.filter_words(**choice.filters))
    most = MOST_COUNTED + 1
    if words.is_lite():
        keys = words.newest(parts, before=before, limit=most)
        return keys, len(keys) == most
    top = before or ends.top
    below = max(top - (1 << words.LOT_BITS), 0)
    lots = [words.lot(top), words.lot(below)]
    keys, is_whole = words.newest_by_lots(parts, before=before, limit=most, lots=lots, enough=size)
    return keys, len(keys) == most or (not is_whole and below >> words.LOT_BITS > 0)


def _page(found: list[RegistryRow], size: int, page: int, count: int, is_more: bool) -> Found:
    has_next = len(found) > size and page < MOST_PAGES
    return Found(found[:size], count, is_more, _write(page + 1, str(found[size - 1].pk)) if has_next else "", page)


def _write(page: int, before: str) -> str:
    return signing.dumps([page, before], salt="pledges.registry")


def _read(cursor: str) -> tuple[int, str]:
    """(page, what the page lies below); the first page for what is no cursor of ours."""
    try:
        page, before = signing.loads(cursor, salt="pledges.registry") if cursor else (1, "")
    except (signing.BadSignature, ValueError):
        return 1, ""
    return page, before


def letters_public() -> int:
    """How many letters are public now, as the figures say. One statement."""
    return RegistryTally.objects.aggregate(letters=Sum("letters"))["letters"] or 0


def newest_rows(limit: int, *, office: str = "", uscc: str = "") -> list[RegistryRow]:
    """The newest letters, for feeds. One statement."""
    rows = RegistryRow.objects.filter(STANDS).order_by("-publication_id")
    if office:
        rows = rows.filter(office_uscc=office)
    if uscc:
        rows = rows.filter(uscc=uscc)
    return list(rows[:limit])


@dataclass(frozen=True, slots=True)
class Figures:
    """Letters by month and kind, and by month and kind of unit, as far as they are enough to be told; `None` stands for
    few."""

    months: list[date]
    kinds: list[str]
    cells: dict[tuple[date, str], int | None]
    unit_kinds: list[str]
    unit_cells: dict[tuple[date, str], int | None]
    schools: list[tuple[str, int]]
    least: int

    def of(self, kind: str) -> int:
        """All letters of a kind in these months, few ones left out."""
        return sum(self.cells.get((month, kind)) or 0 for month in self.months)

    def of_unit(self, kind: str) -> int:
        """All letters of a kind of unit in these months, few ones left out."""
        return sum(self.unit_cells.get((month, kind)) or 0 for month in self.months)


def figures(*, months: int = 12, today: date | None = None) -> Figures:
    """The last months from the roll-up, and schools with enough promises. Two statements."""
    last = (today or timezone.localdate()).replace(day=1)
    span = [_months_before(last, n) for n in range(months - 1, -1, -1)]
    least = smallcells.least()
    recent = RegistryTally.objects.filter(month__gte=span[0]).values_list("month", "audience", "unit_kind")
    by_kind: Counter[tuple[date, str]] = Counter()
    by_unit: Counter[tuple[date, str]] = Counter()
    for month, kind, unit, n in recent.annotate(n=Sum("letters")).order_by():
        by_kind[month, kind] += n
        by_unit[month, unit] += n
    cells, unit_cells = ({key: _told(n, least) for key, n in found.items() if n > 0} for found in (by_kind, by_unit))
    schools = SchoolTally.objects.filter(promises__gte=least, school__closed_on=None).order_by("-promises", "pk")
    told = list(schools.annotate(name=F("school__name")).values_list("name", "promises")[:50])
    kinds, units = (sorted({kind for (_month, kind), n in found.items() if n}) for found in (cells, unit_cells))
    return Figures(span, kinds, cells, units, unit_cells, told, least)


def _told(n: int, least: int) -> int | None:
    return n if n >= least else None


def _months_before(first: date, n: int) -> date:
    total = first.year * 12 + first.month - 1 - n
    return date(total // 12, total % 12 + 1, 1)
