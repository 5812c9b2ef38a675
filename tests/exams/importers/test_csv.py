"""Tables of questions as people write them: columns in any order, keys in any dress, doubt instead of a guess."""

import pytest

from exams.importers.blocks import Unreadable
from exams.importers.csv_reader import read_csv


def told(blocks):
    """Type, stem, options, key and reasons of every block; an accepted one has no reasons."""
    return [(b.type, b.stem, "".join(f"{x}:{t} " for x, t in b.options).strip(), b.answer, b.reasons) for b in blocks]


def read(*lines):
    return told(read_csv("\n".join(lines).encode()))


FOUR = "A:甲 B:乙 C:丙 D:丁"
HEAD = "题型,题干,选项A,选项B,选项C,选项D,答案"


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.replace(",", "\t").encode("utf-8"),
        lambda text: text.replace(",", ";").encode("utf-8"),
        lambda text: text.replace("\n", "\r\n").encode("gb18030"),
        lambda text: ("sep=,\n" + text).encode(),
    ],
)
def test_every_encoding_and_delimiter_that_excel_writes(encode):
    blocks = read_csv(encode(f"{HEAD}\n单选题,诚信的“信”指什么？,甲,乙,丙,丁,B\n"))
    assert told(blocks) == [("single", "诚信的“信”指什么？", FOUR, ["B"], ())]


def test_a_quoted_cell_may_hold_lines_and_the_line_of_the_file_is_told():
    blocks = read_csv(f'{HEAD}\n单选题,"第一行\n第二行",甲,乙,丙,丁,B\n判断题,后面,,,,,对\n'.encode())
    assert [(b.stem, b.line, b.line_end) for b in blocks] == [("第一行\n第二行", 2, 3), ("后面", 4, 4)]


def test_columns_are_found_by_name_in_any_order_below_title_rows():
    assert read(
        "某市诚信题库,,,,",
        "填表说明：不要改列名,,,,",
        "正确答案,备选项B,备选项A,题目内容（必填）,题目类型",
        "A,乙,甲,哪个？,单选",
    ) == [("single", "哪个？", "A:甲 B:乙", ["A"], ())]


@pytest.mark.parametrize(
    ("key", "letters"),
    [
        ("A", ["A"]),
        ("ab", ["A", "B"]),
        ("ＡＢ", ["A", "B"]),
        ("D、B、A", ["A", "B", "D"]),
        ("A|C", ["A", "C"]),
        ('"A,C"', ["A", "C"]),
        ("A C", ["A", "C"]),
        ("（B）", ["B"]),
        ("【AD】", ["A", "D"]),
        ("答案：C", ["C"]),
        ("正确答案：ABCD", ["A", "B", "C", "D"]),
        ("C. 丙", ["C"]),
        ("丙", ["C"]),
        ("甲；丁", ["A", "D"]),
        ('"[""A"",""B""]"', ["A", "B"]),
    ],
)
def test_a_key_may_be_dressed_in_many_ways(key, letters):
    kind = "single" if len(letters) == 1 else "multiple"
    assert read(HEAD, f"选择题,哪个？,甲,乙,丙,丁,{key}") == [(kind, "哪个？", FOUR, letters, ())]


@pytest.mark.parametrize(
    ("kind", "key", "answer", "reasons"),
    [
        ("单选题", "E", ["E"], ("key-outside-options: E",)),
        ("单选题", "", None, ("key-missing",)),
        ("单选题", "AB", ["A", "B"], ("single-with-several-letters: AB",)),
        ("多选题", "A", ["A"], ("multiple-with-one-letter: A",)),
        ("多选题", "AAB", ["A", "A", "B"], ("key-letter-twice: A,A,B",)),
        ("单选题", "2", None, ("key-with-digit: 2", "key-missing")),
        ("单选题", "戊", None, ("key-unclear: 戊", "key-missing")),
        ("单选题", "A. 乙", ["A"], ("keys-differ: A. 乙",)),
        ("看图题", "A", ["A"], ("type-unknown: 看图题",)),
    ],
)
def test_a_key_that_proves_nothing_is_for_review(kind, key, answer, reasons):
    of_type = "multiple" if kind == "多选题" else "single"
    assert read(HEAD, f"{kind},哪个？,甲,乙,丙,丁,{key}") == [(of_type, "哪个？", FOUR, answer, reasons)]


def test_a_key_that_is_a_letter_and_the_text_of_another_option_is_doubted():
    assert read(HEAD, "单选题,哪个型？,B,A,AB,O,A") == [
        ("single", "哪个型？", "A:B B:A C:AB D:O", ["A"], ("ambiguous-key: A",))
    ]


def test_one_right_option_is_enough_where_their_number_is_open():
    assert read(HEAD, "不定项选择题,哪个？,甲,乙,丙,丁,A") == [("multiple", "哪个？", FOUR, ["A"], ())]


@pytest.mark.parametrize(
    ("key", "truth"),
    [(word, True) for word in ("对", "正确", "√", "✔", "是", "T", "true", "TRUE", "Y", "1", "（√）", "答案：对")]
    + [(word, False) for word in ("错", "错误", "×", "❌", "否", "F", "false", "x", "0", "不正确")],
)
def test_judgements_of_every_kind(key, truth):
    assert read(HEAD, f"判断题,守信是美德。,,,,,{key}") == [("true_false", "守信是美德。", "", truth, ())]


def test_a_judgement_by_letter_counts_only_through_its_options():
    assert read(
        HEAD,
        "判断题,一,正确,错误,,,B",
        "判断题,二,错误,正确,,,B",
        "判断题,三,A.对,B.错,,,A",
        "判断题,四,,,,,A",
        "判断题,五,甲,乙,,,A",
        ",六,对,错,,,错",
    ) == [
        ("true_false", "一", "", False, ()),
        ("true_false", "二", "", True, ()),
        ("true_false", "三", "", True, ()),
        ("true_false", "四", "", None, ("judgement-letter: A", "key-missing")),
        (
            "true_false",
            "五",
            "A:甲 B:乙",
            None,
            ("judgement-letter: A", "key-missing", "judgement-with-options: 甲 / 乙"),
        ),
        ("true_false", "六", "", False, ()),
    ]


def test_one_and_two_as_judgements_need_a_word_of_explanation():
    plain = read("题型,题干,答案", "判断题,一,1", "判断题,二,2")
    assert [(answer, reasons) for *_, answer, reasons in plain] == [
        (True, ("judgement-number: 1",)),
        (None, ("judgement-number: 2", "key-missing")),
    ]
    told = read("题型,题干,答案（1对 2错）", "判断题,一,1", "判断题,二,2")
    assert [(answer, reasons) for *_, answer, reasons in told] == [(True, ()), (False, ())]


def test_options_x_and_y_are_no_judgement():
    assert read("题干,选项A,选项B,答案", "哪个变量？,x,y,B") == [("single", "哪个变量？", "A:x B:y", ["B"], ())]


def test_numbers_for_types_are_read_where_the_header_explains_them():
    head = "问题,题型（0单选，1判断，2多选）,选项A,选项B,选项C,答案"
    assert read(head, "一,0,甲,乙,丙,A", "二,1,,,,对", "三,2,甲,乙,丙,AC") == [
        ("single", "一", "A:甲 B:乙 C:丙", ["A"], ()),
        ("true_false", "二", "", True, ()),
        ("multiple", "三", "A:甲 B:乙 C:丙", ["A", "C"], ()),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "甲|乙|丙|丁",
        "甲$;$乙$;$丙$;$丁",
        "A.甲 B.乙 C.丙 D.丁",
        '"A、甲\nB、乙\nC、丙\nD、丁"',
        "A:甲|B:乙|C:丙|D:丁",
        "甲；乙；丙；丁",
        '"[""甲"",""乙"",""丙"",""丁""]"',
    ],
)
def test_options_may_share_one_cell(cell):
    assert read("题型,题干,选项,答案", f"单选题,哪个？,{cell},D") == [("single", "哪个？", FOUR, ["D"], ())]


def test_options_may_stand_below_the_stem():
    assert read("题型,题干,答案", '单选题,"哪个？\nA．甲\nB．乙\nC．丙\nD．丁",D') == [
        ("single", "哪个？", FOUR, ["D"], ())
    ]


def test_ten_and_more_options_and_flags_of_their_own():
    letters = "ABCDEFGHIJKL"
    head = ",".join(["题型", "题干", *(f"选项{x}" for x in letters), "答案"])
    row = ",".join(["多选题", "哪些？", *(f"第{x}" for x in letters), "AL"])
    assert read(head, row) == [("multiple", "哪些？", " ".join(f"{x}:第{x}" for x in letters), ["A", "L"], ())]
    assert read("content,option1,option2,option3,isCorrect1,isCorrect2,isCorrect3", "Which?,a,b,c,false,true,true") == [
        ("multiple", "Which?", "A:a B:b C:c", ["B", "C"], ())
    ]


def test_a_number_names_an_option_where_the_columns_are_numbered():
    assert read("题型,题干,选项1,选项2,选项3,答案", "单选题,哪个？,甲,乙,丙,3") == [
        ("single", "哪个？", "A:甲 B:乙 C:丙", ["C"], ())
    ]


@pytest.mark.parametrize(
    ("options", "reasons"),
    [
        ("甲,,丙,丁", ("option-empty: B",)),
        ("甲,乙,甲,丁", ("options-alike: A=C",)),
        ("甲,,,", ("too-few-options",)),
        (",,,", ("choice-without-options",)),
    ],
)
def test_options_that_cannot_be_right(options, reasons):
    assert [reason for *_, reason in read(HEAD, f"单选题,哪个？,{options},A")] == [reasons]


@pytest.mark.parametrize(
    ("stem", "key", "answer", "reasons"),
    [
        ("首都是____。", "北京", [["北京"]], ()),
        ("首都是（ ）。", "北京;北京市", [["北京", "北京市"]], ()),
        ("诚信包括____和____。", "诚实|守信", [["诚实"], ["守信"]], ()),
        ("诚信包括____和____。", "诚实;真诚|守信", [["诚实", "真诚"], ["守信"]], ()),
        ("诚信包括____和____。", "诚实；守信", [["诚实"], ["守信"]], ()),
        ("诚信包括____和____。", '"诚实,守信"', [["诚实"], ["守信"]], ()),
        ("诚信包括____和____。", "(1)诚实 (2)守信", [["诚实"], ["守信"]], ()),
        ("诚信包括____和____。", "①诚实②守信", [["诚实"], ["守信"]], ()),
        ("诚信包括____和____。", "（诚实）（守信）", [["诚实"], ["守信"]], ()),
        ("诚信包括____和____。", "诚实||守信", [["诚实"], ["守信"]], ()),
        ("三色是____。", "红、黄、蓝", [["红、黄、蓝"]], ()),
        ("诚信包括____和____。", "诚实", [["诚实"]], ("blank-count: 1 answers, 2 gaps",)),
        ("首都是____。", "北京|上海", [["北京"], ["上海"]], ("blank-count: 2 answers, 1 gaps",)),
        ("首都是____。", "北京或北京市", [["北京或北京市"]], ("key-alternatives-unclear: 北京或北京市",)),
        ("首都是____。", "", [], ("key-missing",)),
    ],
)
def test_fillings(stem, key, answer, reasons):
    assert read("题型,题干,答案", f"填空题,{stem},{key}") == [("blank", stem, "", answer, reasons)]


def test_matching_ordering_short_answers_and_ratings():
    assert read(
        "题型,题干,选项A,选项B,选项C,答案",
        "连线题,连一连,,,,甲-1;乙-2",
        "排序题,排一排,先,后,中,ACB",
        "排序题,排一排,,,,先→中→后",
        "简答题,何为诚信？,,,,诚实守信。",
        "名词解释,诚信,,,,",
        "问卷题,您满意吗？,满意,一般,不满意,",
        "问卷题,您满意吗？,满意,一般,不满意,A",
    ) == [
        ("matching", "连一连", "", [["甲", "1"], ["乙", "2"]], ()),
        ("ordering", "排一排", "A:先 B:后 C:中", ["先", "中", "后"], ()),
        ("ordering", "排一排", "", ["先", "中", "后"], ()),
        ("short", "何为诚信？", "", "诚实守信。", ()),
        ("short", "诚信", "", None, ("key-missing",)),
        ("survey", "您满意吗？", "A:满意 B:一般 C:不满意", None, ()),
        ("survey", "您满意吗？", "A:满意 B:一般 C:不满意", "A", ("survey-with-key",)),
    ]


def test_number_tags_and_key_come_out_of_the_stem():
    assert read(
        HEAD,
        "单选题,1. 2021年发布的是（ B ）？,甲,乙,丙,丁,B",
        "多选题,（3）[多选题] 哪些？（2分）,甲,乙,丙,丁,AB",
        "单选题,1.5 米是多少？,甲,乙,丙,丁,A",
        "单选题,题目2：哪个（A）？,甲,乙,丙,丁,B",
        "单选题,【多选题】哪个？,甲,乙,丙,丁,B",
        "单选题,哪个（C）？,甲,乙,丙,丁,",
    ) == [
        ("single", "2021年发布的是（ ）？", FOUR, ["B"], ()),
        ("multiple", "哪些？", FOUR, ["A", "B"], ()),
        ("single", "1.5 米是多少？", FOUR, ["A"], ()),
        ("single", "哪个（A）？", FOUR, ["B"], ("keys-differ: B / A",)),
        ("single", "哪个？", FOUR, ["B"], ("type-tags-differ: single multiple",)),
        ("single", "哪个（ ）？", FOUR, ["C"], ("key-in-stem: C",)),
    ]


def test_a_learners_own_answer_is_not_the_key_and_two_keys_must_agree():
    head = "题型,题干,选项A,选项B,我的答案,正确答案,标准答案"
    assert read(head, "单选题,一,甲,乙,A,B,B", "单选题,二,甲,乙,A,B,A", "单选题,三,甲,乙,A,,") == [
        ("single", "一", "A:甲 B:乙", ["B"], ()),
        ("single", "二", "A:甲 B:乙", ["B"], ("keys-differ: B / A",)),
        ("single", "三", "A:甲 B:乙", None, ("key-missing",)),
    ]


def test_headings_between_rows_give_the_type_and_headers_may_change():
    assert read(
        "一、单选题（每题2分，共4分）,,,",
        "题干,选项A,选项B,答案",
        "一问,甲,乙,A",
        "二、判断题,,,",
        "题目,答案,,",
        "二问,对,,",
        "本部分共两题,,,",
    ) == [
        ("single", "一问", "A:甲 B:乙", ["A"], ()),
        ("true_false", "二问", "", True, ()),
        ("true_false", "本部分共两题", "", None, ("not-a-question",)),
    ]


def test_rows_that_share_a_case_become_one_scenario():
    blocks = read_csv(
        "材料,题型,题干,选项A,选项B,答案\n某店违约。,单选题,谁？,甲,乙,A\n某店违约。,判断题,对吗？,,,错\n".encode()
    )
    assert told(blocks) == [("scenario", "某店违约。", "", None, ())]
    assert told(blocks[0].children) == [
        ("single", "谁？", "A:甲 B:乙", ["A"], ()),
        ("true_false", "对吗？", "", False, ()),
    ]
    doubted = read_csv("材料,题型,题干,答案\n某店违约。,判断题,对吗？,\n".encode())
    assert told(doubted) == [("scenario", "某店违约。", "", None, ("sub-items",))]


def test_the_fields_around_a_question():
    block = read_csv(
        "试题编号,题型,题干,答案,答案解析,分值,难易程度,知识点,所属章节,来源,适用对象,语言\n"
        "Q-7,判断题,守信光荣。,对,见第三条。,2.0,较难,合同；信用修复,第二章,某文〔2024〕3号,公务员,zh\n".encode()
    )[0]
    assert (block.number, block.explanation, block.score, block.difficulty) == ("Q-7", "见第三条。", "2", 4)
    assert (block.points, block.chapter, block.source) == (("合同", "信用修复"), "第二章", "某文〔2024〕3号")
    assert (block.audience, block.language, block.raw.split("\t")[0]) == ("公务员", "zh", "Q-7")


@pytest.mark.parametrize(
    ("word", "degree"),
    [
        ("易", 1),
        ("较易", 2),
        ("中等", 3),
        ("较难", 4),
        ("难", 5),
        ("4", 4),
        ("0.9", 1),
        ("0.5", 3),
        ("0.1", 5),
        ("?", None),
    ],
)
def test_degrees_of_difficulty(word, degree):
    assert read_csv(f"题型,题干,答案,难度\n判断题,守信光荣。,对,{word}\n".encode())[0].difficulty == degree


def test_a_quote_that_never_closes_does_not_swallow_the_rest():
    lines = [HEAD, '单选题,"坏行,甲,乙,丙,丁,A', "单选题,好行,甲,乙,丙,丁,B", '单选题,"两\n行",甲,乙,丙,丁,C']
    assert [(stem, answer, reasons) for _, stem, _, answer, reasons in read(*lines)] == [
        ('"坏行', ["A"], ('open-quote: B "坏行',)),
        ("好行", ["B"], ()),
        ("两\n行", ["C"], ()),
    ]


def test_an_unquoted_comma_moves_the_cells_and_is_noticed():
    assert read(HEAD, "多选题,哪些？,甲,乙,丙,丁,A,B") == [
        ("multiple", "哪些？", FOUR, ["A"], ("extra-cells", "multiple-with-one-letter: A"))
    ]


def test_a_cell_that_was_guarded_against_formulas_is_unguarded():
    assert read(HEAD, "单选题,'=1+1 是？,'-1,2,3,4,B") == [("single", "=1+1 是？", "A:-1 B:2 C:3 D:4", ["B"], ())]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a,b,c\n1,2,3\n", "no-table"),
        ("题干,答案\n".encode("gb18030") + b"\xff\xff\xff", "encoding"),
        (b"\x00\x01\x02\x03" * 50, "encoding"),
        ("résumé naïve café,à la carte\n".encode("cp1252"), "encoding"),
        ("題幹,答案,選項\n誠信的核心是守約還是違約呢\n".encode("big5"), "encoding"),
    ],
)
def test_what_is_no_table_or_no_text_is_unreadable(data, code):
    with pytest.raises(Unreadable) as caught:
        read_csv(data)
    assert caught.value.code == code


def test_characters_that_only_look_like_others_are_repaired():
    assert read("题型,题⼲\u200b,选项A,选项B,答案", "单选题,⻓城\u200b在⺠国？,⽅,圆\xa0形,A") == [
        ("single", "长城在民国？", "A:方 B:圆 形", ["A"], ())
    ]
