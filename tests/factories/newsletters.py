"""The bulletin and news reports, made through the actions."""

import datetime as dt
from typing import Any

import factory

from cms import actions as site_actions
from cms.models import HomePage
from newsletters import actions
from newsletters.models import BulletinIndexPage, IssuePage, NewsItem
from tests.factories.cms import reporter_of
from tests.factories.organisations import OrganisationFactory

MATRIX = {
    "matrix_title": "部门考核",
    "matrix_columns": "奖惩办法\n承诺上网\n简讯",
    "matrix_rows": "水利局\t√\t*\t12\n民族宗教局\t非考核项\t未备案\t0",
    "matrix_footnotes": "标*的请抓紧完成。\n承诺书上网公示由系统对接。",
}


def bulletin() -> BulletinIndexPage:
    """The list of issues below the home page."""
    page = BulletinIndexPage(slug="bulletins", title="信用工作简报")
    return site_actions.add_page(by=None, parent=HomePage.objects.get(), page=page)


class NewsItemFactory(factory.Factory):
    """A submitted report. `accepted=True` accepts it."""

    class Meta:
        model = NewsItem

    title = factory.Sequence(lambda n: f"简讯{n}")
    body = "近日，386台加油机检查全部合格。"
    department = factory.SubFactory(OrganisationFactory)
    accepted = False

    @classmethod
    def _create(cls, model_class: type[NewsItem], *args: Any, **kwargs: Any) -> NewsItem:
        accepted = kwargs.pop("accepted")
        by = kwargs.pop("by", None) or reporter_of(kwargs["department"])
        item = actions.submit_news(by=by, **kwargs)
        return actions.accept_news(by=by, item=item) if accepted else item


def article(title: str, body: str, **fields: Any) -> dict[str, Any]:
    """The value of a text block."""
    return {"title": title, "body": body, **fields}


class IssueFactory(factory.Factory):
    """A published issue with an article."""

    class Meta:
        model = IssuePage

    title = factory.LazyAttribute(lambda o: f"信用工作简报{o.year}年第{o.number}期")
    slug = factory.LazyAttribute(lambda o: f"{o.year}-{o.number}")
    year = 2017
    number = factory.Sequence(lambda n: n + 1)
    total = factory.LazyAttribute(lambda o: o.number)
    issued_on = factory.LazyAttribute(lambda o: dt.date(o.year, 9, 30))
    editorial_unit = "市信用办"
    editor = "编辑组"
    reviewer = "中心负责人"
    report_to = "省、市信用办"
    send_to = "成员单位"
    sections = [
        (
            "progress",
            {"title": "工作推进", "items": [article("五步", "<p>学习、培训、考试。</p>", units=[])]},
        )
    ]

    @classmethod
    def _create(cls, model_class: type[IssuePage], *args: Any, **kwargs: Any) -> IssuePage:
        return site_actions.add_page(by=None, parent=BulletinIndexPage.objects.get(), page=IssuePage(**kwargs))
