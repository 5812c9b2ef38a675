"""Banks with ready items, papers and steps, made through the actions."""

from dataclasses import replace
from typing import Any

from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from exams import actions
from exams.importers.plain import build
from exams.models import Bank, ItemVersion, KnowledgePoint, Paper
from exams.steps import enter
from programmes.models import Enrolment, Stage, StepKind
from tests.factories.programmes import EnrolmentFactory, ProgrammeFactory, StepFactory

STAGES = {"drill": Stage.TRAIN, "exam": Stage.TEST, "survey": Stage.TEST}
PLAIN: dict[str, tuple[list[str], Any]] = {
    "single": (["甲", "乙", "丙", "丁"], ["B"]),
    "multiple": (["甲", "乙", "丙", "丁"], ["A", "C"]),
    "true_false": ([], True),
    "blank": ([], [["守信", "诚信"], ["失信"]]),
    "ordering": (["一", "二", "三"], None),
    "matching": ([], [["子", "丑"], ["寅", "卯"]]),
    "short": ([], [["承诺"], ["公示", "公开"]]),
    "scenario": (
        [],
        [
            {"type": "single", "stem": "先做什么？", "options": ["核实", "公示"], "answer": ["A"], "share": 1},
            {
                "type": "multiple",
                "stem": "还要通知谁？",
                "options": ["甲", "乙", "丙"],
                "answer": ["A", "C"],
                "share": 2,
            },
            {"type": "blank", "stem": "期限为____日。", "answer": [["三", "3"]], "share": 1},
        ],
    ),
    "survey": (["从不", "有时", "总是"], None),
}


def bank(name: str = "题库") -> Bank:
    """A bank for civil servants."""
    return Bank.objects.filter(name=name).first() or actions.create_bank(by=None, name=name, audience="civil_servant")


def point(name: str) -> KnowledgePoint:
    """A knowledge point at the top of the tree."""
    return KnowledgePoint.objects.filter(name=name, parent=None).first() or actions.create_point(by=None, name=name)


def item(type: str = "single", *, of: Bank | None = None, ready: bool = True, **fields: Any) -> ItemVersion:  # noqa: A002
    """An item of `type`, with `pictures` if there are any; ready unless told otherwise."""
    options, answer = PLAIN[type]
    built = build(type, fields.pop("options", options), fields.pop("answer", answer))
    if pictures := fields.pop("pictures", None):
        built = replace(built, content={**built.content, "pictures": pictures})
    fields.setdefault("stem", f"{type} 题目 {ItemVersion.objects.count()}")
    version = actions.create_item(by=fields.pop("by", None), bank=of or bank(), type=type, built=built, **fields)
    if ready:
        actions.submit_for_review(by=None, version=version)
        actions.approve_version(by=None, version=version)
        version.refresh_from_db()
    return version


def picture(n: int = 1, alt: str = "一张流程图") -> dict[str, Any]:
    """What a content says of a picture that an author took from the library."""
    taken = actions.take_picture(
        by=None, image=get_image_model().objects.create(title=alt, file=get_test_image_file(size=(40, 20)))
    )
    return {"n": n, "id": taken.public_id, "alt": alt, "width": taken.width, "height": taken.height}


def paper(mode: str = "exam", *, published: bool = True, **fields: Any) -> Paper:
    """A paper of `mode`, published unless told otherwise. Without sections and fixed items it asks one fixed item."""
    if not fields.get("sections") and not fields.get("fixed"):
        fields["fixed"] = [item("survey" if mode == "survey" else "single").item]
    fields.setdefault("slug", f"paper-{Paper.objects.count()}")
    fields.setdefault("title", f"试卷{Paper.objects.count()}")
    if mode == "exam":
        fields = {"minutes": 60, "pass_mark": 60, "attempts_allowed": 2, **fields}
    if mode == "drill":
        fields = {"mastery_right": 3, "mastery_of": 4, **fields}
    made = actions.create_paper(by=None, mode=mode, **fields)
    return actions.publish_paper(by=None, paper=made) if published else made


def filled_bank(n: int = 3) -> Bank:
    """A bank with `n` single-choice and one true-or-false item."""
    for _ in range(n):
        item("single")
    item("true_false")
    return bank()


def seat(mode: str = "exam", *, enrolment: Enrolment | None = None, the_paper: Paper | None = None) -> Any:
    """An enrolled learner with an open step of `mode`: the proof of the gate, as a view would hold it."""
    enrolment = enrolment or EnrolmentFactory(programme=ProgrammeFactory())
    if the_paper is None:
        sections = [
            {"bank": filled_bank(), "type": "single", "count": 2, "points": 2},
            {"bank": bank(), "type": "true_false", "count": 1, "points": 1},
        ]
        fixed = [item("survey").item, item("survey").item] if mode == "survey" else []
        the_paper = paper(mode, sections=[] if mode == "survey" else sections, fixed=fixed)
    step = StepFactory(programme=enrolment.programme, stage=STAGES[mode], kind=StepKind(mode))
    actions.set_paper_step(by=None, step=step, paper=the_paper)
    return enter(user=enrolment.user, step_public_id=step.public_id)


def hand_item(**fields: Any) -> ItemVersion:
    """A ready short answer that people mark."""
    return item("short", answer={"by_hand": True, "rubric": "两个要点，各一半"}, **fields)
