"""Items leave the bank as a file: for those who may edit them, each time with an entry in the log."""

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from cms import registry
from exams import actions, importers
from exams.models import ImportBlock, Item, ItemVersion
from foundation.audit.models import Entry
from tests.exams.test_imports_in_the_admin import store, upload
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.groups import member

pytestmark = pytest.mark.django_db
ENDINGS = {"xlsx": "xlsx", "gift": "gift.txt", "moodle-xml": "xml", "qti3": "zip"}


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


def pictured(kind, number="", stem="看[图1]，说的是什么？", rows=((1, "一张[流程]图"),), **fields):
    pictures = [{"n": n, "id": f"p{n}", "alt": alt, "width": 8, "height": 8} for n, alt in rows]
    options, answer = make.PLAIN[kind]
    built = make.build(kind, fields.get("options", options), fields.get("answer", answer))
    built = type(built)(built.content | {"pictures": pictures}, built.answer)
    return actions.create_item(by=None, bank=make.bank(), type=kind, number=number, stem=stem, built=built)


@pytest.mark.parametrize("chosen", sorted(ENDINGS))
def test_what_a_picture_shows_stands_in_its_place_in_every_format(client, author, chosen):
    pictured("single", options=["【图 2】", "乙", "丙"], rows=((1, "一张[流程]图"), (2, "印章"), (3, "没有记号的图")))
    data = export(client, chosen).content
    if chosen in ("xlsx", "qti3"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    text = data.decode()
    said = ["看[图1：一张（流程）图]，说的是什么？", "【图 2：印章】", "[题后图3：没有记号的图]"]
    assert [piece in text for piece in said] == [True, True, True]


@pytest.mark.parametrize("number", ["", "Q1"])
@pytest.mark.parametrize("chosen", ["xlsx", "moodle-xml", "gift"])
def test_items_with_pictures_come_back_unchanged_with_and_without_numbers(client, author, chosen, number):
    version = pictured("single", number, options=["【图 2】", "乙"], rows=((1, "流程____图"), (2, "印章"), (3, "附")))
    batch = upload(client, export(client, chosen).content, f"bank.{ENDINGS[chosen]}", format=chosen)
    assert list(batch.blocks.values_list("status", "fate", "match")) == [("accept", "unchanged", version.item_id)]
    store(client, batch)
    assert ItemVersion.objects.values_list("stem", "content").get() == (version.stem, version.content)


def test_a_case_with_pictures_comes_back_unchanged_from_a_table(client, author):
    pictured("scenario", "Q1", rows=((1, "流程图"), (2, "附")))
    batch = upload(client, export(client, "xlsx").content, "bank.xlsx")
    assert list(batch.blocks.values_list("fate", flat=True)) == ["unchanged"]


def test_another_bank_keeps_the_description_as_text(client, author):
    pictured("single")
    data = export(client, "xlsx").content
    batch = upload(client, data, "bank.xlsx", bank=make.bank("别的题库").pk)
    assert [(b.fate, b.reading["stem"]) for b in batch.blocks.all()] == [
        ("new", "看[图1：一张（流程）图]，说的是什么？")
    ]


def test_the_page_says_how_many_of_the_chosen_items_have_pictures(client, author):
    make.item("single")
    address, counted = reverse("exams_import:export"), []
    for n in range(3):
        page = client.get(address)
        counted.append((page.context["pictured"], f"其中{n}道含有图片" in page.content.decode()))
        pictured("single", stem=f"看[图1]，第{n}问是什么？")
    assert counted == [(0, False), (1, True), (2, True)]
    assert client.get(address, {"type": "multiple"}).context["pictured"] == 0
