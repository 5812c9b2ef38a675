"""The pool is equal to the ready versions, whoever writes them, and reading from it costs the same in any bank."""

from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams import actions
from exams.models import Item, ItemKey, ItemVersion, PoolEntry, VersionState, triggers
from exams.queries.pool import least_seen, rooms
from exams.sampling import Cell, Recipe
from tests.factories import exams as make

pytestmark = pytest.mark.django_db
PLAIN = Recipe((), ())


def pool():
    return {e.version_id: (e.item_id, e.bank_id, e.cell) for e in PoolEntry.objects.all()}


def expected():
    rows = ItemVersion.objects.filter(state=VersionState.READY).select_related("item__point")
    return {
        v.pk: (
            v.item_id,
            v.item.bank_id,
            Cell(
                v.item.bank_id,
                v.item.type,
                v.item.difficulty,
                v.item.audience,
                getattr(v.item, "language", ""),
                v.item.point.path if v.item.point else "",
            ).text,
        )
        for v in rows
    }


def test_it_follows_every_change_of_an_item_and_of_its_versions():
    point = make.point("承诺")
    version = make.item("single", point=point, difficulty=4)
    make.item("blank", ready=False)
    assert pool() == expected() != {}
    below = actions.create_point(by=None, name="编码", parent=point)
    other = actions.create_bank(by=None, name="别的", audience="teacher")
    actions.edit_item(by=None, item=version.item, wording=None, point=below, bank=other, difficulty=1)
    assert pool() == expected()
    newer = actions.revise_item(by=None, item=version.item, stem="新", built=make.build("single", ["甲", "乙"], ["A"]))
    assert pool() == expected()
    actions.submit_for_review(by=None, version=newer)
    actions.approve_version(by=None, version=newer)
    assert list(pool()) == [newer.pk]
    assert pool() == expected()
    below.path = "9/9/"
    below.save(update_fields=["path"])
    assert pool() == expected()
    actions.retire_item(by=None, item=version.item)
    assert pool() == {}


def test_it_follows_rows_written_in_bulk_and_with_sql():
    first = make.item("single")
    items = Item.objects.bulk_create(
        Item(bank=first.item.bank, type="single", audience="teacher", difficulty=d) for d in (1, 2, 3)
    )
    fields = {"number": 1, "stem": "批量", "created_at": first.created_at, "frozen_at": first.frozen_at}
    versions = ItemVersion.objects.bulk_create(ItemVersion(item=i, state="ready", **fields) for i in items)
    ItemKey.objects.bulk_create(ItemKey(version=v, answer={}) for v in versions)
    assert (len(pool()), pool()) == (4, expected())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE exams_item SET type = 'multiple' WHERE difficulty = 2")
        cursor.execute("UPDATE exams_itemversion SET state = 'retired' WHERE id = %s", [first.pk])
    assert (len(pool()), pool()) == (3, expected())


def test_putting_the_triggers_back_mends_the_pool():
    version = make.item("single")
    PoolEntry.objects.update(exposure=3)
    triggers.remove()
    make.item("blank")
    actions.edit_item(by=None, item=version.item, wording=None, difficulty=5)
    gone = make.item("true_false")
    triggers.install()
    assert (len(pool()), pool()) == (3, expected())
    triggers.remove()
    actions.retire_item(by=None, item=gone.item)
    triggers.install()
    assert (len(pool()), pool()) == (2, expected())
    assert PoolEntry.objects.get(pk=version.pk).exposure == 3


def test_a_new_item_begins_with_the_least_exposure_of_its_cell():
    make.item("single")
    make.item("single")
    PoolEntry.objects.update(exposure=40)
    PoolEntry.objects.filter(pk=PoolEntry.objects.first().pk).update(exposure=41)
    assert PoolEntry.objects.get(pk=make.item("single").pk).exposure == 40
    assert PoolEntry.objects.get(pk=make.item("blank").pk).exposure == 0


def test_the_least_seen_come_first_and_ties_begin_anywhere():
    entries = [make.item("single").pk for _ in range(12)]
    for n, pk in enumerate(entries):
        PoolEntry.objects.filter(pk=pk).update(lot=n % 4 * 2**29)
    PoolEntry.objects.filter(pk__in=entries[4:]).update(exposure=2)
    PoolEntry.objects.filter(pk__in=entries[4:8]).update(exposure=1)
    ((cell, room),) = rooms([make.bank().pk]).items()
    assert room == 12
    firsts = set()
    for number in range(30):
        rows = [v for v, _item in least_seen(PLAIN, {cell: 6}, Random(number))[cell]]
        assert (set(rows[:4]), set(rows[4:]) <= set(entries[4:8])) == (set(entries[:4]), True)
        assert len(set(rows)) == 6
        firsts.add(rows[0])
    assert firsts == set(entries[:4])
    everything = least_seen(PLAIN, {cell: 20}, Random(1))[cell]
    assert {v for v, _item in everything} == set(entries)


def test_barred_items_are_passed_over():
    versions = [make.item("single") for _ in range(4)]
    ((cell, _room),) = rooms([make.bank().pk]).items()
    barred = frozenset([versions[0].item_id, versions[1].item_id])
    recipe = Recipe((), (), barred, {cell: 2})
    rows = least_seen(recipe, {cell: 2}, Random(5))[cell]
    assert {item for _v, item in rows} == {versions[2].item_id, versions[3].item_id}


def test_many_cells_cost_one_statement():
    for kind in ("single", "blank", "multiple"):
        for difficulty in (1, 2, 3):
            make.item(kind, difficulty=difficulty)
    wanted = dict.fromkeys(rooms([make.bank().pk]), 1)
    with CaptureQueriesContext(connection) as captured:
        found = least_seen(PLAIN, wanted, Random(2))
    assert (len(found), len(captured)) == (9, 1)
    assert all(len(rows) == 1 for rows in found.values())
