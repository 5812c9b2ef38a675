"""A bank author brings a file in: preview, mending on the spot, storing, importing again, undoing."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cms import registry
from exams import actions, queries
from exams.models import ImportBatch, ImportBlock, Item, ItemKey, ItemVersion, KnowledgePoint
from foundation.audit.models import Entry
from foundation.jobs.worker import run_pending
from tests.exams.test_import_command import TEXT
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.groups import member

pytestmark = pytest.mark.django_db
TABLE = "编号,题型,题干,选项A,选项B,选项C,答案,解析,难度,知识点\n"


def upload(client, data, name="题库.txt", **fields):
    """Upload as the form does; returns the batch, or the page if it was refused."""
    data = data.encode() if isinstance(data, str) else data
    form = {"bank": make.bank().pk, "format": "auto", "numbers": "auto", "file": SimpleUploadedFile(name, data)}
    before = ImportBatch.objects.count()
    page = client.post(reverse("exams_import:new"), form | fields)
    return ImportBatch.objects.order_by("-pk").first() if ImportBatch.objects.count() > before else page


def table(*rows):
    return TABLE + "".join(f"{row}\n" for row in rows)


def store(client, batch, **fields):
    data = {"do": "store", "hand_in": "0", "seen": "on"} | fields
    client.post(reverse("exams_import:move", args=[batch.pk]), data)
    batch.refresh_from_db()
    return batch.state


def mend_url(batch, order):
    return reverse("exams_import:mend", args=[batch.pk, order])


def mended(**changes):
    return {
        "do": "save",
        "type": "single",
        "stem": "下列说法正确的是",
        "options": "A. 甲\nB. 乙\nC. 丙\nD. 丁",
        "answer": "C",
        "explanation": "",
        **changes,
    }


def states(batch):
    return list(batch.blocks.order_by("order").values_list("status", "fate", "lane"))


def stems():
    return list(ItemVersion.objects.order_by("pk").values_list("stem", flat=True))


Q7 = "Q7,单选题,承诺编码有几位？,18位,20位,22位,B,六位区划。,2,承诺"


def test_a_file_is_previewed_mended_and_stored_as_drafts_for_a_second_person(client, author):
    batch = upload(client, TEXT)
    assert states(batch) == [("accept", "new", "accept"), ("review", "new", "review"), ("accept", "new", "accept")]
    assert not Item.objects.exists()
    assert client.post(mend_url(batch, 2), mended()).url == reverse("exams_import:batch", args=[batch.pk])
    assert states(batch)[1] == ("accept", "new", "accept")
    assert store(client, batch, hand_in="1") == "stored"
    version = ItemVersion.objects.select_related("key").get(stem="下列说法正确的是")
    assert (version.state, version.author) == ("in_review", author)
    assert [o["text"] for o in version.content["options"] if o["id"] in version.key.answer["right"]] == ["丙"]
    assert list(ItemVersion.objects.values_list("state", flat=True)) == ["in_review"] * 3
    with pytest.raises(actions.OwnWork):
        actions.approve_version(by=author, version=version)
    assert Entry.objects.filter(action="exams.store_import").count() == 1


def test_the_page_of_the_batch_shows_the_raw_text_beside_the_reading_with_reasons_and_lines(client, author):
    batch = upload(client, TEXT)
    page = client.get(reverse("exams_import:batch", args=[batch.pk]), {"lane": "review"})
    (row,) = page.context["rows"]
    assert (row.row.raw, row.reasons, row.row.line, row.row.line_end) == (
        "2、下列说法正确的是\nA.甲 B.乙 C.丙 D.丁",
        ["没有答案。"],
        7,
        8,
    )
    assert [(lane, n) for lane, _label, n in page.context["tabs"]] == [
        ("accept", 2),
        ("review", 1),
        ("reject", 0),
        ("skip", 0),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answer": "E"}, "answer"),
        ({"answer": ""}, "answer"),
        ({"answer": "AB"}, "answer"),
        ({"options": "A. 甲\nC. 丙"}, "options"),
        ({"options": "甲\n甲", "answer": "A"}, "options"),
        ({"stem": " "}, "stem"),
        ({"type": "true_false", "answer": "也许"}, "answer"),
    ],
)
def test_what_is_no_whole_item_is_not_taken_and_the_form_says_why(client, author, changes, field):
    batch = upload(client, TEXT)
    page = client.post(mend_url(batch, 2), mended(**changes))
    assert list(page.context["form"].errors) == [field]
    assert states(batch)[1] == ("review", "new", "review")


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"type": "multiple", "answer": "ａ、C"}, None),
        ({"type": "true_false", "answer": "√"}, {"right": True}),
        ({"type": "blank", "answer": "守信 | 诚信\n失信", "any_order": "on"}, "blanks"),
        ({"type": "short", "answer": "", "keywords": "承诺\n公示|公开"}, {"keywords": [["承诺"], ["公示", "公开"]]}),
        ({"type": "short", "answer": "按办法说明。"}, {"by_hand": True, "rubric": "按办法说明。"}),
        ({"type": "matching", "answer": "子 = 丑\n寅 = 卯\n辰"}, None),
        ({"type": "ordering", "answer": "先\n后"}, None),
        ({"type": "survey"}, None),
    ],
)
def test_a_block_may_become_any_type(client, author, fields, answer):
    batch = upload(client, TEXT)
    client.post(mend_url(batch, 2), mended(**fields))
    assert store(client, batch) == "stored"
    version = ItemVersion.objects.select_related("item", "key").get(stem="下列说法正确的是")
    assert version.item.type == fields["type"]
    if answer == "blanks":
        assert (version.key.answer["blanks"], version.key.answer["any_order"]) == ([["守信", "诚信"], ["失信"]], True)
    elif answer:
        assert version.key.answer == answer


def test_one_goes_through_what_waits_one_by_one(client, author):
    batch = upload(client, "一、单选题\n" + "".join(f"{n}. 问题{n}号是什么？\nA.甲{n} B.乙{n}\n" for n in range(1, 4)))
    assert [lane for _s, _f, lane in states(batch)] == ["review"] * 3
    gone = client.post(mend_url(batch, 1), mended(stem="问题1号是什么？", options="甲\n乙", answer="A"))
    assert gone.url == mend_url(batch, 2)
    assert client.post(mend_url(batch, 2), {"do": "accept"}).url == mend_url(batch, 2)
    assert client.post(mend_url(batch, 2), {"do": "skip"}).url == mend_url(batch, 3)
    assert client.post(mend_url(batch, 3), {"do": "skip"}).url == reverse("exams_import:batch", args=[batch.pk])
    assert [lane for _s, _f, lane in states(batch)] == ["accept", "skip", "skip"]
    client.post(mend_url(batch, 1), {"do": "unmend"})
    assert [lane for _s, _f, lane in states(batch)] == ["review", "skip", "skip"]


def test_importing_again_changes_nothing_when_nothing_changed(client, author):
    store(client, upload(client, table(Q7), "a.csv"))
    again = upload(client, table(Q7), "a.csv")
    assert states(again) == [("accept", "unchanged", "accept")]
    assert store(client, again) == "stored"
    assert (Item.objects.count(), ItemVersion.objects.count()) == (1, 1)
    assert ImportBlock.objects.get(batch=again).outcome == "unchanged"


def test_importing_again_changes_the_draft_with_the_same_number_instead_of_doubling(client, author):
    store(client, upload(client, table(Q7), "a.csv"))
    again = upload(client, table(Q7.replace("有几位", "共有几位")), "a.csv")
    assert [(b.fate, b.match.number) for b in again.blocks.all()] == [("update", "Q7")]
    store(client, again)
    assert stems() == ["承诺编码共有几位？"]
    assert (Item.objects.get().number, Item.objects.get().difficulty) == ("Q7", 2)


def test_a_used_item_gets_a_new_version_and_the_old_one_stays_in_use(client, author):
    store(client, upload(client, table(Q7), "a.csv", create_points="on"))
    old = ItemVersion.objects.get()
    actions.submit_for_review(by=author, version=old)
    actions.approve_version(by=UserFactory(), version=old)
    store(client, upload(client, table(Q7.replace(",B,", ",C,")), "a.csv"))
    assert [(v.number, v.state) for v in queries.versions_of(old.item)] == [(2, "draft"), (1, "ready")]
    assert ItemKey.objects.get(version=old).answer["right"] == [old.content["options"][1]["id"]]
    assert Item.objects.get().point.name == "承诺"


def test_without_a_number_the_same_stem_is_the_same_item(client, author):
    store(client, upload(client, TEXT))
    again = upload(client, TEXT.replace("承诺编码有几位？（ B ）", "承诺 编码有几位?（ C ）"))
    assert states(again)[0] == ("accept", "update", "accept")
    assert again.blocks.get(order=1).notes == ["other-answer"]
    store(client, again)
    assert (Item.objects.count(), ItemVersion.objects.count()) == (2, 2)


def test_numbers_that_only_count_do_not_overwrite_the_items_of_another_file(client, author):
    store(client, upload(client, TEXT))
    other = "一、判断题\n1. 红名单每季度公布一次。（√）\n2. 信用修复不收费用。（√）\n"
    batch = upload(client, other, "另一份.txt")
    assert [fate for _s, fate, _l in states(batch)] == ["new", "new"]
    store(client, batch)
    assert Item.objects.count() == 4


def test_a_number_that_names_another_question_is_for_a_person_to_decide(client, author):
    store(client, upload(client, table(Q7), "a.csv"))
    other = table("Q7,判断题,红名单每季度公布。,,,,对,,,", "Q8,单选题,红名单多久公布一次？,每月,每季,每年,B,,,")
    batch = upload(client, other + "Q7,单选题,谁来签承诺书？,本人,家长,老师,A,,,\n", "b.csv")
    assert [(b.fate, b.lane, b.notes) for b in batch.blocks.order_by("order")] == [
        ("conflict", "review", ["number-twice: 4"]),
        ("new", "accept", []),
        ("conflict", "review", ["number-twice: 2"]),
    ]
    client.post(mend_url(batch, 1), {"do": "skip"})
    third = batch.blocks.get(order=3)
    assert (third.fate, third.notes) == ("conflict", [f"number-other-question: {Item.objects.get().pk}"])
    client.post(mend_url(batch, 3), {"do": "accept"})
    assert batch.blocks.get(order=3).lane == "review"
    client.post(mend_url(batch, 3), {"do": "new"})
    store(client, batch)
    assert sorted(Item.objects.values_list("number", flat=True)) == ["", "Q7", "Q8"]


def test_two_different_answers_to_one_question_are_for_a_person_to_decide(client, author):
    batch = upload(client, table(Q7, Q7.replace("Q7", "Q9").replace(",B,", ",C,"), Q7.replace("Q7", "Q10")), "a.csv")
    assert [(f, lane) for _s, f, lane in states(batch)] == [("conflict", "review")] * 3
    same = upload(client, table(Q7, Q7.replace("Q7", "Q9")), "b.csv")
    assert [(f, lane) for _s, f, lane in states(same)] == [("new", "accept"), ("duplicate", "skip")]


def test_questions_with_the_same_stem_and_other_options_stay_apart(client, author):
    rows = [f"Q{n},单选题,下列说法正确的是,甲{n},乙{n},丙{n},A,,," for n in (1, 2)]
    assert store(client, upload(client, table(*rows), "a.csv")) == "stored"
    assert Item.objects.count() == 2
    assert [f for _s, f, _l in states(upload(client, table(*rows), "a.csv"))] == ["unchanged", "unchanged"]


def test_what_changed_in_the_bank_since_the_preview_is_looked_at_again(client, author):
    batch = upload(client, table(Q7), "a.csv")
    make.item("single", number="Q7", stem="承诺编码有几位？", ready=False)
    store(client, batch)
    block = batch.blocks.get()
    assert (block.lane, block.outcome, block.notes[0]) == ("review", "", "bank-changed")
    assert Item.objects.count() == 1


def test_knowledge_points_are_made_only_if_the_uploader_wants_it(client, author):
    store(client, upload(client, table(Q7), "a.csv"))
    assert (Item.objects.get().point, KnowledgePoint.objects.count()) == (None, 0)
    store(
        client, upload(client, table(Q7.replace("Q7", "Q8").replace("几位", "多少个数")), "a.csv", create_points="on")
    )
    assert Item.objects.get(number="Q8").point.name == "承诺"


def test_undoing_takes_everything_out_as_long_as_nobody_worked_on_it(client, author):
    store(client, upload(client, table(Q7), "a.csv"))
    before = ItemVersion.objects.values_list("stem", "content", "state", "author").get(), ItemKey.objects.get().answer
    changed = table(Q7.replace("有几位", "共有几位").replace(",2,", ",4,"), "Q8,判断题,承诺要公开。,,,,对,,,")
    again = upload(client, changed, "a.csv")
    store(client, again)
    assert (Item.objects.count(), Item.objects.get(number="Q7").difficulty) == (2, 4)
    client.post(reverse("exams_import:move", args=[again.pk]), {"do": "undo"})
    again.refresh_from_db()
    assert again.state == "undone"
    after = ItemVersion.objects.values_list("stem", "content", "state", "author").get(), ItemKey.objects.get().answer
    assert (before, Item.objects.get().difficulty) == (after, 2)
    assert upload(client, table(Q7), "a.csv").blocks.get().fate == "unchanged"


@pytest.mark.parametrize("work", ["review", "edit", "paper"])
def test_an_import_that_somebody_worked_on_stays(client, author, work):
    batch = upload(client, table(Q7, "Q8,判断题,承诺要公开。,,,,对,,,"), "a.csv")
    store(client, batch)
    version = ItemVersion.objects.get(item__number="Q8")
    if work == "review":
        actions.submit_for_review(by=author, version=version)
    elif work == "edit":
        built = make.build("true_false", [], False)
        actions.revise_item(by=author, item=version.item, stem=version.stem, built=built)
    else:
        make.paper(published=False, fixed=[version.item])
    client.post(reverse("exams_import:move", args=[batch.pk]), {"do": "undo"})
    batch.refresh_from_db()
    assert (batch.state, Item.objects.count()) == ("stored", 2)


def test_a_break_in_the_middle_stores_nothing(client, author):
    batch = upload(client, table(Q7, "Q8,判断题,承诺要公开。,,,,对,,,"), "a.csv")
    reading = batch.blocks.get(order=2).reading | {"number": "x" * 50}
    ImportBlock.objects.filter(batch=batch, order=2).update(reading=reading | {"difficulty": 5, "type": "unknown"})
    with pytest.raises(IntegrityError, match="item_type_known"), transaction.atomic():
        actions.store_import(by=author, batch=batch, hand_in=False)
    batch.refresh_from_db()
    assert (batch.state, Item.objects.count(), Entry.objects.filter(action="exams.store_import").count()) == (
        "preview",
        0,
        0,
    )


def test_a_large_file_is_read_and_stored_in_the_background_portion_after_portion(client, author):
    # Sentences that are not like one another: looking for twins among twins is what takes time.
    words = ["".join(chr(0x4E00 + (n * 7919 + k * 1361) % 20_000) for k in range(60)) for n in range(801)]
    rows = [f"Q{n},判断题,第{n}条：{words[n]}。,,,,对,{'说明' * 20},," for n in range(1, 801)]
    batch = upload(client, table(*rows), "a.csv")
    page = client.get(reverse("exams_import:batch", args=[batch.pk]))
    assert (batch.state, page.status_code) == ("reading", 200)
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, batch.total) == ("preview", 800)
    assert store(client, batch) == "storing"
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, batch.done, Item.objects.count()) == ("stored", 800, 800)
    client.post(reverse("exams_import:move", args=[batch.pk]), {"do": "undo"})
    run_pending()
    batch.refresh_from_db()
    assert (batch.state, Item.objects.count(), ItemVersion.objects.count()) == ("undone", 0, 0)


def test_what_is_not_stored_is_given_back_as_a_table_without_formulas(client, author):
    batch = upload(client, "一、单选题\n1. =1+1 等于几？\nA.二 B.三\n")
    data = client.get(reverse("exams_import:leftover", args=[batch.pk])).content
    rows = list(load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["行", "2"]
    assert (rows[1][4], rows[1][2]) == ("'=1+1 等于几？", "没有答案。")


def zip_bomb():
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * 30_000_000)
    return stored.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", zip_bomb),
        ("a.docx", lambda: b"PK\x03\x04broken"),
        ("a.txt", lambda: b""),
        ("a.pdf", lambda: b"%PDF-1.7 x"),
    ],
)
def test_a_file_that_cannot_be_read_gives_a_sentence_and_leaves_nothing(client, author, settings, name, data):
    page = upload(client, data(), name)
    assert len(page.context["form"].errors["file"]) == 1
    assert not ImportBatch.objects.exists()
    assert not list(settings.PRIVATE_ROOT.glob("exam-imports/*"))


def test_a_file_that_is_too_large_is_refused(client, author, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    assert upload(client, "一" * 1000).context["form"].errors["file"]


def test_pasted_text_is_read_like_a_file_and_both_at_once_are_refused(client, author):
    form = {"bank": make.bank().pk, "format": "auto", "numbers": "auto", "text": TEXT}
    client.post(reverse("exams_import:new"), form)
    assert states(ImportBatch.objects.get()) == [
        ("accept", "new", "accept"),
        ("review", "new", "review"),
        ("accept", "new", "accept"),
    ]
    assert upload(client, TEXT, text=TEXT).context["form"].errors["file"]


def test_what_was_stored_or_put_away_is_not_stored_again(client, author):
    batch = upload(client, TEXT)
    store(client, batch)
    assert store(client, batch) == "stored"
    client.post(mend_url(batch, 2), mended())
    other = upload(client, TEXT)
    client.post(reverse("exams_import:move", args=[other.pk]), {"do": "discard"})
    assert store(client, other) == "discarded"
    assert Item.objects.count() == 2


def test_nothing_is_stored_by_whoever_does_not_say_that_the_preview_was_seen(client, author):
    assert store(client, upload(client, TEXT), seen="") == "preview"


def statements(client, url):
    """How many statements a page takes, caches filled."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
        return len(asked)


def test_the_lists_ask_the_same_of_the_database_for_one_and_for_three_rows(client, author):
    one = upload(client, table(Q7), "a.csv")
    alone = statements(client, reverse("exams_import:index"))
    three = upload(client, table(Q7, "Q8,判断题,承诺要公开。,,,,对,,,", "Q9,判断题,修复要收费。,,,,错,,,"), "b.csv")
    upload(client, TEXT)
    page = reverse("exams_import:batch", args=[one.pk])
    few = statements(client, page)
    assert statements(client, page.replace(f"/{one.pk}/", f"/{three.pk}/")) == few
    assert statements(client, reverse("exams_import:index")) == alone
    assert (few, alone) == (19, 13)


@pytest.mark.parametrize("who", ["stranger", "learner", registry.EDITOR, registry.AUDITOR])
def test_nobody_else_sees_an_import_or_moves_it(client, author, who):
    batch = upload(client, TEXT)
    entries = Entry.objects.count()
    if who == "stranger":
        client.logout()
    else:
        client.force_login(UserFactory() if who == "learner" else member(who))
    pages = [
        reverse("exams_import:index"),
        reverse("exams_import:new"),
        reverse("exams_import:batch", args=[batch.pk]),
        reverse("exams_import:leftover", args=[batch.pk]),
        mend_url(batch, 1),
    ]
    assert [client.get(page).status_code for page in pages] == [302] * 5
    assert store(client, batch) == "preview"
    client.post(mend_url(batch, 1), {"do": "skip"})
    client.post(reverse("exams_import:decide", args=[batch.pk, 1]), {"do": "skip"})
    assert [lane for _s, _f, lane in states(batch)] == ["accept", "review", "accept"]
    assert Entry.objects.exclude(action__startswith="accounts").count() == entries


def test_what_is_stored_of_a_block_is_json_that_survives(client, author):
    batch = upload(client, TEXT)
    assert json.loads(json.dumps(batch.blocks.get(order=1).reading))["options"][1] == ["B", "20位"]
