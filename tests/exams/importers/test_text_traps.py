"""Small traps, each for one convention that invites a wrong reading."""

import pytest

from exams.importers import read
from exams.importers.blocks import ACCEPT, REVIEW, Block
from exams.importers.text import read_text

OPTIONS = "A. 守约\nB. 违约\nC. 欺诈\nD. 推诿\n"


def one(text: str) -> Block:
    blocks = read_text(text)
    assert len(blocks) == 1, blocks
    return blocks[0]


@pytest.mark.parametrize(
    ("key", "letters"),
    [
        ("答案：A", "A"),
        ("答案：Ａ　Ｃ", "AC"),
        ("正确答案：ABCD", "ABCD"),
        ("参考答案：A, B, C", "ABC"),
        ("【答案】B", "B"),
        ("【答案】:D", "D"),
        ("［答案］C", "C"),
        ("我的答案:B正确答案:C", "C"),
        ("正确答案: C 学生答案: A 得分: 0", "C"),
        ("答案：A、C", "AC"),
        ("答案：A C D", "ACD"),
        ("答案：abd", "ABD"),
        ("答案：D. 推诿", "D"),
        ("答案：A、守约；C、欺诈", "AC"),
        ("答案：守约", "A"),
        ("答案：D。推卸责任不可取。", "D"),
        ("答案：选B", "B"),
        ("故选B。", "B"),
        ("答案\nC", "C"),
        ("標準答案：B", "B"),
    ],
)
def test_a_key_is_understood(key: str, letters: str) -> None:
    block = one(f"1. 下列属于守信的是（ ）\n{OPTIONS}{key}")
    assert (block.status, block.answer) == (ACCEPT, list(letters))
    assert block.type == ("single" if len(letters) == 1 else "multiple")


@pytest.mark.parametrize(
    "key",
    [
        "答案：E",
        "答案：ABC3",
        "答案：A 3",
        "答案：A或B",
        "答案：A/B",
        "答案：除A外都对",
        "答案：非A",
        "答案：A（原答案B）",
        "答案：A～C",
        "答案：ABC中的B",
        "答案：以上都是",
        "答案：AAB",
        "答案：Ab",
        "答案：A、\nC",
        "答案：A B两项都对",
        "答案：B. 守约",
        "答案：A、守约；C、推诿",
        "答案：略",
        "答案：√",
        "答案：A\n答案：B",
        "解析：综合来看选B",
        "",
    ],
)
def test_a_key_that_may_be_read_in_two_ways_is_for_review(key: str) -> None:
    block = one(f"1. 下列属于守信的是（ ）\n{OPTIONS}{key}")
    assert block.status == REVIEW
    assert block.reasons


@pytest.mark.parametrize(
    ("mark", "value"),
    [(m, True) for m in ("√", "✓", "✔", "对", "正确", "是", "T", "true", "True", "（正确）", "正確", "對")]
    + [
        (m, False)
        for m in ("×", "✗", "❌", "错", "错误", "否", "F", "false", "x", "（错误）", "錯誤", "不正确", "不对")
    ],
)
def test_every_mark_of_right_and_wrong_is_known(mark: str, value: bool) -> None:
    block = one(f"判断题\n1. 守信光荣。\n答案：{mark}")
    assert (block.status, block.type, block.answer, block.options) == (ACCEPT, "true_false", value, ())


@pytest.mark.parametrize("mark", ["A", "1", "2", "0", "对错参半", "V"])
def test_marks_that_need_a_convention_are_for_review(mark: str) -> None:
    assert one(f"判断题\n1. 守信光荣。\n答案：{mark}").status == REVIEW


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("1.", "1"),
        ("1、", "1"),
        ("１．", "1"),
        ("⒈", "1"),
        ("⑴", "1"),
        ("(1)", "1"),
        ("（1）", "1"),
        ("题目1：", "1"),
        ("### 3\n", "3"),
        ("## **Q001**\n", "1"),
        ("\\3. ", "3"),
        ("第1题 ", "1"),
        ("第十二题：", "12"),
        ("**1.** ", "1"),
        ("Question 1: ", "1"),
        ("单选题1：", "1"),
        ("[单选题] 1. ", "1"),
        ("01. ", "1"),
    ],
)
def test_every_form_of_number_is_taken_off(number: str, value: str) -> None:
    block = one(f"{number}下列属于守信的是（ ）\n{OPTIONS}答案：A")
    assert (block.status, block.stem, block.number) == (ACCEPT, "下列属于守信的是（ ）", value)


@pytest.mark.parametrize(
    "tag",
    [
        "[单选题]",
        "【单选题】",
        "（单选题）",
        "(单选题, 1.0 分)",
        "[單選題]",
        "（单选）",
        "(2分)",
        "[5分]",
        "（本题2分）",
    ],
)
@pytest.mark.parametrize("place", ["before", "after"])
def test_tags_are_taken_off_before_and_after_the_stem(tag: str, place: str) -> None:
    stem = "下列属于守信的是（ ）"
    written = tag + stem if place == "before" else stem + tag
    block = one(f"1. {written}\n{OPTIONS}答案：A")
    assert (block.status, block.type, block.stem) == (ACCEPT, "single", stem)


def test_up_to_twenty_six_options_are_read() -> None:
    options = "\n".join(f"{chr(65 + n)}. 第{n + 1}项承诺" for n in range(26))
    block = one(f"1. 守信的是（ ）\n{options}\n答案：Z")
    assert (block.status, len(block.options), block.answer) == (ACCEPT, 26, ["Z"])


def test_radicals_are_repaired_and_the_rest_is_kept_as_written() -> None:
    block = one("1. ⻓期守信的⺠企应当（ ）\nA. ⻛险自担\nB. ２倍奖励\n答案：B")
    assert block.stem == "长期守信的民企应当（ ）"
    assert [text for _, text in block.options] == ["风险自担", "２倍奖励"]


def test_instructions_are_rejected_and_never_lost() -> None:
    text = "说明\n1. 请将答案写在答题卡上\n2. 考试时间60分钟\n一、判断题\n1. 守信光荣。（√）"
    assert [(block.status, block.line) for block in read_text(text)] == [("reject", 2), ("reject", 3), ("accept", 5)]


def test_numbers_that_stand_twice_make_both_doubtful() -> None:
    text = f"1. 甲题守信（ ）\n{OPTIONS}答案：A\n2. 乙题守信（ ）\n{OPTIONS}答案：A\n2. 丙题守信（ ）\n{OPTIONS}答案：B"
    assert [block.status for block in read_text(text)] == ["accept", "review", "review"]


def test_a_key_in_the_stem_against_a_key_list_is_for_review() -> None:
    text = f"1. 守信是（A）\n{OPTIONS}2. 失信是（B）\n{OPTIONS}参考答案\n1.A 2.C"
    assert [(block.status, block.answer) for block in read_text(text)] == [("accept", ["A"]), ("review", None)]


def test_line_numbers_are_those_of_the_source() -> None:
    text = f"\n\n标题\r\n\r\n1. 守信（ ）\n{OPTIONS}答案：A\n\n2. 失信（ ）\n{OPTIONS}答案：B"
    assert [(block.line, block.line_end) for block in read_text(text)[1:]] == [(5, 10), (12, 17)]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("答案：A（有争议）", REVIEW),
        ("答案：A（存疑）", REVIEW),
        ("我的答案：B得分： 0.0分正确答案：A", ACCEPT),
        ("正确答案: A:守约;\n0分", ACCEPT),
        ("✅ 正确答案：A\n❌ 你的答案：B\n🔍 解析：守约即守信。", ACCEPT),
        ("正确选项：A", ACCEPT),
        ("（答案：A）", ACCEPT),
    ],
)
def test_what_surrounds_a_key_is_told_from_it(text: str, status: str) -> None:
    block = one(f"1. 下列属于守信的是（ ）\n{OPTIONS}{text}")
    assert (block.status, block.answer, block.options[-1]) == (status, ["A"], ("D", "推诿"))


@pytest.mark.parametrize(
    ("stem", "status"),
    [
        ("记满（C）分的，应当（ ）", REVIEW),  # the key stands open in the stem
        ("根据上述材料，该公司（ ）", REVIEW),
        ("如图所示，该公司（ ）", REVIEW),
        ("申请信用修复应提交下列材料中的（ ）", ACCEPT),
        ("以上题目以外的说法（ ）", ACCEPT),
    ],
)
def test_a_stem_that_shows_the_key_or_needs_another_text_is_for_review(stem: str, status: str) -> None:
    assert read_checked(f"1. {stem}\n{OPTIONS}答案：C") == [(status, ["C"])]


def read_checked(text: str) -> list[tuple[str, object]]:
    return [(block.status, block.answer) for block in read(text.encode(), format="text")]


def test_one_list_of_letters_below_several_questions_is_for_review() -> None:
    text = f"1. 甲题守信（ ）\n{OPTIONS}2. 乙题失信（ ）\n{OPTIONS}答案：AC"
    assert [block.status for block in read_text(text)] == [REVIEW, REVIEW]


@pytest.mark.parametrize("key", ["好或坏", "好或者坏", "好（存疑）", "好/坏"])
def test_a_filling_that_names_alternatives_in_its_own_way_is_for_review(key: str) -> None:
    assert one(f"填空题\n1. 守信____。\n答案：{key}").status == REVIEW


def test_numbers_with_a_chapter_are_taken_off_where_they_count_on() -> None:
    text = f"1.1下列守信的是（ ）\n{OPTIONS}答案：A\n1.2下列失信的是（ ）\n{OPTIONS}答案：B"
    assert [(b.status, b.stem) for b in read_text(text)] == [
        (ACCEPT, "下列守信的是（ ）"),
        (ACCEPT, "下列失信的是（ ）"),
    ]


def test_a_question_with_its_tag_behind_is_no_section_head() -> None:
    text = "1.承诺书应包含哪些内容（多选题） *\nA.甲事\nB.乙事\nC.丙事\n答案：AB"
    assert [(b.status, b.stem, b.answer) for b in read_text(text)] == [(ACCEPT, "承诺书应包含哪些内容", ["A", "B"])]


@pytest.mark.parametrize("head", ["（一）", "", "案例一：", "【案例】"])
def test_questions_keep_the_text_of_their_case(head: str) -> None:
    text = f"案例分析题\n{head}某公司承诺后没有履行。\n1. 该公司（ ）\n{OPTIONS}答案：B\n2. 应当（ ）\n{OPTIONS}答案：A"
    (case,) = read_text(text)
    assert (case.type, case.status, [child.answer for child in case.children]) == ("scenario", ACCEPT, [["B"], ["A"]])


def test_a_text_between_questions_sends_those_that_need_it_to_a_person() -> None:
    text = f"1. 甲题守信（ ）\n{OPTIONS}答案：A\n材料：某公司没有履约。\n2. 该公司（ ）\n{OPTIONS}答案：B\n"
    text += f"3. 本案中应当（ ）\n{OPTIONS}答案：A\n4. 丁题守信（ ）\n{OPTIONS}答案：A"
    assert [block.status for block in read_text(text)] == [ACCEPT, REVIEW, REVIEW, REVIEW, ACCEPT]


def test_the_left_side_of_a_pair_is_what_the_key_names_first() -> None:
    text = "匹配题\n1. 将左侧与右侧对应\nA. 守信\nB. 失信\n1. 激励\n2. 惩戒\n答案：A-1，B-2"
    assert one(text).answer == [["守信", "激励"], ["失信", "惩戒"]]


def test_an_addition_with_a_tab_inside_is_read() -> None:
    assert one(f"1. 下列属于守信的是（ ）\n{OPTIONS}答案：A\n难度：易\t章节：一").status == ACCEPT


def test_a_question_after_a_list_of_keys_is_not_lost() -> None:
    text = f"1. 甲题守信（ ）\n{OPTIONS}2. 乙题失信（ ）\n{OPTIONS}参考答案：1.B 2.A\n1. 丙题守约（ ）\n{OPTIONS}"
    assert [(b.status, b.answer) for b in read_text(text)] == [(ACCEPT, ["B"]), (ACCEPT, ["A"]), (REVIEW, None)]


@pytest.mark.parametrize("stem", ["下列说法&nbsp;正确的是（ ）", "<p>下列说法正确的是（ ）"])
def test_code_of_a_web_page_inside_is_for_review(stem: str) -> None:
    assert read_checked(f"1. {stem}\n{OPTIONS}答案：C") == [(REVIEW, ["C"])]
