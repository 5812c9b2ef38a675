"""The demo content keeps its promises: counts, keys, sources, files, codes, and nobody's private details."""

import re
import tomllib
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from stdnum.cn import uscc

CONTENT = Path(__file__).resolve().parents[2] / "elearning" / "demo" / "content"
FILES = CONTENT / "files"
KILOBYTE = 1024
GRADED = {"single", "multiple", "true_false"}
PLEDGE_TYPES = {"审批替代型", "容缺受理型", "证明事项型", "信用修复型", "行业自律型", "主动型", "其他"}
ALL_TOML = sorted(CONTENT.rglob("*.toml"))
COURSES = sorted((CONTENT / "courses").glob("*.toml"))
BANKS = sorted((CONTENT / "items").glob("*.toml"))


def load(path: Path) -> dict[str, Any]:
    """The tables of one file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def named(name: str) -> dict[str, Any]:
    """The tables of a file of the content folder."""
    return load(CONTENT / f"{name}.toml")


def hanzi(html: str) -> int:
    """How many characters a reader sees."""
    return len(re.sub(r"<[^>]+>|\s", "", html))


def blocks(course: dict[str, Any]) -> list[dict[str, Any]]:
    """All blocks of a course."""
    return [block for lesson in course["lessons"] for section in lesson["sections"] for block in section["blocks"]]


def items() -> list[tuple[str, dict[str, Any]]]:
    """Every item with its bank."""
    return [(path.stem, item) for path in BANKS for item in load(path)["items"]]


def identified(pair: tuple[str, dict[str, Any]]) -> str:
    """A name for an item in the test report."""
    return f"{pair[0]}-{pair[1]['number']}"


def test_units_are_complete_and_their_codes_valid() -> None:
    units = named("organisations")
    everyone = units["departments"] + units["schools"] + units["enterprises"]
    assert units["city"]["district_code"] == "320583"
    assert len(units["departments"]) >= 12
    assert len(units["schools"]) == 2
    assert len(units["enterprises"]) == 2
    assert [unit["name"] for unit in everyone if not uscc.is_valid(unit["uscc"])] == []
    assert [code for code, n in Counter(unit["uscc"] for unit in everyone).items() if n > 1] == []
    assert [code for code, n in Counter(unit["code"] for unit in everyone).items() if n > 1] == []
    assert all(unit["sections"] for unit in units["departments"])
    assert all(grade["classes"] for school in units["schools"] for grade in school["grades"])
    assert "五年级" in [grade["name"] for school in units["schools"] for grade in school["grades"]]


def test_there_are_enough_courses_of_five_lessons() -> None:
    audiences = Counter(load(path)["audience"] for path in COURSES)
    assert audiences["civil_servant"] >= 3
    assert audiences["primary"] >= 1


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.stem)
def test_a_course_is_whole(path: Path) -> None:
    course = load(path)
    assert course["slug"] == path.stem
    assert len(course["cover_title"]) <= 8
    assert course["cover"] in {"jade", "indigo", "ochre", "plum", "ink"}
    assert len(course["lessons"]) == 5
    for lesson in course["lessons"]:
        assert 2 <= len(lesson["sections"]) <= 4, lesson["slug"]
        kinds = Counter(block["type"] for section in lesson["sections"] for block in section["blocks"])
        assert kinds["question"] >= 1, lesson["slug"]
        assert lesson["minutes"] > 0


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.stem)
def test_lesson_text_is_neither_a_stub_nor_a_wall(path: Path) -> None:
    lengths = [hanzi(block["html"]) for block in blocks(load(path)) if block["type"] == "text"]
    assert [n for n in lengths if not 140 <= n <= 340] == []


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.stem)
def test_check_questions_have_right_and_wrong_options(path: Path) -> None:
    for block in blocks(load(path)):
        if block["type"] == "question":
            marks = {option["correct"] for option in block["options"]}
            assert marks == {True, False}, block["stem"]
            assert block["explanation"]


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.stem)
def test_pictures_have_alternative_text_and_quotations_a_document_number(path: Path) -> None:
    for block in blocks(load(path)):
        if block["type"] == "picture":
            assert 20 <= len(block["alt"]) <= 200, block["file"]
            assert not block["alt"].startswith("图"), block["file"]
            assert block["caption"]
        if block["type"] == "quote":
            assert block["source"], block["text"]
            assert block["document_number"], block["text"]
            # The quotations are summaries in our own words, and say so.
            assert block["text"].startswith("大意："), block["text"]


def test_cases_that_lessons_show_exist() -> None:
    known = {case["slug"] for case in named("cases")["cases"]}
    shown = {block["case"] for path in COURSES for block in blocks(load(path)) if block["type"] == "case"}
    printed = {entry["case"] for part in named("bulletin")["sections"] for entry in part["items"] if "case" in entry}
    assert shown
    assert (shown | printed) - known == set()


def test_every_file_used_exists_and_every_file_is_used() -> None:
    used = set()
    for path in COURSES:
        for block in blocks(load(path)):
            used |= {block[key] for key in ("file", "captions") if key in block}
    assert used == {path.name for path in FILES.iterdir()}


def test_files_are_small() -> None:
    limits = {".png": 150, ".mp4": 3 * KILOBYTE, ".pdf": 600, ".vtt": 8}
    assert [path.name for path in FILES.iterdir() if path.stat().st_size > limits[path.suffix] * KILOBYTE] == []


def test_every_picture_has_its_drawing() -> None:
    pictures = {path.stem for path in FILES.glob("*.png")}
    assert len(pictures) >= 8
    assert pictures == {path.stem for path in (CONTENT / "drawings").glob("*.svg")}


def test_drawings_are_inert() -> None:
    for path in (CONTENT / "drawings").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "href" not in text
        assert "style=" not in text


def test_captions_run_forward_without_overlap() -> None:
    text = (FILES / "pledge-life.zh.vtt").read_text(encoding="utf-8")
    assert text.startswith("WEBVTT")
    times = re.findall(r"(\d+):(\d+):([\d.]+) --> (\d+):(\d+):([\d.]+)", text)
    spans = [
        (int(a) * 3600 + int(b) * 60 + float(c), int(d) * 3600 + int(e) * 60 + float(f)) for a, b, c, d, e, f in times
    ]
    assert len(spans) >= 9
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert 40 <= spans[-1][1] <= 60


def test_captions_and_transcript_say_the_same() -> None:
    video = next(block for path in COURSES for block in blocks(load(path)) if block["type"] == "video")
    text = (FILES / video["captions"]).read_text(encoding="utf-8")
    spoken = "".join(line for line in text.splitlines()[3:] if line and not line.isdigit() and "-->" not in line)
    transcript = "".join(video["transcript"].splitlines()[1:])
    assert spoken == transcript


def test_the_banks_are_large_enough() -> None:
    sizes = {path.stem: len(load(path)["items"]) for path in BANKS}
    assert sizes["civil-servants"] >= 40
    assert sizes["pupils"] >= 14
    assert sizes["self-assessment"] >= 6
    assert sizes["civil-servants"] + sizes["pupils"] >= 60
    assert {item["type"] for _, item in items()} == GRADED | {
        "blank",
        "ordering",
        "matching",
        "short",
        "scenario",
        "survey",
    }


def test_every_civil_servant_topic_can_fill_a_drill() -> None:
    topics = Counter(item["point"] for bank, item in items() if bank == "civil-servants" and item["type"] in GRADED)
    assert 4 <= len(topics) <= 5
    assert min(topics.values()) >= 6


def test_numbers_run_and_stems_differ() -> None:
    for path in BANKS:
        bank = load(path)["items"]
        assert [item["number"] for item in bank] == list(range(1, len(bank) + 1))
        assert [stem for stem, n in Counter(item["stem"] for item in bank).items() if n > 1] == []


@pytest.mark.parametrize("pair", items(), ids=identified)
def test_an_item_is_complete(pair: tuple[str, dict[str, Any]]) -> None:
    _, item = pair
    assert 1 <= item["difficulty"] <= 5
    assert item["explanation"]
    assert item["point"]
    assert re.search(r"《.+》|〔\d{4}〕|题中所列文件", item["source"])


@pytest.mark.parametrize("pair", [p for p in items() if p[1]["type"] in {"single", "multiple"}], ids=identified)
def test_a_choice_key_lies_within_the_options(pair: tuple[str, dict[str, Any]]) -> None:
    _, item = pair
    letters = "ABCDEF"[: len(item["options"])]
    assert set(item["answer"]) <= set(letters)
    assert (len(item["answer"]) == 1) == (item["type"] == "single")
    assert len(set(item["answer"])) == len(item["answer"])
    assert len(set(item["options"])) == len(item["options"])
    assert len(item["answer"]) < len(item["options"])


@pytest.mark.parametrize("pair", [p for p in items() if p[1]["type"] not in {"single", "multiple"}], ids=identified)
def test_a_key_has_the_form_of_its_type(pair: tuple[str, dict[str, Any]]) -> None:
    _, item = pair
    match item["type"]:
        case "true_false":
            assert item["answer"] in (True, False)
        case "blank":
            assert len(item["answer"]) == item["stem"].count("____")
            assert all(accepted for accepted in item["answer"])
        case "ordering":
            assert sorted(item["options"]) == sorted(item["answer"])
            assert item["options"] != item["answer"]
        case "matching":
            assert sorted(item["options"]) == sorted(right for _, right in item["answer"])
            assert len({left for left, _ in item["answer"]}) == len(item["answer"])
        case "short" if isinstance(item["answer"], dict):
            assert item["answer"]["by_hand"] is True
            assert item["answer"]["rubric"]
        case "short":
            assert all(group for group in item["answer"])
        case "scenario":
            assert [part["type"] for part in item["answer"]] == ["single", "true_false", "multiple", "blank"]
            assert len({part["stem"] for part in item["answer"]}) == len(item["answer"])
        case "survey":
            assert "answer" not in item
            assert len(item["options"]) >= 3


def test_right_answers_do_not_sit_on_one_letter() -> None:
    letters = Counter(item["answer"][0] for _, item in items() if item["type"] == "single")
    assert set(letters) == set("ABCD")
    assert max(letters.values()) <= sum(letters.values()) / 2


def test_a_right_short_answer_holds_its_own_keywords() -> None:
    for bank, item in items():
        if item["type"] == "short" and isinstance(item["answer"], list) and bank == "civil-servants":
            missing = [group for group in item["answer"] if not any(word in item["explanation"] for word in group)]
            assert missing == [], item["stem"]


def test_letters_are_complete() -> None:
    templates = named("letters")["templates"]
    departments = {unit["code"] for unit in named("organisations")["departments"]}
    assert len(templates) >= 3
    assert {letter["subject"] for letter in templates} == {"person", "organisation", "class"}
    for letter in templates:
        assert letter["pledge_type"] in PLEDGE_TYPES
        assert letter["publication"] in {"public", "limited", "none"}
        assert letter["accepting_unit"] in departments
        assert letter["breach_liability"]
        assert letter["promises"]
        assert set(letter["promises"]) <= set(range(len(letter["clauses"])))
        assert letter["validity_days"] > 0


def test_a_class_promise_is_never_public() -> None:
    letters = named("letters")["templates"]
    assert {letter["publication"] for letter in letters if letter["subject"] == "class"} == {"none"}


def test_cases_are_four_and_four_and_each_sanction_has_basis_and_end() -> None:
    cases = named("cases")["cases"]
    departments = {unit["code"] for unit in named("organisations")["departments"]}
    assert Counter(case["kind"] for case in cases) == {"incentive": 4, "sanction": 4}
    for case in cases:
        assert case["department"] in departments
        assert case["basis"][-1]["number"]
        assert all(case[key] for key in ("subjects", "procedure", "measures", "effect", "period"))
        assert isinstance(case["occurred_on"], date)
        if case["kind"] == "sanction":
            assert date(2026, 12, 31) < case["publish_until"] <= date(2026, 11, 1) + timedelta(days=3 * 365)
        else:
            assert "publish_until" not in case


def test_the_bulletin_has_its_parts() -> None:
    issue = named("bulletin")
    assert [(part["kind"], len(part["items"])) for part in issue["sections"]] == [
        ("progress", 1),
        ("cases", 2),
        ("briefs", 18),
    ]
    assert all(entry["units"] and entry["title"] and entry["body"] for p in issue["sections"] for entry in p["items"])
    assert set(issue["imprint"]) == {"report_to", "send_to", "editor", "reviewer"}


def test_the_matrix_has_every_cell_of_the_page_it_comes_from() -> None:
    matrix = named("bulletin")["matrix"]
    cells = Counter("number" if cell.isdigit() else cell for row in matrix["rows"] for cell in row["cells"])
    assert len(matrix["rows"]) == 28
    assert {len(row["cells"]) for row in matrix["rows"]} == {12}
    assert len(matrix["columns"]) == 12
    assert matrix["columns"].count("信用承诺书上网公示") == 1
    assert cells == {"√": 173, "*": 53, "非考核项": 65, "未备案": 6, "number": 39}
    assert len(matrix["footnotes"]) == 2
    assert "推断" in matrix["note"]


def test_site_pages_handbook_notices_and_sessions_are_there() -> None:
    site = named("site")
    assert {page["slug"] for page in site["pages"]} >= {"about", "privacy", "accessibility", "objection", "open-data"}
    assert len(site["notices"]) >= 4
    assert len(site["handbook"]["chapters"]) == 6
    assert [c["slug"] for c in site["handbook"]["chapters"] if not 300 <= hanzi(c["body"]) <= 600] == []
    assert [session["kind"] for session in site["sessions"]] == ["offline", "live"]
    assert {session["course"] for session in site["sessions"]} <= {path.stem for path in COURSES}
    assert all(session["starts_at"] < session["ends_at"] for session in site["sessions"])
    assert len(named("survey")["questions"]) == 5


@pytest.mark.parametrize("path", ALL_TOML, ids=lambda path: path.stem)
def test_no_contact_or_identity_number_is_written_down(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    codes = set(re.findall(r"\b[0-9A-Z]{18}\b", text))
    assert re.findall(r"[\w.]+@[\w.]+", text) == []
    assert re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)|0\d{2,3}-\d{7,8}", text) == []
    assert [code for code in codes if not uscc.is_valid(code)] == []


@pytest.mark.parametrize("path", ALL_TOML, ids=lambda path: path.stem)
def test_the_voice_is_calm_and_punctuation_chinese(path: Path) -> None:
    values = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    assert [word for word in ("！", "恭喜", "温馨提示", "亲爱的") if word in values] == []
    assert re.findall(r"[\u4e00-\u9fff][,;?!][\u4e00-\u9fff]", values) == []
