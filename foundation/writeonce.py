"""Rows that are written once: refused in the database, on SQLite and on PostgreSQL alike.

A model registers itself below its class:

    protect("pledges.Letter", frozen=ALL)                       # never updated, never deleted
    protect("exams.Attempt", frozen=["seed"], deletable=False)  # only these columns are frozen
    protect("exams.ItemVersion", frozen=ALL, when="OLD.frozen_at IS NOT NULL")
    protect("pledges.OrganisationSigning", frozen=ALL, emptied=["scan"])  # may become empty, and nothing else

UPDATE of a frozen column, DELETE, and TRUNCATE (PostgreSQL) or REPLACE (SQLite with recursive_triggers)
raise django.db.Error with the text "write-once: <table>".
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.models import BooleanField, Model

ALL: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is frozen in one table. `when` is SQL over OLD.<column>, understood by both databases. `emptied` may still
    become empty (a text) or false: what must go before its row does."""

    model: str
    frozen: tuple[str, ...]
    deletable: bool
    when: str
    emptied: tuple[str, ...] = ()


_RULES: dict[str, Rule] = {}


def protect(
    model: str, *, frozen: Sequence[str], deletable: bool = False, when: str = "", emptied: Sequence[str] = ()
) -> None:
    """Register `model` ("app.Model"); `frozen` holds field names or is ALL, and `emptied` those of them that may become
    empty. Triggers come with the next migrate."""
    _RULES[model] = Rule(model, tuple(frozen), deletable, when, tuple(emptied))


def rules() -> list[Rule]:
    """All registered rules, for the test that tries to break each of them."""
    return list(_RULES.values())


def columns_of(rule: Rule) -> tuple[str, list[str]]:
    """Return the table and its frozen columns."""
    model: type[Model] = apps.get_model(rule.model)
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    if rule.frozen != ALL:
        fields = [model._meta.get_field(name) for name in rule.frozen]  # type: ignore[misc]
    return model._meta.db_table, [str(f.column) for f in fields]


def install_triggers(*, using: str = "default", app_label: str | None = None) -> None:
    """Create (or replace) the triggers of every registered model, or of one app's models."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for rule in rules():
        table, columns = columns_of(rule)
        if table not in tables or (app_label and rule.model.split(".")[0] != app_label):
            continue
        existing = _columns_in_database(connection, table)
        if not set(columns) <= existing:  # in the middle of a migration plan: a later post_migrate completes it
            continue
        with connection.cursor() as cursor:
            for statement in _drop(connection, table) + _create(connection, rule, table, columns):
                cursor.execute(statement)


def _columns_in_database(connection: BaseDatabaseWrapper, table: str) -> set[str]:
    """Names of the columns that `table` has now. Django's own introspection of SQLite trips over check constraints
    that hold string literals."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608  # a table name of ours
        return {column[0] for column in cursor.description}


def _create(connection: BaseDatabaseWrapper, rule: Rule, table: str, columns: list[str]) -> list[str]:
    """SQL that refuses what `rule` forbids."""
    postgres = connection.vendor == "postgresql"
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    emptied = _emptied(rule)
    changed = " OR ".join(f'(OLD."{c}" {differs} NEW."{c}"{emptied.get(c, "")})' for c in columns)
    update_when = f"({changed})" + (f" AND ({rule.when})" if rule.when else "")
    if not postgres:
        message = f"SELECT RAISE(ABORT, 'write-once: {table}');"
        sql = [f'CREATE TRIGGER "{table}_wo_u" BEFORE UPDATE ON "{table}" WHEN {update_when} BEGIN {message} END']
        if not rule.deletable:
            when = f"WHEN {rule.when} " if rule.when else ""
            sql.append(f'CREATE TRIGGER "{table}_wo_d" BEFORE DELETE ON "{table}" {when}BEGIN {message} END')
        return sql
    refuse = "EXECUTE FUNCTION xinxing_write_once()"
    sql = [
        "CREATE OR REPLACE FUNCTION xinxing_write_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'write-once: %', TG_TABLE_NAME; END $$",
        f'CREATE TRIGGER "{table}_wo_u" BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN ({update_when}) {refuse}',
    ]
    if not rule.deletable:
        when = f"WHEN ({rule.when}) " if rule.when else ""
        sql.append(f'CREATE TRIGGER "{table}_wo_d" BEFORE DELETE ON "{table}" FOR EACH ROW {when}{refuse}')
        sql.append(f'CREATE TRIGGER "{table}_wo_t" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {refuse}')
    return sql


def _emptied(rule: Rule) -> dict[str, str]:
    """What a change of each column that may be emptied must also be to be refused: a text, or true."""
    model: type[Model] = apps.get_model(rule.model)
    found = {}
    for name in rule.emptied:
        field = model._meta.get_field(name)
        column = str(field.column)  # type: ignore[union-attr]
        found[column] = f' AND NEW."{column}"' + (" IS TRUE" if isinstance(field, BooleanField) else " <> ''")
    return found


def _drop(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """SQL that removes our triggers from `table`."""
    on_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    return [f'DROP TRIGGER IF EXISTS "{table}_wo_{kind}"{on_table}' for kind in "udt"]


def lifting(*tables: str) -> RunPython:
    """The operation of a migration that takes the triggers off `tables`; they come back when migrating ends.

    PostgreSQL alters no column that a trigger names, and no more does SQLite.
    """

    def lift(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in _drop(editor.connection, table):
                editor.execute(statement)

    return RunPython(lift, RunPython.noop)


@contextmanager
def lifted(*, using: str = "default", only: str = "") -> Iterator[None]:
    """Take the triggers off and put them back, of one model if `only` names it.

    For the flush between transactional tests, and for a public log that begins again after its key was stolen.
    """
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for rule in rules():
            if only not in ("", rule.model):
                continue
            table, _columns = columns_of(rule)
            if table in tables:
                for statement in _drop(connection, table):
                    cursor.execute(statement)
    try:
        yield
    finally:
        install_triggers(using=using)


@contextmanager
def opened(model: str, *, using: str = "default") -> Iterator[None]:
    """Take the triggers of one model off for the rest of the caller's transaction, and put them back.

    For erasure and retention only, which an audit entry records: what names a person leaves a row that is otherwise
    written once. Both databases roll a dropped trigger back with the transaction. Raises RuntimeError outside one.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError(f"write-once: {model} can be opened in a transaction only")
    rule = _RULES[model]
    table, columns = columns_of(rule)
    # PostgreSQL changes no table whose deferred foreign keys are still to be checked.
    settled = ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"]
    first = settled if connection.vendor == "postgresql" else []
    with connection.cursor() as cursor:
        for statement in [*first, *_drop(connection, table)]:
            cursor.execute(statement)
        yield
        for statement in [*first, *_create(connection, rule, table, columns)]:
            cursor.execute(statement)
