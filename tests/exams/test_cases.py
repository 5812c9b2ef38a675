"""A case with several questions (案例): written, sat, marked and shown as one question of a paper."""

from decimal import Decimal

import pytest
from django.urls import reverse

from exams import actions, queries
from exams.grading import mark, model_answer, part_marks, weighted
from exams.importers.lines import from_lines, keep_ids, to_lines
from exams.importers.plain import CannotBuild, build
from exams.models import Attempt, ItemVersion, Response
from tests.factories import exams as make

LINES = """## 单选题 2
先做什么？
* 核实
公示

## 填空题 1
期限为____日，由____批准。
# 不分次序
三 | 3
科长

## 简答题 3
说明理由。
# 人工评分 200
说到依据
说到期限"""


def test_what_an_author_types_comes_back_as_typed():
    built = from_lines("scenario", LINES)
    assert to_lines("scenario", built.content, built.answer) == LINES
    kinds = [(p["type"], p["share"], p["stem"]) for p in built.content["parts"]]
    assert kinds == [
        ("single", 2, "先做什么？"),
        ("blank", 1, "期限为____日，由____批准。"),
        ("short", 3, "说明理由。"),
    ]
    assert built.content["by_hand"] is True
    blank = built.answer["parts"][built.content["parts"][1]["id"]]
    assert blank == {"type": "blank", "share": 1, "blanks": [["三", "3"], ["科长"]], "any_order": True}


def test_the_content_says_nothing_of_the_key():
    built = from_lines("scenario", LINES)
    text = str(built.content)
    assert [word for word in ("right", "科长", "说到依据", "any_order", "rubric") if word in text] == []


def test_typing_the_same_again_keeps_every_id():
    built = from_lines("scenario", LINES)
    assert keep_ids(from_lines("scenario", LINES), built.content) == built


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("## 单选题\n问\n* 甲\n乙", "a case has two to twelve questions"),
        ("问\n## 单选题\n问\n* 甲\n乙", "begin each question of a case with ## and its type"),
        ("## 连线题\n问\n甲 = 乙\n## 判断题\n问\n对", "begin each question of a case with ## and its type"),
        ("## 判断题 0\n问\n对\n## 判断题\n问\n对", "each question of a case has a wording and a share of 1 to 100"),
        ("## 判断题\n## 判断题\n问\n对", "say whether it is true or false"),
        ("## 单选题\n问\n甲\n乙\n## 判断题\n问\n对", "mark the right option"),
        ("## 简答题\n问\n# 人工评分\n## 判断题\n问\n对", "say what an answer is marked by"),
        ("\n".join(["## 简答题\n问\n词"] * 6), "a case has at most five short answers"),
    ],
)
def test_what_is_no_case_is_refused_with_the_reason(lines, reason):
    with pytest.raises(CannotBuild, match=f"^{reason}$"):
        from_lines("scenario", lines)


def test_a_case_earns_the_mean_of_its_parts_by_their_shares():
    built = build("scenario", *make.PLAIN["scenario"])
    one, several, blank = (part["id"] for part in built.content["parts"])
    key = built.answer
    right = {one: key["parts"][one]["right"][0], several: key["parts"][several]["right"], blank: ["3"]}
    assert mark("scenario", key, right, partial=False) == 1
    assert mark("scenario", key, {one: right[one]}, partial=False) == Decimal("0.25")
    assert mark("scenario", key, {several: right[several][:1]}, partial=True) == Decimal("0.25")
    assert mark("scenario", key, {several: right[several][:1]}, partial=False) == 0
    assert [mark("scenario", key, junk, partial=True) for junk in (None, "x", [], {"zz": "x"}, {one: {"a": "b"}})] == [
        0
    ] * 5


def test_a_part_that_a_person_marks_is_missing_until_it_is_marked():
    built = from_lines("scenario", LINES)
    one, blank, short = (part["id"] for part in built.content["parts"])
    value = {one: built.answer["parts"][one]["right"][0], blank: ["科长", "三"], short: "依据第一条"}
    marks = part_marks(built.answer, value, partial=False)
    assert marks == {one: 1, blank: 1, short: None}
    assert weighted(built.answer, marks) is None
    assert weighted(built.answer, marks | {short: Decimal("0.5")}) == Decimal("0.75")
    assert part_marks(built.answer, {}, partial=False) == {one: 0, blank: 0, short: 0}


@pytest.fixture
def sitting(db, client):
    entry = make.seat(
        "exam", the_paper=make.paper("exam", fixed=[make.item("scenario").item, make.item("single").item])
    )
    client.force_login(entry.enrolment.user)
    return actions.start_attempt(entry=entry)


def answered(attempt):
    version = ItemVersion.objects.select_related("item", "key").get(pk=attempt.drawn[0][0])
    return version, model_answer(version)


def fields(attempt, value):
    """The plain form's fields for the case."""
    case = queries.questions_of(attempt, {})[0]
    one, several, blank = case.parts
    data = {"epoch": "1", "token": queries.pen_token(attempt.public_id, 1)}
    return data | {one.name: value[one.id], several.name: value[several.id], f"{blank.name}_1": value[blank.id][0]}


def test_a_learner_sits_a_case_by_the_plain_form_and_reads_each_part_afterwards(client, sitting):
    _version, value = answered(sitting)
    page = reverse("exams:attempt", args=[sitting.public_id])
    client.post(page, fields(sitting, value))
    assert queries.answers_of(sitting) == {1: value}
    html = client.get(page).content.decode()
    assert html.count(" checked") == 1 + len(value[queries.questions_of(sitting, {})[0].parts[1].id])
    actions.submit_attempt(by=sitting.enrolment.user, attempt_id=sitting.public_id)
    sitting.refresh_from_db()
    review = queries.result_of(sitting)
    assert [Decimal(m) for m in sitting.scores.get().marks] == [1, 0]
    Attempt.objects.filter(pk=sitting.pk).update(passed=True)
    sitting.refresh_from_db()
    review = queries.result_of(sitting).reviews[0]
    assert [(part.given, part.right, part.is_right) for part in review.parts] == [
        ("核实", "核实", True),
        ("甲；丙", "甲；丙", True),
        ("三", "三 / 3", True),
    ]
    result = client.get(reverse("exams:result", args=[sitting.public_id])).content.decode()
    assert "还要通知谁？" in result


def test_a_half_answered_case_counts_as_open_and_is_named_before_handing_in(client, sitting):
    version, value = answered(sitting)
    first = version.content["parts"][0]["id"]
    data = fields(sitting, value | {version.content["parts"][2]["id"]: [""]})
    client.post(
        reverse("exams:attempt", args=[sitting.public_id]),
        {k: v for k, v in data.items() if first in k or "_" not in k},
    )
    assert queries.answers_of(sitting) == {1: {first: value[first]}}
    page = client.get(reverse("exams:submit", args=[sitting.public_id]))
    assert page.context["unanswered"] == [1, 2]


def test_a_case_of_the_largest_size_is_stored_by_the_script_and_the_form_alike(sitting):
    version, _value = answered(sitting)
    long = {part["id"]: "长" * 1500 for part in version.content["parts"]}
    user = sitting.enrolment.user
    for value in (long, {"a": ["甲", "乙"], "b": True}):
        saved = actions.save_responses(
            by=user,
            attempt_id=sitting.public_id,
            epoch=1,
            answers=[actions.Answer(Response.objects.count() + 1, 1, value)],
        )
        assert len(saved.accepted) == 1


def test_a_drill_asks_no_question_that_a_person_has_to_mark(db):
    hand = {"by_hand": True, "rubric": "说到依据"}
    parts = [*make.PLAIN["scenario"][1], {"type": "short", "stem": "为什么？", "answer": hand, "share": 1}]
    make.item("short", answer=hand)
    make.item("scenario", answer=parts)
    asked = {make.item("short").pk, make.item("scenario").pk, make.item("single").pk}
    paper = make.paper("drill", sections=[{"bank": make.bank(), "count": 1}])
    assert set(queries.drill_pool(paper)) == asked
