"""Programmes that are ready to be copied, by audience. Pure data; what the credit office wants otherwise it copies from
a programme of its own.

Rules: the five stages always stand in their order; pupils have a self-assessment and a promise of their class where
adults have an exam and a letter; headmasters and teachers are examined; who is new, was promoted or is on duty for
another year each have a path of their own. `wanted` are short names of what a step asks for, the best first: the first
that is there and ready is taken.
"""

from dataclasses import dataclass

LEARN, TRAIN, TEST, PLEDGE, PRACTISE = range(1, 6)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step, and what it would ask for."""

    stage: int
    kind: str
    title: str
    title_en: str
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """A programme to copy. `{year}` stands for the year of its first day."""

    slug: str
    audience: str
    title: str
    title_en: str
    summary: str
    steps: tuple[PlannedStep, ...]
    certificate_months: int | None = None


def _course(title: str, title_en: str, *wanted: str) -> PlannedStep:
    return PlannedStep(LEARN, "course", f"课程：{title}", f"Course: {title_en}", wanted)


def _drill(*wanted: str) -> PlannedStep:
    return PlannedStep(TRAIN, "drill", "情境练习", "Drill", wanted)


def _exam(*wanted: str) -> PlannedStep:
    return PlannedStep(TEST, "exam", "诚信知识考试", "Integrity exam", wanted)


def _letter(title: str, title_en: str, *wanted: str) -> PlannedStep:
    return PlannedStep(PLEDGE, "pledge", title, title_en, wanted)


def _deeds(number: int) -> PlannedStep:
    return PlannedStep(PRACTISE, "practise", "践行记录", "Deeds", (str(number),))


SESSION = PlannedStep(TRAIN, "session", "集中培训", "Training session", ("coming",))
SURVEY = PlannedStep(TEST, "survey", "自我测评", "Self-assessment", ("pupils-self-assessment",))
PROMISE = _course("一句承诺怎样公开", "how a promise becomes public", "public-promise")
BIDDING = _course("招投标里的信用", "credit in bidding", "bidding-credit")
COUNTER = _course("窗口上的诚信", "integrity at the counter", "window-integrity")
REPAIR = _course("失信之后如何修复", "repair after a breach", "credit-repair")
SERVANTS_LETTER = _letter("公职人员信用承诺书", "Commitment letter", "civil-servant-2026")
SERVANTS_DRILL, SERVANTS_EXAM = _drill("civil-servants-drill"), _exam("civil-servants-exam")


def _pupils(slug: str, audience: str, stage: str, stage_en: str, *steps: PlannedStep) -> Preset:
    """Pupils of one stage: no exam, no letter of their own, nothing public."""
    return Preset(
        slug,
        audience,
        f"{{year}}年 {stage}诚信课",
        f"Integrity class {{year}}, {stage_en}",
        "听课，做一次自己看的测评，和全班一起约定几件事，再说说做到了没有。不打分，不排名，不公开。",
        steps,
    )


PRESETS = (
    Preset(
        "civil-initial",
        "civil_servant",
        "{year}年公职人员初任诚信教育",
        "Civil servants, initial {year}",
        "新录用人员：先学规矩，练一遍，考一次，签下承诺，做成一件事。",
        (PROMISE, COUNTER, SERVANTS_DRILL, SESSION, SERVANTS_EXAM, SERVANTS_LETTER, _deeds(1)),
    ),
    Preset(
        "civil-promotion",
        "civil_servant",
        "{year}年公职人员任职诚信教育",
        "Civil servants, promotion {year}",
        "晋升任职人员：评审、采购、修复中的用权边界，集中培训一次，考试后重新承诺。",
        (PROMISE, BIDDING, REPAIR, SERVANTS_DRILL, SESSION, SERVANTS_EXAM, SERVANTS_LETTER, _deeds(2)),
    ),
    Preset(
        "civil-yearly",
        "civil_servant",
        "{year}年公职人员年度诚信教育",
        "Civil servants {year}",
        "全体公职人员每年一轮：三门课、一组练习、一次培训、一次考试，写下承诺，拿两件事来对照。",
        (PROMISE, BIDDING, COUNTER, SERVANTS_DRILL, SESSION, SERVANTS_EXAM, SERVANTS_LETTER, _deeds(2)),
        certificate_months=12,
    ),
    Preset(
        "teachers",
        "teacher",
        "{year}年校长、教师诚信教育",
        "Headmasters and teachers {year}",
        "校长和教师：学习、练习、考试合格，再签拒绝有偿补课承诺书（一式两份）。",
        (
            _course("一句承诺怎样公开", "how a promise becomes public", "teachers-integrity", "public-promise"),
            _drill("teachers-drill", "general-drill"),
            _exam("teachers-exam", "general-exam"),
            _letter("拒绝有偿补课承诺书", "Pledge against paid tutoring", "teacher-no-paid-tutoring"),
            _deeds(1),
        ),
        certificate_months=12,
    ),
    _pupils(
        "primary-lower",
        "primary",
        "小学低年级",
        "primary school, lower grades",
        _course("借了要还的小事", "borrowing and returning", "primary-lower-integrity", "borrow-and-return"),
        SURVEY,
        _letter("班级约定", "Class promise", "class-promise-lower", "class-promise-grade-5"),
        _deeds(1),
    ),
    _pupils(
        "primary-upper",
        "primary",
        "小学高年级",
        "primary school, upper grades",
        _course("借了要还的小事", "borrowing and returning", "borrow-and-return"),
        _drill("pupils-drill"),
        SURVEY,
        _letter("班级约定", "Class promise", "class-promise-grade-5"),
        _deeds(1),
    ),
    _pupils(
        "junior",
        "junior",
        "初中",
        "junior secondary school",
        _course("诚信从小事做起", "integrity in small things", "junior-integrity", "borrow-and-return"),
        _drill("junior-drill", "pupils-drill"),
        SURVEY,
        _letter("班级约定", "Class promise", "class-promise-junior"),
        _deeds(2),
    ),
    _pupils(
        "senior",
        "senior",
        "高中",
        "senior secondary school",
        _course("一句承诺怎样公开", "how a promise becomes public", "senior-integrity", "public-promise"),
        _drill("senior-drill", "pupils-drill"),
        SURVEY,
        _letter("班级约定", "Class promise", "class-promise-senior"),
        _deeds(2),
    ),
    Preset(
        "university",
        "university",
        "{year}年大学生诚信教育",
        "University students {year}",
        "大学生：学业、求职、还款三件事，考试后签诚信承诺书。",
        (
            _course("一句承诺怎样公开", "how a promise becomes public", "university-integrity", "public-promise"),
            _drill("university-drill", "general-drill"),
            _exam("university-exam", "general-exam"),
            _letter("大学生诚信承诺书", "A student's integrity pledge", "student-integrity-2026"),
            _deeds(1),
        ),
    ),
    Preset(
        "professions",
        "enterprise",
        "{year}年重点职业人群诚信教育",
        "Key professions {year}",
        "律师、会计、医师、导游、房产中介等重点职业人群：执业规范、信用修复，考试后签行业自律承诺书。",
        (
            PROMISE,
            REPAIR,
            _drill("professions-drill", "general-drill"),
            _exam("professions-exam", "general-exam"),
            _letter("重点职业人群信用承诺书", "Integrity pledge of a key profession", "profession-2026"),
            _deeds(2),
        ),
        certificate_months=12,
    ),
    Preset(
        "handlers",
        "enterprise",
        "{year}年企业经办人诚信教育",
        "Enterprise handlers {year}",
        "企业经办人：招投标、公示与修复，考试后签经办人承诺书。",
        (
            BIDDING,
            REPAIR,
            _drill("handlers-drill", "general-drill"),
            _exam("handlers-exam", "general-exam"),
            _letter("企业经办人信用承诺书", "Integrity pledge of a handler", "enterprise-handler-2026"),
            _deeds(1),
        ),
        certificate_months=12,
    ),
)
