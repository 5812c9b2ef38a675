"""What the blocks of an import are to the bank: new, a change, the same, there already, or for a person to decide."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from exams.importers.blocks import REJECT, REVIEW, Block
from exams.importers.composing import Portrait, compose, portrait
from exams.importers.identity import alike, content_texts, normal, stem_key
from exams.importers.pictured import bare, says_pictures
from exams.importers.plain import CannotBuild
from exams.importers.stored import clean, from_json
from exams.models import (
    Decision,
    Fate,
    ImportBatch,
    ImportBlock,
    Item,
    ItemVersion,
    NumberRule,
    Verdict,
)
from exams.queries.described import audience_value, described, language_value, points_named

Key = TypeVar("Key", int, str)
LIMITS = {"number": 40, "source": 200}
SAME_QUESTION = 0.5
SAME_WORDING = 0.8
TABLES = ("xlsx", "csv", "gift", "moodle-xml")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Known:
    """An item of the bank with its newest wording."""

    item: Item
    version: ItemVersion
    portrait: Portrait
    texts: frozenset[str]

    @classmethod
    def of(cls, item: Item, version: ItemVersion) -> "Known":
        """From an item and its newest version with the key."""
        content = version.content
        texts = [o["text"] for side in ("options", "left", "right") for o in content.get(side, [])]
        texts += [part["stem"] for part in content.get("parts", [])]
        seen = portrait(item.type, content, version.key.answer)
        return cls(item, version, seen, frozenset(normal(text) for text in texts))


@dataclass(frozen=True, slots=True)
class Plan:
    """What storing a block would do. `number` is the number that a new item gets."""

    fate: str
    known: Known | None = None
    notes: tuple[str, ...] = ()
    number: str = ""


@dataclass(slots=True)
class Row:
    """A block of a batch on its way to a plan."""

    order: int
    block: Block
    decision: str = ""
    key: str = ""
    number: str = ""
    named: bool = False
    portrait: Portrait | None = None
    texts: frozenset[str] = field(default_factory=frozenset)


def block_of(row: ImportBlock) -> Block:
    """The reading as it stands now."""
    return from_json(
        row.reading,
        line=row.line,
        line_end=row.line_end,
        raw=row.raw,
        status=row.status,
        reasons=tuple(row.reasons),
    )


def problem_of(block: Block) -> str:
    """Why a block cannot be stored whatever a person decides (an English message id of `plain`), else ""."""
    for name, limit in LIMITS.items():
        if len(getattr(block, name)) > limit:
            return f"{name} too long"
    try:
        compose(block)
    except CannotBuild as error:
        return str(error)
    return ""


def row_of(order: int, block: Block, decision: str, batch: ImportBatch) -> Row:
    """Everything about a block that its plan depends on."""
    row = Row(order, block, decision, stem_key(block.stem), block.number.strip()[: LIMITS["number"]])
    if batch.numbers == NumberRule.NO:
        row.number = ""
    row.named = bool(row.number) and (
        batch.numbers == NumberRule.YES or batch.format in TABLES or not row.number.isdecimal()
    )
    row.texts = content_texts(block)
    try:
        built = compose(block)
        row.portrait = portrait(block.type, built.content, built.answer)
    except CannotBuild:
        row.portrait = None
    return row


def with_bare_marks(batch: ImportBatch, blocks: Sequence[Block]) -> list[Block]:
    """`blocks` without the descriptions of pictures that an export wrote, where the bank has the item with pictures.

    Elsewhere the description stays: it is all that is left of the picture. One or two statements, none without any.
    """
    said = {place: bare(block) for place, block in enumerate(blocks) if says_pictures(block)}
    pictured = Item.objects.filter(bank=batch.bank_id, index__has_picture=True)
    keys: set[str] = set()
    numbers: set[str] = set()
    for part in _chunks(stem_key(block.stem) for block in said.values()):
        keys |= set(pictured.filter(stem_key__in=part).values_list("stem_key", flat=True))
    if batch.numbers != NumberRule.NO:
        for part in _chunks(number for block in said.values() if (number := block.number.strip())):
            numbers |= set(pictured.filter(number__in=part).values_list("number", flat=True))
    known = {n for n, block in said.items() if stem_key(block.stem) in keys or block.number.strip() in numbers}
    return [said[place] if place in known else block for place, block in enumerate(blocks)]


def _parts(values: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _chunks(values: Iterable[str]) -> Iterator[Sequence[str]]:
    return _parts(sorted(set(values)))


class Catalogue:
    """The items of a bank that blocks may be about, by number and by stem; those that the batch itself made are not."""

    def __init__(self, batch: ImportBatch, rows: Sequence[Row]) -> None:
        self.by_number: dict[str, Known] = {}
        self.by_stem: dict[str, list[Known]] = defaultdict(list)
        self.points = points_named(name for row in rows for name in row.block.points[:1])
        items: dict[int, Item] = {}
        ours = ImportBlock.objects.filter(batch=batch, outcome=Fate.NEW).exclude(item=None).values("item")
        bank = Item.objects.filter(bank=batch.bank_id).exclude(pk__in=ours)
        for numbers in _chunks(row.number for row in rows if row.number):
            items |= bank.filter(number__in=numbers).in_bulk()
        for keys in _chunks(row.key for row in rows):
            items |= bank.filter(stem_key__in=keys).in_bulk()
        for known in _newest(items):
            if known.item.number:
                self.by_number[known.item.number] = known
            self.by_stem[known.item.stem_key].append(known)


def _newest(items: Mapping[int, Item]) -> Iterator[Known]:
    for part in _parts(sorted(items)):
        versions = ItemVersion.objects.filter(item_id__in=part).select_related("key")
        newest: dict[int, ItemVersion] = {}
        for version in versions.order_by("number"):
            newest[version.item_id] = version
        for item_id, version in sorted(newest.items()):
            yield Known.of(items[item_id], version)


class Planner:
    """Plans for a group of blocks that holds every block of the batch with the same stem or number as one of them."""

    def __init__(self, batch: ImportBatch, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.catalogue = Catalogue(batch, rows)
        self.alike: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        self.numbered: dict[str, list[Row]] = defaultdict(list)
        self.stems = {row.key for row in rows}
        for row in rows:
            if row.block.status != REJECT and row.decision != Decision.SKIP:
                self.alike[row.block.type, row.key, row.texts].append(row)
                if row.number:
                    self.numbered[row.number].append(row)

    def plans(self) -> dict[int, Plan]:
        """{order: plan} for every row; of two that would change the same item, the later one is for a person."""
        found: dict[int, Plan] = {}
        claimed: dict[int, Row] = {}
        for row in self.rows:
            plan = self._plan(row)
            idle = row.block.status == REJECT or row.decision in (Decision.SKIP, Decision.NEW)
            if plan.known and plan.fate in (Fate.UPDATE, Fate.UNCHANGED) and not idle:
                first = claimed.setdefault(plan.known.item.pk, row)
                if first is not row:
                    note = f"same-target-line: {first.block.line}"
                    plan = Plan(Fate.CONFLICT, plan.known, (note, *plan.notes), plan.number)
            found[row.order] = plan
        return found

    def _plan(self, row: Row) -> Plan:
        """What storing `row` would do, a person's decision included."""
        found = self._found(row)
        notes = (*found.notes, *self._field_notes(row.block))
        taken = row.number in self.catalogue.by_number or self._first_with_number(row) is not row
        number = "" if taken else row.number
        if row.decision == Decision.NEW:
            return Plan(Fate.NEW, None, notes, number)
        if row.decision == Decision.UPDATE and found.known and found.known.item.type == row.block.type:
            return Plan(Fate.UPDATE, found.known, notes, number)
        return Plan(found.fate, found.known, notes, number)

    def _first_with_number(self, row: Row) -> Row:
        return self.numbered.get(row.number, [row])[0]

    def _found(self, row: Row) -> Plan:
        twice = self._twice(row)
        if twice:
            return twice
        known = self.catalogue.by_number.get(row.number) if row.number else None
        if known and row.named:
            if known.item.type != row.block.type:
                return Plan(Fate.CONFLICT, known, (f"number-other-type: {known.item.pk}",))
            if alike(known.version.stem, row.block.stem) < SAME_QUESTION:
                return Plan(Fate.CONFLICT, known, (f"number-other-question: {known.item.pk}",))
            return self._compared(known, row)
        by_stem = self._by_stem(row)
        return self._by_place(known, row) or by_stem if known and by_stem.fate == Fate.NEW else by_stem

    def _by_place(self, known: Known, row: Row) -> Plan | None:
        """A number that only counts (“12.”) proves little: it is the same question if little else changed."""
        alone = len(self.numbered.get(row.number, [])) == 1 and known.item.stem_key not in self.stems
        share = alike(known.version.stem, row.block.stem)
        if not alone or known.item.type != row.block.type or share < SAME_QUESTION:
            return None
        if share >= SAME_WORDING and _overlap(known.texts, row.texts) >= SAME_QUESTION:
            return self._compared(known, row)
        return Plan(Fate.CONFLICT, known, (f"number-and-similar: {known.item.pk}",))

    def _twice(self, row: Row) -> Plan | None:
        """The same question, or the same name for two questions, elsewhere in the file."""
        first, *others = self.alike.get((row.block.type, row.key, row.texts), [row])
        different = next(
            (o for o in (first, *others) if None not in (o.portrait, row.portrait) and o.portrait != row.portrait), None
        )
        if different is not None:
            return Plan(Fate.CONFLICT, None, (f"other-answer-line: {different.block.line}",))
        if first is not row and first.order < row.order:
            return Plan(Fate.DUPLICATE, None, (f"duplicate-line: {first.block.line}",))
        sharing = [o for o in self.numbered.get(row.number, []) if o is not row and o.key != row.key]
        if row.named and sharing:
            return Plan(Fate.CONFLICT, None, (f"number-twice: {sharing[0].block.line}",))
        return None

    def _by_stem(self, row: Row) -> Plan:
        """An item of the bank with the same stem; options tell apart what asks “which of these is right”."""
        found = [k for k in self.catalogue.by_stem.get(row.key, []) if k.item.type == row.block.type]
        if not found:
            return Plan(Fate.NEW)
        best = max(found, key=lambda k: (_overlap(k.texts, row.texts), -k.item.pk))
        shared = _overlap(best.texts, row.texts)
        if shared == 0:
            return Plan(Fate.NEW, None, (f"same-stem-other-options: {best.item.pk}",))
        if shared < SAME_QUESTION:
            return Plan(Fate.CONFLICT, best, (f"same-stem: {best.item.pk}",))
        if row.named and best.item.number and best.item.number != row.number:
            return Plan(Fate.DUPLICATE, best, (f"duplicate-item: {best.item.pk}",))
        return self._compared(best, row)

    def _compared(self, known: Known, row: Row) -> Plan:
        if not same_wording(known, row):
            other_key = row.portrait is not None and known.texts == row.texts and known.portrait != row.portrait
            return Plan(Fate.UPDATE, known, ("other-answer",) if other_key else ())
        fields = described(row.block, self.catalogue.points)
        changed = [name for name, value in fields.items() if getattr(known.item, name) != value]
        numbered = row.named and not known.item.number
        return Plan(Fate.UPDATE, known, ("fields-only",)) if changed or numbered else Plan(Fate.UNCHANGED, known)

    def _field_notes(self, block: Block) -> Iterator[str]:
        """What a person should know about the fields beside the wording."""
        for name in block.points[:1]:
            named = self.catalogue.points.get(name.strip(), [])
            if len(named) != 1:
                yield f"{'point-ambiguous' if named else 'point-unknown'}: {name.strip()}"
        for name in block.points[1:]:
            yield f"point-left-out: {name.strip()}"
        if block.audience and not audience_value(block.audience):
            yield f"audience-unknown: {block.audience}"
        if block.language and not language_value(block.language):
            yield f"language-unknown: {block.language}"


def _differ(one: Row, other: Row) -> bool:
    """True if both are whole and say different things."""
    return None not in (one.portrait, other.portrait) and one.portrait != other.portrait


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def same_wording(known: Known, row: Row) -> bool:
    """True if storing would change neither stem nor options nor key nor explanation."""
    explanation = row.block.explanation
    return (
        known.version.stem == row.block.stem.strip()
        and known.portrait == row.portrait
        and (explanation is None or known.version.key.explanation == explanation.strip())
    )


def lane_of(status: str, fate: str, decision: str) -> str:
    """Where a block stands: stored, waiting for a person, no question, or left out."""
    if decision == Decision.SKIP:
        return Verdict.SKIP
    if status == REJECT:
        return Verdict.REJECT
    if decision in (Decision.NEW, Decision.UPDATE):
        return Verdict.ACCEPT
    if fate == Fate.CONFLICT or (status == REVIEW and decision != Decision.ACCEPT):
        return Verdict.REVIEW
    return Verdict.SKIP if fate == Fate.DUPLICATE else Verdict.ACCEPT


def group_of(batch: ImportBatch, rows: Sequence[ImportBlock]) -> list[ImportBlock]:
    """`rows` and every block of the batch that shares a stem or a number with one of them, in order."""
    found = {row.pk: row for row in rows}
    for keys in _chunks(row.stem_key for row in rows):
        found |= {r.pk: r for r in ImportBlock.objects.filter(batch=batch, stem_key__in=keys) if r.pk not in found}
    for numbers in _chunks(row.number for row in rows if row.number):
        shared = ImportBlock.objects.filter(batch=batch, number__in=numbers)
        found |= {r.pk: r for r in shared if r.pk not in found}
    matches = {row.match_id for row in rows if row.match_id}
    for part in _parts(sorted(matches)):
        targets = ImportBlock.objects.filter(batch=batch, match__in=part)
        found |= {r.pk: r for r in targets if r.pk not in found}
    return sorted(found.values(), key=lambda r: r.order)


def plans_of(batch: ImportBatch, rows: Sequence[ImportBlock]) -> dict[int, Plan]:
    """Plans of `rows`, made with every block of the batch that bears on them."""
    wide = [row_of(row.order, block_of(row), row.decision, batch) for row in group_of(batch, rows)]
    return Planner(batch, wide).plans()


def settle(row: ImportBlock, plan: Plan) -> None:
    """Write a plan into its row (not into the database)."""
    row.fate, row.notes = plan.fate, [clean(note) for note in plan.notes]
    row.match = plan.known.item if plan.known else None
    row.lane = lane_of(row.status, row.fate, row.decision)
