"""Rules of real exams, to begin a paper with. Pure data.

Published rules of five systems: a law-learning platform's exam for teachers (2016), a province's exam for officials
(2017), a region's exam for state employees (2017), a pupils' class (20 questions in ten minutes) and a learning app's
daily quiz (2019). Where the published rules give no pass mark, 60 per cent is proposed. Learning points, log-ins and
daily caps are conditions of those systems, not of a paper.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PresetSection:
    """So many items of a type ("" for any), each worth `points`."""

    item_type: str
    count: int
    points: str


@dataclass(frozen=True, slots=True)
class Preset:
    """`name` is an English message id. `counting` says which attempt counts: best, last or average."""

    slug: str
    name: str
    mode: str
    sections: tuple[PresetSection, ...]
    minutes: int | None = None
    pass_mark: int | None = None
    attempts: int = 1
    counting: str = "best"
    partial_credit: bool = False
    mastery: tuple[int, int] | None = None

    @property
    def points(self) -> float:
        """The points of the whole paper."""
        return sum(section.count * float(section.points) for section in self.sections)


def _sections(*rows: tuple[str, int, str]) -> tuple[PresetSection, ...]:
    return tuple(PresetSection(*row) for row in rows)


PRESETS = (
    Preset(
        slug="teachers-law",
        name="Teachers, law platform: 25 + 10 + 15 questions, 120 minutes, 5 attempts",
        mode="exam",
        sections=_sections(("single", 25, "2"), ("multiple", 10, "2"), ("true_false", 15, "2")),
        minutes=120,
        pass_mark=60,
        attempts=5,
    ),
    Preset(
        slug="officials",
        name="Officials of a province: 50 questions, 90 minutes, 3 attempts, pass at 60",
        mode="exam",
        sections=_sections(("", 50, "2")),
        minutes=90,
        pass_mark=60,
        attempts=3,
    ),
    Preset(
        slug="state-employees",
        name="State employees of a region: 25 + 10 + 10 questions, 90 minutes, the better of 2 attempts",
        mode="exam",
        sections=_sections(("single", 25, "2"), ("multiple", 10, "3"), ("true_false", 10, "2")),
        minutes=90,
        pass_mark=60,
        attempts=2,
    ),
    Preset(
        slug="pupils",
        name="Pupils: 20 questions in 10 minutes",
        mode="exam",
        sections=_sections(("single", 20, "5")),
        minutes=10,
        pass_mark=60,
        attempts=1,
    ),
    Preset(
        slug="daily-quiz",
        name="Learning app: a short quiz, 5 right in a row",
        mode="drill",
        sections=_sections(("single", 5, "1"), ("multiple", 5, "1"), ("true_false", 5, "1")),
        mastery=(5, 5),
    ),
)
BY_SLUG = {preset.slug: preset for preset in PRESETS}
