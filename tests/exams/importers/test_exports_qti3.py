"""QTI 3.0 packages: well-formed, complete, in the order of the information model."""

import io
import zipfile

from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.exports import write_qti3
from exams.importers.blocks import Block
from tests.exams.importers.strategies import blocks

ASI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
CP = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"
ORDER = [
    *("qti-response-declaration", "qti-outcome-declaration", "qti-assessment-stimulus-ref", "qti-item-body"),
    *("qti-response-processing", "qti-modal-feedback"),
]
CHOICE = Block(
    "single",
    "谁<守>信？",
    1,
    (("A", "甲 & 乙"), ("B", '"丙"')),
    ["A"],
    "因为。",
    number="Q-1",
    points=("合同",),
    score="2",
)
CASE = Block(
    "scenario",
    "某店违约。\n怎么办？",
    1,
    children=(
        Block("true_false", "对吗？", 1, (), False),
        Block("blank", "甲____乙____。", 1, (), [["一", "1"], ["二"]]),
    ),
)


def unpacked(made):
    with zipfile.ZipFile(io.BytesIO(write_qti3(made))) as archive:
        return {name: fromstring(archive.read(name)) for name in archive.namelist()}


def values(item, name="RESPONSE"):
    declaration = next(d for d in item.iter(f"{ASI}qti-response-declaration") if d.get("identifier") == name)
    return (
        declaration.get("cardinality"),
        declaration.get("base-type"),
        [v.text for v in declaration.iter(f"{ASI}qti-value")],
    )


def test_the_manifest_lists_every_file_and_what_it_needs():
    parts = unpacked([CHOICE, CASE])
    assert list(parts) == [
        "imsmanifest.xml",
        "items/item-0001.xml",
        "stimuli/stimulus-0001.xml",
        "items/item-0002.xml",
        "items/item-0003.xml",
    ]
    manifest = parts["imsmanifest.xml"]
    assert [child.tag for child in manifest] == [f"{CP}metadata", f"{CP}organizations", f"{CP}resources"]
    assert [x.text for x in manifest[0]] == ["QTI Package", "3.0.0"]
    told = [
        (r.get("identifier"), r.get("type"), r.get("href"), [d.get("identifierref") for d in r.iter(f"{CP}dependency")])
        for r in manifest.iter(f"{CP}resource")
    ]
    assert told == [
        ("item-0001", "imsqti_item_xmlv3p0", "items/item-0001.xml", []),
        ("stimulus-0001", "imsqti_stimulus_xmlv3p0", "stimuli/stimulus-0001.xml", []),
        ("item-0002", "imsqti_item_xmlv3p0", "items/item-0002.xml", ["stimulus-0001"]),
        ("item-0003", "imsqti_item_xmlv3p0", "items/item-0003.xml", ["stimulus-0001"]),
    ]
    assert [f.get("href") for f in manifest.iter(f"{CP}file")] == list(parts)[1:]


def test_a_choice_with_its_key_score_and_explanation():
    item = unpacked([CHOICE])["items/item-0001.xml"]
    assert item.tag == f"{ASI}qti-assessment-item"
    said = {name: item.get(name) for name in ("identifier", "title", "label", "adaptive", "time-dependent")}
    assert said == {
        "identifier": "item-0001",
        "title": "Q-1",
        "label": "Q-1",
        "adaptive": "false",
        "time-dependent": "false",
    }
    assert values(item) == ("single", "identifier", ["CHOICE_A"])
    interaction = item.find(f".//{ASI}qti-choice-interaction")
    assert (interaction.get("max-choices"), interaction.find(f"{ASI}qti-prompt").text) == ("1", "谁<守>信？")
    choices = [(c.get("identifier"), c.text) for c in interaction.iter(f"{ASI}qti-simple-choice")]
    assert choices == [("CHOICE_A", "甲 & 乙"), ("CHOICE_B", '"丙"')]
    outcomes = {
        o.get("identifier"): [v.text for v in o.iter(f"{ASI}qti-value")]
        for o in item.iter(f"{ASI}qti-outcome-declaration")
    }
    assert outcomes == {"SCORE": ["0"], "MAXSCORE": ["2"], "FEEDBACK": []}
    assert "".join(item.find(f"{ASI}qti-modal-feedback").itertext()).strip() == "因为。"


def test_a_case_is_a_shared_stimulus():
    parts = unpacked([CASE])
    paragraphs = [p.text for p in parts["stimuli/stimulus-0001.xml"].iter(f"{ASI}p")]
    assert paragraphs == ["某店违约。", "怎么办？"]
    judged, filled = parts["items/item-0001.xml"], parts["items/item-0002.xml"]
    assert judged.find(f"{ASI}qti-assessment-stimulus-ref").get("href") == "../stimuli/stimulus-0001.xml"
    assert values(judged) == ("single", "identifier", ["FALSE"])
    assert (values(filled, "RESPONSE1"), values(filled, "RESPONSE2")) == (
        ("single", "string", ["一"]),
        ("single", "string", ["二"]),
    )
    assert [e.get("map-key") for e in filled.iter(f"{ASI}qti-map-entry")] == ["一", "1", "二"]
    body = filled.find(f"{ASI}qti-item-body")
    assert [e.get("response-identifier") for e in body.iter(f"{ASI}qti-text-entry-interaction")] == [
        "RESPONSE1",
        "RESPONSE2",
    ]
    assert "".join(body.itertext()).strip() == "甲乙。"


def test_matching_ordering_open_questions_and_ratings():
    parts = unpacked(
        [
            Block("multiple", "哪些？", 1, (("A", "甲"), ("B", "乙"), ("C", "丙")), ["A", "C"]),
            Block("matching", "连", 1, (), [["甲", "1"], ["乙", "2"], ["丙", "1"]], extra=("3",)),
            Block("ordering", "排", 1, (), ["先", "中", "后"]),
            Block("short", "谈", 1, (), "要点"),
            Block("survey", "满意吗？", 1, (("A", "是"), ("B", "否"))),
        ]
    )
    several, match, order, short, survey = (parts[f"items/item-000{n}.xml"] for n in range(1, 6))
    assert values(several) == ("multiple", "identifier", ["CHOICE_A", "CHOICE_C"])
    assert several.find(f".//{ASI}qti-choice-interaction").get("max-choices") == "0"
    assert values(match) == ("multiple", "directedPair", ["LEFT_1 RIGHT_1", "LEFT_2 RIGHT_2", "LEFT_3 RIGHT_1"])
    sets = [[c.text for c in s] for s in match.iter(f"{ASI}qti-simple-match-set")]
    assert sets == [["甲", "乙", "丙"], ["1", "2", "3"]]
    steps = {c.get("identifier"): c.text for c in order.iter(f"{ASI}qti-simple-choice")}
    kind, base, right = values(order)
    assert (kind, base, [steps[name] for name in right]) == ("ordered", "identifier", ["先", "中", "后"])
    assert list(steps.values()) == ["中", "先", "后"]
    assert short.find(f".//{ASI}qti-rubric-block").get("view") == "scorer"
    assert short.find(f"{ASI}qti-outcome-declaration").get("external-scored") == "human"
    assert values(survey) == ("single", "identifier", [])
    assert survey.find(f"{ASI}qti-outcome-declaration") is None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=st.lists(blocks, min_size=1, max_size=3))
def test_any_question_makes_well_formed_items_in_the_order_of_the_model(made):
    parts = unpacked(made)
    assert len(parts) == len(made) + 1
    for name, item in parts.items():
        if name.startswith("items/"):
            tags = [child.tag.removeprefix(ASI) for child in item]
            assert tags == sorted(tags, key=ORDER.index)
            declared = [d.get("identifier") for d in item.iter(f"{ASI}qti-response-declaration")]
            used = [e.get("response-identifier") for e in item.iter() if e.get("response-identifier")]
            assert used == declared


def test_the_same_items_make_the_same_file():
    assert write_qti3([CHOICE, CASE]) == write_qti3([CHOICE, CASE])
