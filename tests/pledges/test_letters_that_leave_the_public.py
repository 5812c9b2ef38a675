"""Persons' letters that were sent as limited and shown all the same leave the public; the log stays valid."""

from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from foundation.audit.models import Entry
from foundation.jobs.models import Job
from foundation.jobs.worker import run_pending
from foundation.ledger.sequencer import sequence
from foundation.writeonce import opened
from pledges import actions, queries
from pledges.models import Letter, LetterChange, RegistryRow, RegistryTally
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
ADULT = "320583199003073015"
queue = import_module("pledges.migrations.0010_limited_letters_leave").queue


def sent(key, code, **fields):
    row = {
        "source_code": code, "subject_name": "林某", "subject_category": "natural", "subject_id_code": ADULT,
        "audience": "teacher", "subject_unit": "某中学", "pledge_type": "voluntary", "reason": "自愿作出承诺",
        "content": "说到做到。", "breach_liability": "依规处理。", "publication_type": "public",
        "made_on": "2026-11-01",
    } | fields  # fmt: skip
    return actions.submit_letter(key=key, data=row).letter


@pytest.fixture
def key():
    return actions.create_api_key(by=UserFactory(), organisation=make.accepting_unit(), name="系统")[0]


@pytest.fixture
def shown(key):
    """A letter as it was stored before: limited, and public with the person's unit; and one that may be public."""
    letter, other = sent(key, "1"), sent(key, "2")
    with transaction.atomic(), opened("pledges.Letter"), opened("pledges.LetterRecord"):
        Letter.objects.filter(pk=letter.pk).update(visibility="unit")
        type(letter.record).objects.filter(letter=letter).update(publication_type="limited", public_name="")
    sequence()
    actions.queue_missing_pdfs()
    make.work_off()
    return Letter.objects.get(pk=letter.pk), other


def statuses(client, letter):
    ends = ("", ".json", ".pdf", ".tlog-proof")
    return [client.get(f"/l/{letter.public_id}{end}").status_code for end in ends]


def test_nothing_of_them_is_public_afterwards_and_the_log_holds(client, shown, django_capture_on_commit_callbacks):
    letter, other = shown
    files = len(list(Path(storages["private"].location).rglob("*.pdf")))
    assert statuses(client, letter) == [200, 200, 200, 200]
    with django_capture_on_commit_callbacks(execute=True):
        assert [actions.hide_limited(), actions.hide_limited()] == [1, 0]
    sequence()
    assert statuses(client, letter) == [404, 404, 404, 404]
    assert statuses(client, other) == [200, 200, 200, 200]
    assert list(RegistryRow.objects.values_list("letter_id", flat=True)) == [other.pk]
    assert sum(RegistryTally.objects.values_list("letters", flat=True)) == 1
    assert len(list(Path(storages["private"].location).rglob("*.pdf"))) == files - 1
    call_command("audit_log", stdout=StringIO())
    assert actions.rebuild_registry(check=True) == 0


def test_the_letter_itself_stays_in_force_and_its_unit_is_told(shown):
    letter, _other = shown
    actions.hide_limited()
    found = Letter.objects.get(pk=letter.pk)
    assert (found.state, found.visibility, found.record.subject_name) == ("in_force", "none", "林某")
    assert (found.record.public_name, found.record.public_unit) == ("", "")
    assert LetterChange.objects.filter(letter=letter).order_by("number").last().what == "hidden"
    told = queries.said(found, "1")
    assert (told["state"], "url" in told) == ("in_force", False)
    assert Entry.objects.filter(action="pledges.hide_limited").count() == 1


def test_one_declared_invalid_does_not_come_back_when_it_is_valid_again(client, shown):
    letter, _other = shown
    office = make.coordinator_of(queries.accepting_unit_of(letter))
    actions.invalidate_letter(by=office, letter=letter, reason="decision")
    assert actions.hide_limited() == 1
    actions.restore_letter(by=office, letter=letter)
    assert statuses(client, letter) == [404, 404, 404, 404]


def test_what_was_written_once_is_closed_again(shown):
    actions.hide_limited()
    for sql in ("UPDATE pledges_letter SET visibility = 'named'", "DELETE FROM pledges_publication"):
        with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_an_update_queues_it_once_and_only_where_there_is_one(key, shown):
    queue(apps, None)
    queue(apps, None)
    assert Job.objects.filter(kind="pledges.hide_limited").count() == 1
    run_pending()
    assert not queries.shown_though_limited().exists()
    Job.objects.filter(kind="pledges.hide_limited").delete()
    queue(apps, None)
    assert not Job.objects.filter(kind="pledges.hide_limited").exists()
