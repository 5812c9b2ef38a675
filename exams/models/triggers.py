"""Keeps exams_poolentry equal to the ready versions, whoever writes them: triggers on SQLite and on PostgreSQL.

And keeps the rules of sitting of a paper that somebody has begun.

Removed before each migration (SQLite checks every trigger's tables when a table is remade) and put back after it,
together with a repair of the pool.
"""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from exams.models.rules import FIXED_ONCE_SAT

RULES = "exams_sittingrules"
POOL, VERSION, ITEM, POINT = "exams_poolentry", "exams_itemversion", "exams_item", "exams_knowledgepoint"
NAMES = {
    VERSION: ("exams_pool_new", "exams_pool_ready", "exams_pool_out", "exams_pool_gone"),
    ITEM: ("exams_pool_item",),
    POINT: ("exams_pool_point",),
    RULES: ("exams_rules_new", "exams_rules_changed", "exams_rules_gone"),
}
_CELL = "i.type || '|' || i.difficulty || '|' || i.audience || '|' || i.language || '|' || COALESCE(p.path, '')"
_POINTS = f"LEFT JOIN {POINT} p ON p.id = i.point_id"
_FROM = f"{ITEM} i {_POINTS}"
_DESCRIBED = "bank_id, type, difficulty, audience, language, point_id"


def _lot(vendor: str) -> str:
    return "(random() & 2147483647)" if vendor == "sqlite" else "floor(random() * 2147483647)::int"


def insert_sql(vendor: str, where: str) -> str:
    """Puts versions (v) into the pool: the least exposure of their cell, a random lot."""
    least = f"SELECT MIN(e.exposure) FROM {POOL} e WHERE e.bank_id = x.bank_id AND e.cell = x.cell"  # noqa: S608
    return (
        f"INSERT INTO {POOL} (version_id, item_id, bank_id, cell, exposure, lot)"  # noqa: S608  # names of ours
        f" SELECT x.id, x.item_id, x.bank_id, x.cell, COALESCE(({least}), 0), {_lot(vendor)} FROM"
        f" (SELECT v.id, v.item_id, i.bank_id, {_CELL} AS cell FROM {VERSION} v"
        f" JOIN {ITEM} i ON i.id = v.item_id {_POINTS}"
        f" WHERE {where}) x"
    )


def _replace_sql(where: str) -> str:
    """Writes bank and cell of entries again."""
    return (
        f"UPDATE {POOL} SET (bank_id, cell) = (SELECT i.bank_id, {_CELL} FROM {_FROM}"  # noqa: S608
        f" WHERE i.id = {POOL}.item_id) WHERE {where}"
    )


# What happens: (name, when, table, condition, statement). NEW and OLD mean the same on both databases.
def _events(vendor: str) -> list[tuple[str, str, str, str, str]]:
    come, go = insert_sql(vendor, "v.id = NEW.id"), f"DELETE FROM {POOL} WHERE version_id = OLD.id"  # noqa: S608
    changed = " OR ".join(
        f"OLD.{column} {'IS NOT' if vendor == 'sqlite' else 'IS DISTINCT FROM'} NEW.{column}"
        for column in _DESCRIBED.split(", ")
    )
    below = f"item_id IN (SELECT id FROM {ITEM} WHERE point_id = NEW.id)"  # noqa: S608
    new, ready, out, gone = NAMES[VERSION]
    return [
        (new, "AFTER INSERT", VERSION, "NEW.state = 'ready'", come),
        (ready, "AFTER UPDATE OF state", VERSION, "NEW.state = 'ready' AND OLD.state <> 'ready'", come),
        (out, "AFTER UPDATE OF state", VERSION, "NEW.state <> 'ready' AND OLD.state = 'ready'", go),
        (gone, "BEFORE DELETE", VERSION, "OLD.state = 'ready'", go),
        (NAMES[ITEM][0], f"AFTER UPDATE OF {_DESCRIBED}", ITEM, changed, _replace_sql("item_id = NEW.id")),
        (NAMES[POINT][0], "AFTER UPDATE OF path", POINT, "NEW.path <> OLD.path", _replace_sql(below)),
        *_rules_kept(vendor),
    ]


def _rules_kept(vendor: str) -> list[tuple[str, str, str, str, str]]:
    """Refuse what is unfair to those who have begun. A paper without a row has the defaults."""
    new, changed, gone = NAMES[RULES]
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    fixed = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in ("paper_id", *FIXED_ONCE_SAT))
    earlier = "NEW.closes_at IS NOT NULL AND (OLD.closes_at IS NULL OR NEW.closes_at < OLD.closes_at)"
    usual = "NEW.leave_action = 'record' AND NEW.discourage_copying"
    unset = "opens_at closes_at late_entry_minutes early_hand_in_minutes wait_hours leave_count leave_seconds"
    own = [f"NEW.{name} IS NOT NULL" for name in unset.split()]
    own += [f"NEW.{name}" for name in ("code_needed", "lock_on_take_over", "seb_required")]
    return [
        (new, "BEFORE INSERT", RULES, f"NOT ({usual}) OR {' OR '.join(own)}", _refusal(vendor, "NEW")),
        (changed, "BEFORE UPDATE", RULES, f"{fixed} OR {earlier}", _refusal(vendor, "OLD")),
        (gone, "BEFORE DELETE", RULES, "OLD.id IS NOT NULL", _refusal(vendor, "OLD")),
    ]


def _refusal(vendor: str, row: str) -> str:
    """Refuses the statement if somebody has begun the paper of `row`."""
    sat = f"EXISTS (SELECT 1 FROM exams_attempt a WHERE a.paper_id = {row}.paper_id)"  # noqa: S608
    if vendor == "sqlite":
        return f"SELECT RAISE(ABORT, 'write-once: {RULES}') WHERE {sat}"
    return f"IF {sat} THEN RAISE EXCEPTION 'write-once: {RULES}'; END IF"


def _create(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW WHEN {condition} BEGIN {statement}; END"
            for name, when, table, condition, statement in _events(vendor)
        ]
    made = []
    for name, when, table, condition, statement in _events(vendor):
        result = "OLD" if "DELETE" in when else "NEW"
        made.append(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {statement}; RETURN {result}; END $$"
        )
        made.append(
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
        )
    return made


def remove(*, using: str = "default") -> None:
    """Take the triggers off."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, names in NAMES.items():
            for name in names if table in tables else ():
                on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def install(*, using: str = "default") -> None:
    """Put the triggers on, and the pool right. Does nothing while the tables are not all there."""
    connection = connections[using]
    if not {POOL, VERSION, ITEM, POINT, RULES, "exams_attempt"} <= set(connection.introspection.table_names()):
        return
    remove(using=using)
    with connection.cursor() as cursor:
        for statement in [*_repair(connection), *_create(connection.vendor)]:
            cursor.execute(statement)


def _repair(connection: BaseDatabaseWrapper) -> list[str]:
    """What happened while the triggers were off."""
    ready = f"SELECT id FROM {VERSION} WHERE state = 'ready'"  # noqa: S608
    right = f"SELECT {_CELL} FROM {_FROM} WHERE i.id = {POOL}.item_id"  # noqa: S608
    bank = f"SELECT bank_id FROM {ITEM} WHERE id = {POOL}.item_id"  # noqa: S608
    return [
        f"DELETE FROM {POOL} WHERE version_id NOT IN ({ready})",  # noqa: S608
        _replace_sql(f"cell <> ({right}) OR bank_id <> ({bank})"),
        insert_sql(
            connection.vendor,
            f"v.state = 'ready' AND NOT EXISTS (SELECT 1 FROM {POOL} e WHERE e.version_id = v.id)",  # noqa: S608
        ),
    ]
