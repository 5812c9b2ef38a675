"""The database itself refuses a loop in the tree, whoever writes it: a trigger on SQLite and on PostgreSQL.

Removed before each migration (SQLite checks every trigger's tables when a table is remade) and put back after it.
"""

from django.db import connections

TABLE, NAME = "organisations_organisation", "organisations_no_loop"
_ABOVE = f"SELECT 1 FROM {TABLE} p WHERE p.id = NEW.parent_id AND p.path LIKE OLD.path || '%'"  # noqa: S608
_SQLITE = [
    f"CREATE TRIGGER {NAME} BEFORE UPDATE OF parent_id ON {TABLE} FOR EACH ROW WHEN NEW.parent_id IS NOT NULL"
    f" BEGIN SELECT RAISE(ABORT, 'loop: {TABLE}') WHERE EXISTS ({_ABOVE}); END"
]
_POSTGRESQL = [
    f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS ({_ABOVE}) THEN"
    f" RAISE EXCEPTION 'loop: {TABLE}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$",
    f"CREATE TRIGGER {NAME} BEFORE UPDATE OF parent_id ON {TABLE} FOR EACH ROW"
    f" WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION {NAME}()",
]


def remove(*, using: str = "default") -> None:
    """Take the trigger off."""
    connection = connections[using]
    if TABLE in connection.introspection.table_names():
        on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}{on_table}")


def install(*, using: str = "default") -> None:
    """Put the trigger on. Does nothing while the table is not there."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return
    remove(using=using)
    with connection.cursor() as cursor:
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
            cursor.execute(statement)
