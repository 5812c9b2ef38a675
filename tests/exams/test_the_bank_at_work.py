"""Search, filters, near duplicates, changes to many, comments, history, use: what authors do all day."""

import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image as Drawing
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from cms import registry
from exams import actions, queries
from exams.models import BulkChange, BulkState, Item, ItemComment, ItemIndex, ItemVersion, Picture, VersionState
from foundation.audit.models import Entry
from foundation.jobs.models import Job
from foundation.zhtext import likeness
from notifications.models import Message
from tests.exams.test_bank_in_the_admin import fields
from tests.factories import exams as make
from tests.factories.accounts import UserFactory
from tests.factories.groups import member

pytestmark = pytest.mark.django_db
LIST = "exams_item:index"
LONG = "根据试行办法第三条，采购单位自收到申请之日起应当公示信用承诺，并在三个工作日内答复群众来信。"


def stems(client, **query):
    return [item.index.newest.stem for item in client.get(reverse(LIST), query).context["object_list"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("诺编码", ["昆山的承诺编码有几位？"]),
        ("承诺编码", ["昆山的承诺编码有几位？"]),
        ("码承", []),
        ("诺", ["昆山的承诺编码有几位？"]),
        ("丁", ["昆山的承诺编码有几位？"]),
        ("别 的", ["别的问题"]),
        ("zb-7", ["别的问题"]),
        ("ＺＢ７", []),
        ("〔2017〕84号", ["别的问题"]),
        ("2017", ["别的问题"]),
        ("？（）", []),
        ("' OR 1=1 --", []),
        ('"', []),
    ],
)
def test_a_search_finds_every_part_of_stem_options_number_and_source(client, author, text, found):
    make.item("single", stem="昆山的承诺编码有几位？")
    make.item("true_false", stem="别的问题", number="ZB-7", source="昆政办发〔2017〕84号")
    assert stems(client, q=text) == found


def test_a_search_follows_every_change_of_the_wording(client, author):
    version = make.item("single", stem="旧的说法")
    actions.revise_item(
        by=author, item=version.item, stem="新的写法", built=make.build("single", ["对的", "错的"], ["A"])
    )
    assert (stems(client, q="旧的说法"), stems(client, q="新的写法"), stems(client, q="对的")) == (
        [],
        ["新的写法"],
        ["新的写法"],
    )


def test_each_filter_lets_through_what_it_says(client, author):
    top = actions.create_point(by=None, name="承诺")
    below = actions.create_point(by=None, name="编码", parent=top)
    make.item("single", stem="甲题问编码", point=below, difficulty=1, by=author)
    make.item("true_false", stem="乙题问修复", audience="teacher", language="en", ready=False)
    waiting = make.item("blank", stem="丙题问公示", ready=False, by=UserFactory(name="出题人"))
    actions.submit_for_review(by=None, version=waiting)
    own = make.item("short", stem="丁题自己写", ready=False, by=author)
    actions.submit_for_review(by=None, version=own)
    for query, found in [
        ({"point": top.pk}, ["甲题问编码"]),
        ({"type": "blank"}, ["丙题问公示"]),
        ({"difficulty": "1"}, ["甲题问编码"]),
        ({"audience": "teacher"}, ["乙题问修复"]),
        ({"language": "en"}, ["乙题问修复"]),
        ({"newest_state": "draft"}, ["乙题问修复"]),
        ({"queue": "on"}, ["丙题问公示"]),
        ({"author": "出题"}, ["丙题问公示"]),
        ({"used": "yes"}, []),
        ({"used": "no", "type": "short"}, ["丁题自己写"]),
        ({"pictures": "on"}, []),
        ({"bank": make.bank("空").pk}, []),
        ({"q": "题问", "newest_state": "in_review"}, ["丙题问公示"]),
        ({"ordering": "difficulty"}, ["甲题问编码", "丁题自己写", "丙题问公示", "乙题问修复"]),
    ]:
        assert stems(client, **query) == found, query


def test_the_list_costs_as_many_statements_with_three_items_as_with_one(client, author):
    counts = []
    for n in (1, 2):
        for _ in range(n):
            make.item("single", point=make.point("公示"), by=author)
        for query in ({}, {"q": "题目", "newest_state": "ready"}):
            client.get(reverse(LIST), query)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                client.get(reverse(LIST), query)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_pages_follow_each_other_without_a_count_of_everything(client, author, monkeypatch):
    for n in range(5):
        make.item("true_false", stem=f"第{n}题说什么")
    monkeypatch.setattr("exams.admin.items.ItemIndexView.get_paginate_by", lambda self, items: 2)
    pages = [client.get(reverse(LIST), {"p": n}).context["page_obj"] for n in ("1", "2", "3", "9", "x")]
    assert [[i.index.newest.stem[1] for i in page.object_list] for page in pages] == [
        ["4", "3"],
        ["2", "1"],
        ["0"],
        [],
        ["4", "3"],
    ]
    assert [page.has_next() for page in pages] == [True, True, False, False, True]


def test_the_index_made_anew_is_the_index_as_it_was(author):
    make.item("single", stem=LONG)
    make.item("single", stem=LONG.replace("三条", "五条"), ready=False)
    make.item("short", ready=False, by=author)
    rows = list(ItemIndex.objects.order_by("pk").values())
    ItemIndex.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {queries.WORDS_TABLE}")
    assert actions.rebuild_index() == 3
    assert list(ItemIndex.objects.order_by("pk").values()) == rows
    assert queries.matching("答复群众").count() == 2


def test_likeness_is_that_of_the_shared_pairs():
    assert likeness.likeness(likeness.shingles("信用承诺"), likeness.shingles("信用 承诺。")) == 1
    assert likeness.likeness(likeness.shingles("信用承诺"), likeness.shingles("信用修复")) == pytest.approx(1 / 5)
    assert likeness.marks("") == likeness.marks("？！") == []
    assert likeness.marks("信用承诺") == likeness.marks("信用 承诺。")
    assert not set(likeness.marks("信用承诺")) & set(likeness.marks("招标投标"))


def test_similar_items_are_found_the_likest_first(author):
    same = make.item("single", stem=LONG + "（　）")
    near = make.item("single", stem=LONG.replace("三个工作日", "五个工作日"))
    make.item("single", stem="完全不同的另一个问题，说的是窗口上的诚信。")
    found = queries.similar_items(LONG)
    assert [s.item_id for s in found] == [same.item_id, near.item_id]
    assert found[0].percent == 100
    assert 75 <= found[1].percent < 100
    assert queries.similar_items(LONG, exclude=same.item_id, limit=1)[0].item_id == near.item_id
    assert queries.similar_items(LONG, bank=make.bank("别的题库")) == []
    with CaptureQueriesContext(connection) as asked:
        queries.similar_items(LONG)
    assert len(asked) == 2


def test_near_duplicates_are_marked_both_ways_and_unmarked_when_one_is_rewritten(client, author):
    one = make.item("single", stem=LONG)
    other = make.item("single", stem=LONG.replace("三条", "五条"))
    assert set(ItemIndex.objects.values_list("item_id", "twin_id")) == {
        (one.item_id, other.item_id),
        (other.item_id, one.item_id),
    }
    assert len(stems(client, twins="on")) == 2
    actions.revise_item(
        by=author,
        item=other.item,
        stem="窗口上的诚信怎样做到？",
        built=make.build("single", ["甲", "乙"], ["A"]),
    )
    assert list(ItemIndex.objects.values_list("twin_id", flat=True)) == [None, None]


def test_the_form_warns_of_a_near_duplicate_and_stores_it_only_when_it_is_meant(client, author):
    make.item("single", stem=LONG)
    data = fields(stem=LONG.replace("三条", "五条"))
    page = client.post(reverse("exams_item:add"), data)
    assert list(page.context["form"].errors) == ["stem"]
    assert reverse("exams_admin:item", args=[Item.objects.get().pk]) in page.content.decode()
    client.post(reverse("exams_item:add"), data | {"anyway": "on"})
    assert Item.objects.count() == 2


# ── Changes to many ──


def send(client, address, **data):
    count = client.get(address).context["count"]
    return client.post(address, {"count": count, **data})


def test_the_chosen_items_are_changed_with_one_entry_and_put_back_where_nobody_touched_them(client, author):
    items = [make.item("single", difficulty=n).item for n in (1, 2, 3)]
    address = reverse("exams_admin:bulk") + "?" + "&".join(f"id={i.pk}" for i in items)
    page = send(client, address, verb="difficulty", difficulty="2")
    change = BulkChange.objects.get()
    assert page["Location"] == reverse("exams_admin:bulk-change", args=[change.public_id])
    assert list(Item.objects.order_by("pk").values_list("difficulty", flat=True)) == [2, 2, 2]
    assert (change.state, change.done, change.refused, change.before) == (
        BulkState.DONE,
        3,
        [items[1].pk],
        {str(items[0].pk): 1, str(items[2].pk): 3},
    )
    entry = Entry.objects.get(action="exams.change_many")
    assert entry.details == {"verb": "difficulty", "value": 2, "items": 3}
    Item.objects.filter(pk=items[0].pk).update(difficulty=5)
    client.post(page["Location"])
    assert list(Item.objects.order_by("pk").values_list("difficulty", flat=True)) == [5, 2, 3]
    client.post(page["Location"])
    assert Entry.objects.filter(action="exams.undo_many").count() == 1


def test_everything_that_was_found_is_changed_and_nothing_else(client, author):
    point = make.point("公示")
    make.item("single", stem="公示多久")
    make.item("single", stem="修复多久")
    make.item("true_false", stem="公示吗")
    send(client, reverse("exams_admin:bulk") + "?all=1&q=公示&type=single", verb="point", point=point.pk)
    assert [i.index.newest.stem for i in queries.items_listed().filter(point=point)] == ["公示多久"]


def test_a_change_is_not_begun_when_other_items_are_meant_than_were_shown(client, author):
    make.item("single")
    page = client.post(reverse("exams_admin:bulk") + "?all=1", {"count": "2", "verb": "difficulty", "difficulty": "4"})
    assert (page.status_code, BulkChange.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    "data",
    [
        {"verb": "stem"},
        {"verb": ""},
        {"verb": "difficulty", "difficulty": "9"},
        {"verb": "audience", "audience": "x"},
        {"verb": "source", "source": "长" * 201},
    ],
)
def test_a_change_that_is_none_is_refused(client, author, data):
    make.item("single")
    assert send(client, reverse("exams_admin:bulk") + "?all=1", **data).status_code == 400
    assert BulkChange.objects.count() == 0


def test_only_the_work_of_others_is_approved_in_bulk(client, author):
    mine, theirs = make.item("single", ready=False, by=author), make.item("single", ready=False, by=UserFactory())
    draft = make.item("single", ready=False)
    for version in (mine, theirs):
        actions.submit_for_review(by=None, version=version)
    send(client, reverse("exams_admin:bulk") + "?all=1", verb="approve")
    states = dict(ItemVersion.objects.values_list("pk", "state"))
    assert states == {mine.pk: "in_review", theirs.pk: "ready", draft.pk: "draft"}
    theirs.refresh_from_db()
    assert (theirs.reviewer, theirs.key.frozen_at) == (author, theirs.frozen_at)
    assert sorted(BulkChange.objects.get().refused) == sorted([mine.item_id, draft.item_id])
    assert set(ItemIndex.objects.values_list("item_id", "state")) == {
        (mine.item_id, "in_review"),
        (theirs.item_id, "ready"),
        (draft.item_id, "draft"),
    }


def test_a_large_change_goes_on_in_the_background_portion_by_portion(author, monkeypatch):
    monkeypatch.setattr("exams.actions.bulk.PORTION", 2)
    ids = [make.item("true_false", source="旧").item_id for _ in range(5)]
    change = actions.change_many(by=author, item_ids=ids, verb="source", value="新的来源")
    assert (change.done, change.state) == (2, BulkState.RUNNING)
    with pytest.raises(actions.WrongState):
        actions.undo_many(by=author, change=change)
    for _ in range(2):
        job = Job.objects.filter(kind="exams.change_many").latest("pk")
        actions.go_on_changing(change_id=job.payload["change"])
    change.refresh_from_db()
    assert (change.done, change.state, Job.objects.filter(kind="exams.change_many").count()) == (5, BulkState.DONE, 2)
    assert queries.matching("新的来源").count() == 5
    assert actions.undo_many(by=author, change=change) == 5
    assert queries.matching("新的来源").count() == 0
    assert Entry.objects.filter(action="exams.change_many").count() == 1


# ── Comments, history, use ──


def test_whom_a_comment_concerns_reads_it_and_finds_the_item_among_those_with_open_comments(client, author):
    writer, reader = UserFactory(), UserFactory()
    version = make.item("single", by=writer)
    make.item("single", by=writer)
    actions.comment_item(by=reader, item=version.item, text="来源不明")
    actions.comment_item(by=author, item=version.item, text="选项二有歧义")
    told = Message.objects.filter(kind="exams.item_commented").order_by("pk").values_list("user", "body")
    expected = [(writer.pk, "来源不明"), *sorted([(writer.pk, "选项二有歧义"), (reader.pk, "选项二有歧义")])]
    assert list(told) == expected
    page = reverse("exams_admin:item", args=[version.item_id])
    assert set(Message.objects.values_list("url", flat=True)) == {page}
    listed = reverse("exams_item:index") + "?comments=on"
    assert [item.pk for item in client.get(listed).context["object_list"]] == [version.item_id]
    for comment in ItemComment.objects.all():
        actions.resolve_comment(by=author, comment=comment)
    assert list(client.get(listed).context["object_list"]) == []


def test_an_author_reads_why_an_item_came_back_from_review(author):
    writer = UserFactory()
    version = make.item("single", by=writer, ready=False)
    actions.submit_for_review(by=writer, version=version)
    actions.return_version(by=author, version=version, reason="答案没有依据")
    message = Message.objects.get(kind="exams.item_returned")
    assert (message.user, message.body) == (writer, "答案没有依据")
    assert message.subject.startswith("退回给您：")


def test_comments_are_added_and_settled_once_and_never_changed(client, author):
    page = reverse("exams_admin:item", args=[make.item("single").item_id])
    client.post(page, {"do": "comment", "text": " \0 "})
    client.post(page, {"do": "comment", "text": "选项二有歧义"})
    comment = ItemComment.objects.get()
    assert (comment.text, comment.author) == ("选项二有歧义", author)
    for _ in range(2):
        client.post(page, {"do": "resolve", "comment": comment.pk})
    comment.refresh_from_db()
    assert comment.resolved_by == author
    assert Entry.objects.filter(action="exams.resolve_comment").count() == 1
    assert client.post(page, {"do": "resolve", "comment": "9" * 5}).status_code == 404
    for sql, match in [
        ("UPDATE exams_itemcomment SET text = 'x'", "write-once"),
        ("DELETE FROM exams_itemcomment", "write-once"),
        ("UPDATE exams_itemcomment SET resolved_by_id = NULL", "(?i)check"),
    ]:
        with pytest.raises(DatabaseError, match=match), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_reviewer_sees_what_changes_and_returns_it_with_a_reason(client, author):
    version = make.item("single", stem="公示期为三个月。")
    newer = actions.revise_item(
        by=UserFactory(),
        item=version.item,
        stem="公示期为六个月。",
        built=make.build("single", ["甲", "乙", "丙", "丁"], ["B"]),
    )
    actions.submit_for_review(by=None, version=newer)
    page = reverse("exams_admin:item", args=[version.item_id])
    ((word, difference),) = client.get(page).context["changes"]
    assert str(word)
    assert difference.rows == [queries.differences(version_of(version, 1), version_of(version, 2))[0].rows[0]]
    assert difference.rows[0].old == [("公示期为", False), ("三", True), ("个月。", False)]
    client.post(page, {"do": "return", "reason": " "})
    assert version_of(version, 2).state == VersionState.IN_REVIEW
    client.post(page, {"do": "return", "reason": "期限请再核对"})
    assert version_of(version, 2).state == VersionState.DRAFT
    assert Entry.objects.get(action="exams.return_version").details == {"reason": "期限请再核对"}
    history = client.get(reverse("exams_admin:history", args=[version.item_id]), {"old": "1", "new": "2"})
    assert [d.field for _word, d in history.context["changes"]] == ["stem"]


def version_of(version, number):
    return queries.version_with_key(version.item, number)


def test_the_same_options_keep_their_ids_in_the_next_version(author):
    version = make.item("single")
    newer = actions.revise_item(
        by=author, item=version.item, stem="换个问法", built=make.build("single", ["丁", "乙", "戊"], ["B"])
    )
    old = {o["text"]: o["id"] for o in version.content["options"]}
    new = {o["text"]: o["id"] for o in newer.content["options"]}
    assert (new["丁"], new["乙"]) == (old["丁"], old["乙"])
    assert newer.key.answer == {"right": [old["乙"]]}


def test_use_is_counted_over_attempts_and_drills_and_noted_once_an_hour(client, author):
    entry = make.seat("exam")
    attempt = actions.start_attempt(entry=entry)
    assert actions.note_uses() == 1
    asked = set(ItemIndex.objects.filter(used_at=attempt.started_at).values_list("newest_id", flat=True))
    assert asked == {version for version, _points in attempt.drawn}
    rows = list(ItemIndex.objects.order_by("pk").values())
    actions.note_uses()
    assert list(ItemIndex.objects.order_by("pk").values()) == rows
    item = Item.objects.get(versions=attempt.drawn[0][0])
    usage = queries.usage_of(item)
    assert (usage.attempts, usage.drills, usage.fixed, usage.used_at) == (1, 0, [], attempt.started_at)
    assert client.get(reverse("exams_admin:usage", args=[item.pk])).status_code == 200


# ── Pictures ──


@pytest.fixture
def image(db):
    return get_image_model().objects.create(title="图", file=get_test_image_file(size=(2000, 1000)))


def drawn(client, image, **changes):
    data = fields(stem="看[图1]，选哪一项？", picture1=image.pk, alt1="一张流程图", **changes)
    client.post(reverse("exams_item:add"), data)
    return queries.newest_version(Item.objects.get())


def test_a_picture_is_copied_small_and_stays_when_the_library_changes(client, author, image):
    version = drawn(client, image, lines="18位\n* 20位")
    picture = Picture.objects.get()
    assert version.content["pictures"] == [
        {"n": 1, "id": picture.public_id, "alt": "一张流程图", "width": 1600, "height": 800}
    ]
    before = picture.file.open("rb").read()
    assert Drawing.open(io.BytesIO(before)).size == (1600, 800)
    edit = reverse("exams_item:edit", args=[version.item_id])
    same = fields(stem="看[图1]，选哪一项？", picture1=image.pk, alt1="一张流程图", lines="18位\n* 20位")
    image.file = get_test_image_file(size=(10, 10), colour="red")
    image.save()
    client.post(edit, same | {"explanation": "改了理由"})
    assert queries.newest_version(version.item).content == version.content
    image.delete()
    assert Picture.objects.get().file.open("rb").read() == before
    assert ItemIndex.objects.get().has_picture is True
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE exams_picture SET file = 'x'")


@pytest.mark.parametrize("wrong", [{"alt1": ""}, {"stem": "看[图2]，选哪一项？"}, {"lines": "[图3]\n* 乙"}])
def test_a_picture_needs_a_description_and_a_mark_needs_a_picture(client, author, image, wrong):
    data = fields(stem="看[图1]，选哪一项？", picture1=image.pk, alt1="流程图") | wrong
    assert client.post(reverse("exams_item:add"), data).context["form"].errors
    assert (Item.objects.count(), Picture.objects.count()) == (0, 0)


def test_a_learner_sees_the_picture_of_an_own_attempt_and_nobody_else_does(client, author, image):
    version = drawn(client, image, lines="[图1]\n* 乙")
    actions.submit_for_review(by=None, version=version)
    actions.approve_version(by=None, version=version)
    preview = client.get(reverse("exams_admin:preview", args=[version.item_id])).content.decode()
    picture = Picture.objects.get()
    assert f'src="{reverse("exams_admin:picture", args=[picture.public_id])}"' in preview
    entry = make.seat("exam", the_paper=make.paper("exam", fixed=[version.item]))
    attempt = actions.start_attempt(entry=entry)
    address = reverse(
        "exams:picture",
        args=[attempt.public_id, picture.public_id, queries.picture_token(attempt.public_id, picture.public_id)],
    )
    assert client.get(address).status_code == 404
    client.force_login(entry.enrolment.user)
    html = client.get(reverse("exams:attempt", args=[attempt.public_id])).content.decode()
    assert html.count(f'src="{address}" alt="一张流程图"') == 2
    page = client.get(address)
    assert (page.status_code, page["Content-Type"]) == (200, picture.media_type)
    assert client.get(address[:-3] + "xx/").status_code == 404
    assert client.get(reverse("exams_admin:picture", args=[picture.public_id])).status_code in (302, 403)
    client.logout()
    assert client.get(address).status_code == 302


# ── Who may ──


@pytest.mark.parametrize("name", ["item", "preview", "history", "usage"])
def test_the_pages_of_an_item_are_for_authors_only(client, name):
    address = reverse(f"exams_admin:{name}", args=[make.item("scenario").item_id])
    seen = []
    for user in (UserFactory(), member(registry.EDITOR), member(registry.BANK_AUTHOR), member(registry.EXAM_MANAGER)):
        client.force_login(user)
        seen.append(client.get(address).status_code)
    assert (seen[0] in (302, 403), seen[1] in (302, 403), seen[2:]) == (True, True, [200, 200])


def test_changes_to_many_are_for_authors_only(client):
    make.item("single")
    for user in (UserFactory(), member(registry.EDITOR)):
        client.force_login(user)
        page = client.post(
            reverse("exams_admin:bulk") + "?all=1", {"count": "1", "verb": "difficulty", "difficulty": "1"}
        )
        assert page.status_code in (302, 403)
    assert BulkChange.objects.count() == 0


def test_the_preview_with_the_key_shows_what_the_learner_reads_afterwards(client, author):
    version = make.item("scenario", explanation="保密的理由")
    address = reverse("exams_admin:preview", args=[version.item_id])
    assert "保密的理由" not in client.get(address).content.decode()
    page = client.get(address + "?key=1").content.decode()
    assert [word in page for word in ("保密的理由", "甲；丙", "还要通知谁？")] == [True, True, True]
