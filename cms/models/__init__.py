"""Pages of the public site, cases, and the site's settings."""

from cms.models.base import BasePage
from cms.models.cases import CaseIndexPage, CaseKind, CasePage
from cms.models.pages import (
    HandbookChapterPage,
    HandbookIndexPage,
    HomePage,
    NoticeIndexPage,
    NoticePage,
    StandardPage,
)
from cms.models.settings import SiteSettings
from cms.models.workflow import CreditOfficeTask

__all__ = [
    "BasePage",
    "CaseIndexPage",
    "CaseKind",
    "CasePage",
    "CreditOfficeTask",
    "HandbookChapterPage",
    "HandbookIndexPage",
    "HomePage",
    "NoticeIndexPage",
    "NoticePage",
    "SiteSettings",
    "StandardPage",
]
