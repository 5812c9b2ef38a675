"""Keep the registry in step with the letters. Part of the actions that publish and end letters, and of the rebuild."""

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from foundation.audit.actions import record
from organisations.models import Kind, Organisation
from pledges import queries
from pledges.models import (
    PUBLIC_AUDIENCES,
    Letter,
    LetterRecord,
    Publication,
    RegistryRow,
    RegistryState,
    RegistryTally,
    SchoolTally,
    SearchCount,
    SignatureLevel,
    Subject,
    UnitKind,
)

CHUNK = 500
FACE = ("record", "publication", "signing", "sent_scan", "evidence", "enrolment__organisation")
# Of a unit in the tree; where none is known, of those whom the letter is for.
KIND_OF_UNIT = {
    "department": UnitKind.DEPARTMENT,
    "section": UnitKind.DEPARTMENT,
    "school": UnitKind.SCHOOL,
    "grade": UnitKind.SCHOOL,
    "class": UnitKind.SCHOOL,
    "enterprise": UnitKind.ENTERPRISE,
}
KIND_OF_AUDIENCE = {
    "civil_servant": UnitKind.DEPARTMENT, "teacher": UnitKind.SCHOOL, "university": UnitKind.SCHOOL,
    "organisation": UnitKind.ENTERPRISE,
}  # fmt: skip
TALLIED = ("month", "audience", "unit_kind")
T = TypeVar("T")


def in_parts(rows: Iterable[T], size: int = CHUNK) -> Iterator[tuple[T, ...]]:
    """`rows` some hundreds at a time."""
    rest = iter(rows)
    while part := tuple(islice(rest, size)):
        yield part


def unit_kind_of(letter: Letter) -> str:
    """What kind of unit stands behind a letter."""
    if letter.subject == Subject.ORGANISATION:
        return UnitKind.ENTERPRISE
    if letter.enrolment is not None:
        return KIND_OF_UNIT.get(letter.enrolment.organisation.kind, UnitKind.OTHER)
    return KIND_OF_AUDIENCE.get(letter.audience, UnitKind.OTHER)


def registry_row(
    letter: Letter, record_: LetterRecord, publication: Publication, *, has_scan: bool, level: str
) -> RegistryRow:
    """The row that a published letter has today."""
    is_over = letter.valid_until is not None and letter.valid_until < timezone.localdate()
    return RegistryRow(
        publication=publication,
        letter=letter,
        public_id=letter.public_id,
        code=letter.code,
        name=record_.public_name,
        unit=record_.public_unit,
        uscc=record_.subject_id_code if letter.subject == Subject.ORGANISATION else "",
        title=record_.title,
        title_en=record_.title_en,
        subject=letter.subject,
        audience=letter.audience,
        pledge_type=record_.pledge_type,
        unit_kind=unit_kind_of(letter),
        office=record_.accepting_unit,
        office_uscc=record_.accepting_unit_uscc,
        made_on=letter.made_on,
        year=letter.made_on.year,
        valid_until=letter.valid_until,
        state=RegistryState.EXPIRED if is_over else RegistryState.IN_FORCE,
        level=level,
        has_scan=has_scan,
        published_at=publication.published_at,
    )


def _may_be_listed(letter: Letter) -> bool:
    """Nothing of pupils and classes, whatever else holds. The database checks it again."""
    return letter.audience in PUBLIC_AUDIENCES and letter.subject != Subject.CLASS and not letter.signer_is_minor


def month_of(at: datetime) -> date:
    """The month in China."""
    return timezone.localdate(at).replace(day=1)


def store_rows(rows: Sequence[RegistryRow]) -> None:
    """Insert rows, their words and their figures. In the caller's transaction. Four statements, however many rows."""
    RegistryRow.objects.bulk_create(rows)
    _store_words([(row.publication_id, queries.words_of(row)) for row in rows])
    _count(rows, 1)


def _count(rows: Iterable[RegistryRow], sign: int) -> None:
    counted = Counter((month_of(row.published_at), row.audience, row.unit_kind) for row in rows)
    RegistryTally.objects.bulk_create(
        RegistryTally(month=month, audience=audience, unit_kind=unit, letters=sign * n)
        for (month, audience, unit), n in counted.items()
    )


def _store_words(rows: Sequence[tuple[int, list[str]]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for part in in_parts(rows):
                places = ", ".join(["(%s, %s::tsvector)"] * len(part))
                cursor.execute(
                    f"INSERT INTO {queries.WORDS_TABLE} (row_id, words) VALUES {places}"  # noqa: S608
                    " ON CONFLICT (row_id) DO UPDATE SET words = excluded.words",
                    [value for key, words in part for value in (key, vector(words))],
                )
            return
        cursor.executemany(
            f"INSERT OR REPLACE INTO {queries.WORDS_TABLE} (rowid, words) VALUES (%s, %s)",  # noqa: S608
            [(key, " ".join(words)) for key, words in rows],
        )


def vector(words: Sequence[str]) -> str:
    """The text of a tsvector with positions."""
    return " ".join(f"'{word}':{min(n, 16383)}" for n, word in enumerate(words, 1))


def _remove(rows: Sequence[RegistryRow]) -> None:
    """Take rows, their words and their figures away."""
    keys = [row.publication_id for row in rows]
    if not keys:
        return
    name = "row_id" if connection.vendor == "postgresql" else "rowid"
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {queries.WORDS_TABLE} WHERE {name} IN ({marks})", keys)  # noqa: S608
    RegistryRow.objects.filter(pk__in=keys).delete()
    _count(rows, -1)


def leave_registry(*, letter_ids: Iterable[int]) -> None:
    """Take the rows of these letters away, before what they were made of goes. In the caller's transaction."""
    for part in in_parts(letter_ids):
        _remove(list(RegistryRow.objects.filter(letter__in=part)))


def keep_registry(*, letter_ids: Iterable[int]) -> None:
    """Make the registry say of these letters what is true of them now: whoever publishes a letter, ends it, or changes
    what its row shows calls this in the same transaction. Again and again it changes nothing more."""
    for part in in_parts(letter_ids):
        stored = {row.letter_id: row for row in RegistryRow.objects.filter(letter__in=part)}
        public = Letter.objects.public().filter(pk__in=part, record__isnull=False).select_related(*FACE)
        wanted = {row.letter_id: row for row in map(_row_now, filter(_may_be_listed, public))}
        stale = [row for letter_id, row in stored.items() if _differs(row, wanted.get(letter_id))]
        kept = stored.keys() - {row.letter_id for row in stale}
        _remove(stale)
        new = [row for letter_id, row in sorted(wanted.items()) if letter_id not in kept]
        if new:
            store_rows(new)


def _row_now(letter: Letter) -> RegistryRow:
    signing = getattr(letter, "signing", None)
    has_scan = (signing is not None and signing.scan_is_public) or hasattr(letter, "sent_scan")
    level = letter.evidence.level if hasattr(letter, "evidence") else SignatureLevel.SUBMITTED
    return registry_row(letter, letter.record, letter.publication, has_scan=has_scan, level=level)


def _differs(stored: RegistryRow, wanted: RegistryRow | None) -> bool:
    if wanted is None:
        return True
    return any(
        getattr(stored, field.attname) != getattr(wanted, field.attname) for field in RegistryRow._meta.concrete_fields
    )


@transaction.atomic
def age_registry(*, today: date | None = None, limit: int = 5000) -> int:
    """Let rows say that their letters' last day is over; returns how many. No audit entry: `expire_letters`, which
    enters it into the log, has one."""
    running = RegistryRow.objects.filter(state=RegistryState.IN_FORCE, valid_until__lt=today or timezone.localdate())
    rows = list(running.order_by("valid_until")[:limit])
    for part in in_parts(rows):
        RegistryRow.objects.filter(pk__in=[row.pk for row in part]).update(state=RegistryState.EXPIRED)
        for row in part:
            row.state = RegistryState.EXPIRED
        _store_words([(row.publication_id, queries.words_of(row)) for row in part])
    return len(rows)


@transaction.atomic
def fold_registry() -> int:
    """Make one row of figures out of those of each month and kinds; returns how many months and kinds that were."""
    many = RegistryTally.objects.values(*TALLIED).annotate(n=Count("pk")).filter(n__gt=1).order_by()
    keys = [{name: row[name] for name in TALLIED} for row in many]
    for key in keys:
        rows = RegistryTally.objects.filter(**key)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        letters = dict(rows.values_list("pk", "letters"))
        RegistryTally.objects.filter(pk__in=letters).delete()
        RegistryTally.objects.create(**key, letters=sum(letters.values()))
    return len(keys)


def count_search(*, address: str, most: int | None = None, at: datetime | None = None) -> bool:
    """Count one search from a network address, or one call with a key; False if that is more than the settings, or
    `most`, allow in a minute. One statement, whatever the cache is."""
    minute = (at or timezone.now()).replace(second=0, microsecond=0)
    key = hmac.new(settings.SECRET_KEY.encode(), f"{address} {minute}".encode(), "sha256").hexdigest()
    table = SearchCount._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, searches, at) VALUES (%s, 1, %s)"  # noqa: S608  # a table name of ours
            f" ON CONFLICT (key) DO UPDATE SET searches = {table}.searches + 1 RETURNING searches",
            [key, minute],
        )
        searches: int = cursor.fetchone()[0]
    return searches <= (settings.REGISTRY_SEARCHES if most is None else most)


def forget_searches(*, at: datetime | None = None) -> int:
    """Forget who searched how often before the last minutes; returns how many rows went."""
    return SearchCount.objects.filter(at__lt=(at or timezone.now()) - timedelta(minutes=5)).delete()[0]


@transaction.atomic
def count_schools() -> int:
    """Count the promises of each school's pupils and classes anew; returns how many schools have any."""
    promises = Letter.objects.in_force().filter(subject=Subject.CLASS) | Letter.objects.in_force().filter(
        signer_is_minor=True
    )
    by_unit = (
        promises.filter(enrolment__isnull=False).values_list("enrolment__organisation__path").annotate(n=Count("pk"))
    )
    schools = {school.pk for school in Organisation.objects.filter(kind=Kind.SCHOOL)}
    counted: Counter[int] = Counter()
    for path, n in by_unit.order_by():
        for key in path.strip("/").split("/"):
            if key.isdecimal() and int(key) in schools:
                counted[int(key)] += n
    SchoolTally.objects.exclude(school__in=counted).delete()
    SchoolTally.objects.bulk_create(
        [SchoolTally(school_id=key, promises=n) for key, n in counted.items()],
        update_conflicts=True, unique_fields=["school"], update_fields=["promises"],
    )  # fmt: skip
    return len(counted)


def rebuild_registry(*, check: bool = False, words: bool = False) -> int:
    """Compare the registry with the letters, some hundreds at a time, and put right what differs; returns how many
    rows and figures did. `check` changes nothing; `words` writes the words of all rows anew, which an update of the
    site asks for when it changes how they are made."""
    differing = sum(_rebuild_part(part, check=check, words=words) for part in _published_letters())
    differing += _rebuild_figures(check=check)
    if differing and not check:
        with transaction.atomic():
            target, details = "pledges.RegistryRow:all", {"rows": differing}
            record(action="pledges.rebuild_registry", actor=None, target=target, details=details)
    return differing


def _published_letters() -> Iterator[tuple[int, ...]]:
    """Keys of letters that were ever published, in parts: no other has a row."""
    published = Publication.objects.order_by("letter_id").values_list("letter_id", flat=True)
    yield from in_parts(published.iterator(chunk_size=CHUNK))


@transaction.atomic
def _rebuild_part(part: Sequence[int], *, check: bool, words: bool) -> int:
    stored = {row.letter_id: row for row in RegistryRow.objects.filter(letter__in=part)}
    public = Letter.objects.public().filter(pk__in=part, record__isnull=False).select_related(*FACE)
    wanted = {row.letter_id: row for row in map(_row_now, filter(_may_be_listed, public))}
    known = queries.stored_words([row.pk for row in stored.values()])
    wrong = [key for key, row in stored.items() if _differs(row, wanted.get(key))]
    missing = [key for key in wanted if key not in stored]
    wordless = [row for key, row in stored.items() if key not in wrong and row.pk not in known]
    if not check:
        keep_registry(letter_ids=[*wrong, *missing])
        anew = [row for row in stored.values() if row.letter_id not in wrong] if words else wordless
        _store_words([(row.publication_id, queries.words_of(row)) for row in anew])
    return len(wrong) + len(missing) + len(wordless)


@transaction.atomic
def _rebuild_figures(*, check: bool) -> int:
    truth: Counter[tuple[date, str, str]] = Counter()
    every = RegistryRow.objects.values_list("published_at", "audience", "unit_kind")
    for at, audience, unit in every.iterator(chunk_size=5000):
        truth[month_of(at), audience, unit] += 1
    rows = RegistryTally.objects.values_list(*TALLIED).annotate(n=Sum("letters")).order_by()
    stored = {(month, audience, unit): n for month, audience, unit, n in rows}
    wrong = {key: truth[key] - stored.get(key, 0) for key in {*truth, *stored} if truth[key] != stored.get(key, 0)}
    if not check:
        RegistryTally.objects.bulk_create(
            RegistryTally(month=month, audience=audience, unit_kind=unit, letters=n)
            for (month, audience, unit), n in wrong.items()
        )
    return len(wrong)
