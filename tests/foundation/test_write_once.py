"""What is written once cannot be changed or removed, whatever SQL one uses."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.audit.models import Entry
from foundation.writeonce import columns_of, install_triggers, lifted, rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return Entry.objects.create(at=timezone.now(), actor="someone", action="tests.act", target="tests.Row:1")


def refuse(sql, params=()):
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_raw_sql_cannot_update_delete_replace_or_truncate(entry):
    refuse("UPDATE audit_entry SET actor = 'else'")
    refuse("DELETE FROM audit_entry")
    if connection.vendor == "postgresql":
        refuse("TRUNCATE audit_entry CASCADE")
    else:
        refuse("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry")
    assert Entry.objects.get() == entry


def test_every_registered_table_has_its_triggers_in_the_database():
    tables = sorted(columns_of(rule)[0] for rule in rules())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_wo_u'")
        else:
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_wo_u'")
        assert sorted(row[0] for row in cursor.fetchall()) == tables


def test_triggers_come_back_after_they_were_lifted(entry):
    with lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET actor = 'during a flush'")
    refuse("UPDATE audit_entry SET actor = 'else'")


def test_installing_twice_is_harmless(entry):
    install_triggers()
    refuse("DELETE FROM audit_entry")
