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
from dashboards.queries.reports import (
    Content,
    Part,
    campaigns_in,
    content_of,
    expired_reports,
    programmes_in,
    quarters,
    reports_of,
)
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
    "Content",
    "ExamKey",
    "HeatRow",
    "Part",
    "Rates",
    "Waiting",
    "Week",
    "board",
    "campaigns_in",
    "chase_list",
    "city",
    "content_of",
    "derived",
    "expired_reports",
    "level",
    "people_learning",
    "people_within",
    "programmes_in",
    "quarters",
    "remindable",
    "reports_of",
    "steps_to_count",
    "stored",
    "told",
    "watched_by",
    "watched_enrolment",
]
