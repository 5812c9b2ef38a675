"""A case that was read with a doubt is mended on the spot: its questions stand in one field, as text."""

import pytest

from exams.importers.blocks import Block
from exams.importers.parts import CannotReadParts, from_text, to_text
from exams.models import Item, ItemVersion
from tests.exams.importers.documents import docx, paragraph, run
from tests.exams.test_imports_in_the_admin import mend_url, states, store, upload

pytestmark = pytest.mark.django_db
CASE = """一、案例分析题
1. 某企业签了信用承诺书，却没有按期整改，主管部门正在核实情况。
（1）应当先做什么？（ A ）
A. 核实情况
B. 直接公示
（2）还可以做什么？（单选题）
A. 不予理睬
B. 提醒整改
（3）承诺书应当公开。（判断题）
答案：对
"""


def opened(client, batch):
    form = client.get(mend_url(batch, 1)).context["form"]
    return {name: form.initial.get(name) or "" for name in form.fields} | {"do": "save"}


def document(text):
    return docx(*(paragraph(run(line)) for line in text.splitlines()))


@pytest.mark.parametrize("form", ["text", "docx"])
def test_a_case_with_a_missing_key_is_mended_with_its_questions_and_stored_whole(client, author, form):
    batch = upload(client, *((CASE,) if form == "text" else (document(CASE), "题库.docx")))
    assert (states(batch), batch.blocks.get().reasons) == ([("review", "new", "review")], ["part-for-review"])
    data = opened(client, batch)
    client.post(mend_url(batch, 1), data | {"parts": data["parts"].replace("提醒整改", "* 提醒整改")})
    assert states(batch) == [("accept", "new", "accept")]
    assert store(client, batch) == "stored"
    version = ItemVersion.objects.select_related("key").get()
    texts = {o["id"]: o["text"] for part in version.content["parts"] for o in part["content"].get("options", [])}
    keys = [version.key.answer["parts"][part["id"]]["right"] for part in version.content["parts"]]
    assert [[texts[pk] for pk in key] if isinstance(key, list) else key for key in keys] == [
        ["核实情况"],
        ["提醒整改"],
        True,
    ]
    assert [part["stem"] for part in version.content["parts"]] == [
        "应当先做什么？（ ）",
        "还可以做什么？",
        "承诺书应当公开。",
    ]


def test_what_cannot_be_read_is_told_by_question_and_kept_in_the_form(client, author):
    batch = upload(client, CASE)
    data = opened(client, batch)
    wrong = data["parts"].replace("判断题", "看图题")
    page = client.post(mend_url(batch, 1), data | {"parts": wrong})
    form = page.context["form"]
    assert form.errors == {
        "parts": [
            "第2题: 标出一个正确选项：在那一行前面加 *。",
            "第3题: 案例题的每个小题以 ## 和题型开头（单选题、多选题、判断题、填空题、排序题、简答题）。",
        ]
    }
    assert form["parts"].value() == wrong
    assert states(batch) == [("review", "new", "review")]


@pytest.mark.parametrize("text", ["", "没有题头的一行", "## 判断题\n只有一问。\n对"])
def test_a_case_needs_two_questions(client, author, text):
    batch = upload(client, CASE)
    page = client.post(mend_url(batch, 1), opened(client, batch) | {"parts": text})
    assert list(page.context["form"].errors) == ["parts"]
    assert not Item.objects.exists()


def test_the_page_says_which_question_is_in_doubt(client, author):
    batch = upload(client, CASE)
    page = client.get(mend_url(batch, 1))
    assert [reasons for _child, reasons in page.context["shown"].parts] == [[], ["没有答案。"], []]


def test_other_blocks_have_no_field_for_questions(client, author):
    batch = upload(client, "1. 承诺编码有几位？\nA.18位 B.20位\n")
    assert "parts" not in client.get(mend_url(batch, 1)).context["form"].fields


def test_mending_goes_back_to_what_was_read(client, author):
    batch = upload(client, CASE)
    read, data = batch.blocks.get().reading, opened(client, batch)
    client.post(mend_url(batch, 1), data | {"parts": data["parts"].replace("提醒整改", "* 提醒整改")})
    client.post(mend_url(batch, 1), {"do": "unmend"})
    assert (batch.blocks.get().reading, states(batch)) == (read, [("review", "new", "review")])


def test_shares_written_behind_the_types_are_stored(client, author):
    batch = upload(client, CASE)
    data = opened(client, batch)
    text = data["parts"].replace("提醒整改", "* 提醒整改").replace("## 判断题", "## 判断题 3")
    client.post(mend_url(batch, 1), data | {"parts": text})
    assert opened(client, batch)["parts"].count("## 判断题 3") == 1
    store(client, batch)
    assert [part["share"] for part in ItemVersion.objects.get().content["parts"]] == [1, 1, 3]


CHILDREN = (
    Block("single", "*哪一项\n是对的？", 1, (("A", "*甲"), ("B", "乙")), ["B"], explanation="因为乙。"),
    Block("multiple", "哪些对？", 2, (("A", "甲"), ("B", "#乙"), ("C", "丙")), ["A", "C"]),
    Block("true_false", "对吗？", 3, answer=False),
    Block("blank", "填____和____。", 4, answer=[["甲", "丙"], ["乙"]], any_order=True),
    Block("ordering", "排一排。", 5, (("A", "后"), ("B", "先")), ["先", "后"]),
    Block("short", "说一说。", 6, answer="## 要点一\n要点二"),
    Block("short", "写要点。", 7, answer="承诺；公示", keywords=(("承诺",), ("公示", "公开"))),
)


def test_questions_that_nobody_touched_stay_as_they_were():
    kept = from_text(to_text(CHILDREN), CHILDREN)
    assert [(c.stem, c.options, c.answer, c.keywords, c.explanation) for c in kept] == [
        (c.stem, c.options, c.answer, c.keywords, c.explanation) for c in CHILDREN
    ]
    assert {(c.status, c.reasons) for c in kept} == {("accept", ())}


def test_a_changed_question_means_what_its_lines_say():
    text = to_text(CHILDREN).replace("？", "呢？").replace("。", "吧。")
    changed = from_text(text, CHILDREN)
    assert [(c.type, c.answer) for c in changed] == [
        ("single", ["B"]),
        ("multiple", ["A", "C"]),
        ("true_false", False),
        ("blank", [["甲", "丙"], ["乙"]]),
        ("ordering", ["先", "后"]),
        ("short", "＃# 要点一\n要点二"),
        ("short", "承诺；公示"),
    ]
    assert changed[0].options == (("A", "＊甲"), ("B", "乙"))
    assert (changed[0].explanation, changed[3].any_order, changed[6].keywords) == (
        "因为乙。",
        True,
        (("承诺",), ("公示", "公开")),
    )


@pytest.mark.parametrize(
    ("child", "shown"),
    [
        (Block("ordering", "排一排。", 1, (("A", "后"), ("B", "先"))), "## 排序题\n排一排。"),
        (Block("true_false", "对吗？", 1), "## 判断题\n对吗？"),
        (Block("unknown", "哪一项？", 1, (("A", "甲"), ("B", "乙"))), "## ？\n哪一项？\n甲\n乙"),
        (Block("single", "", 1, (("A", "甲"), ("B", "乙")), ["A"]), "## 单选题\n？\n* 甲\n乙"),
    ],
)
def test_what_was_not_read_is_left_for_a_person_and_refused_until_then(child, shown):
    assert to_text([child]) == shown
    with pytest.raises(CannotReadParts):
        from_text(shown, [child])
