"""Items leave the bank as a file: for those who may edit them, each time with an entry in the log."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from cms import registry
from exams import importers
from exams.models import ImportBlock, Item
from foundation.audit.models import Entry
from tests.exams.test_bank_in_the_admin import member
from tests.exams.test_imports_in_the_admin import store, upload
from tests.factories import exams as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
ENDINGS = {"xlsx": "xlsx", "gift": "gift.txt", "moodle-xml": "xml", "qti3": "zip"}


@pytest.fixture
def author(client):
    user = member(registry.BANK_AUTHOR)
    client.force_login(user)
    return user


def export(client, chosen, **filters):
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return client.post(f"{reverse('exams_import:export')}?{query}", {"format": chosen})


@pytest.mark.parametrize("chosen", sorted(ENDINGS))
def test_each_format_is_handed_out_and_logged(client, author, chosen):
    for kind in make.PLAIN:
        make.item(kind)
    answer = export(client, chosen, bank=make.bank().pk)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{ENDINGS[chosen]}"')
    entry = Entry.objects.get(action="exams.export_items")
    assert (entry.actor, entry.details["items"], entry.details["format"]) == (author.username, len(make.PLAIN), chosen)


@pytest.mark.parametrize("chosen", ["xlsx", "moodle-xml", "gift"])
def test_what_was_exported_comes_back_unchanged(client, author, chosen):
    # GIFT and Moodle know no cases: their questions leave apart, and would come back as items of their own.
    kinds = [kind for kind in make.PLAIN if kind != "scenario" or chosen == "xlsx"]
    for number, kind in enumerate(kinds, 1):
        make.item(kind, number=f"Q{number}", explanation="理由。", stem=f"第{number}道题说的是什么？")
    data = export(client, chosen).content
    batch = upload(client, data, f"bank.{ENDINGS[chosen]}", format=chosen)
    taken = batch.blocks.filter(lane="accept", reading__type__in=["single", "multiple", "true_false"])
    assert sorted(taken.values_list("reading__type", "fate")) == [
        ("multiple", "unchanged"),
        ("single", "unchanged"),
        ("true_false", "unchanged"),
    ]
    assert not ImportBlock.objects.filter(fate="new", lane="accept").exists()
    store(client, batch)
    assert Item.objects.count() == len(kinds)


def test_only_what_the_filters_leave_is_exported(client, author):
    make.item("single", stem="甲题")
    make.item("true_false", stem="乙题")
    page = client.get(reverse("exams_import:export"), {"type": "single"})
    assert page.context["count"] == 1
    blocks = importers.read(export(client, "xlsx", type="single").content, filename="a.xlsx")
    assert [block.stem for block in blocks] == ["甲题"]


def test_nothing_is_handed_out_when_no_item_fits(client, author):
    assert export(client, "xlsx", type="short").status_code == 302
    assert not Entry.objects.filter(action="exams.export_items").exists()


@pytest.mark.parametrize("who", ["learner", registry.EDITOR, registry.AUDITOR])
def test_nobody_else_gets_the_answers(client, author, who):
    make.item("single")
    client.force_login(UserFactory() if who == "learner" else member(who))
    assert export(client, "xlsx").status_code == 302
    assert not Entry.objects.filter(action="exams.export_items").exists()


def test_the_command_writes_a_bank_and_never_over_a_file(tmp_path):
    make.item("single", stem="甲题")
    path = tmp_path / "bank.xlsx"
    call_command("export_items", "--bank", "题库", "--out", path)
    assert [block.stem for block in importers.read(path.read_bytes(), filename="bank.xlsx")] == ["甲题"]
    assert Entry.objects.get(action="exams.export_items").actor == "system"
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_items", "--bank", "题库", "--out", path)
    with pytest.raises(CommandError, match="there are: 题库"):
        call_command("export_items", "--bank", "别的", "--out", tmp_path / "b")
