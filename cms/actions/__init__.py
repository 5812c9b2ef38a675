"""Set up the site and its groups; report, return and accept cases; publish and take down on time."""

from cms.actions.publishing import publish_scheduled, record_page_action
from cms.actions.reports import (
    NotReporting,
    NotUnderReview,
    accept_case,
    after_acceptance,
    after_return,
    report_case,
    resubmit_case,
    return_case,
)
from cms.actions.site import add_page, set_up_case_review, set_up_groups, set_up_site

__all__ = [
    "NotReporting",
    "NotUnderReview",
    "accept_case",
    "add_page",
    "after_acceptance",
    "after_return",
    "publish_scheduled",
    "record_page_action",
    "report_case",
    "resubmit_case",
    "return_case",
    "set_up_case_review",
    "set_up_groups",
    "set_up_site",
]
