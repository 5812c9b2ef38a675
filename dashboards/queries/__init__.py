"""How units stand: sums of stored figures, and the people to be looked after."""

from dashboards.queries.board import (
    CHASE_PAGE,
    UNITS_PAGE,
    Board,
    Choice,
    board,
    chase_list,
    people_within,
    remindable,
    told,
    watched_enrolment,
)
from dashboards.queries.city import GROUPINGS, CityChoice, CityView, city
from dashboards.queries.exams import ExamKey, derived, steps_to_count, stored
from dashboards.queries.figures import Cell, HeatRow, Rates, Waiting, Week, level, people_learning
from dashboards.queries.rights import watched_by

__all__ = [
    "CHASE_PAGE",
    "GROUPINGS",
    "UNITS_PAGE",
    "Board",
    "Cell",
    "Choice",
    "CityChoice",
    "CityView",
    "ExamKey",
    "HeatRow",
    "Rates",
    "Waiting",
    "Week",
    "board",
    "chase_list",
    "city",
    "derived",
    "level",
    "people_learning",
    "people_within",
    "remindable",
    "steps_to_count",
    "stored",
    "told",
    "watched_by",
    "watched_enrolment",
]
