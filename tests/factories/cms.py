"""The site tree and cases, made through the actions."""

import datetime as dt
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.utils import timezone

from cms import actions, registry
from cms.models import CaseIndexPage, CasePage, HandbookIndexPage, HomePage, NoticeIndexPage, StandardPage
from organisations.models import Role
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory

NEXT_YEAR = dt.timedelta(days=365)


def site() -> HomePage:
    """A home page with a list of cases, notices, a handbook and one standard page."""
    actions.set_up_groups()
    home = actions.set_up_site(
        by=None,
        home={"title": "首页", "hero_title": "说到，做到。"},
        site={"site_name": "信行", "city": "昆山市"},
        hostname="localhost",
        port=80,
    )
    for page in (
        CaseIndexPage(title="奖惩案例", slug="cases"),
        NoticeIndexPage(title="通知公告", slug="notices"),
        HandbookIndexPage(title="公务员诚信手册", slug="handbook"),
        StandardPage(title="隐私与公示规则", slug="privacy", body=[("text", "<p>公示的内容和期限由规定决定。</p>")]),
    ):
        actions.add_page(by=None, parent=home, page=page)
    return home


def member_of(*groups: str, **fields: Any) -> Any:
    """A person in these Wagtail groups."""
    user = UserFactory(**fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def reporter_of(unit: Any) -> Any:
    """Somebody who reports for `unit`."""
    user = member_of(registry.REPORTER)
    MembershipFactory(user=user, organisation=unit, role=Role.REPORTER)
    return user


class CaseFactory(factory.Factory):
    """A published incentive case. Traits: sanction, draft (waits for review)."""

    class Meta:
        model = CasePage

    title = factory.Sequence(lambda n: f"守信单位办事更快{n}")
    kind = "incentive"
    department = factory.SubFactory(OrganisationFactory)
    measures = "优先受理，容缺办理。"

    draft = False

    class Params:
        sanction = factory.Trait(
            kind="sanction",
            title=factory.Sequence(lambda n: f"失信企业不得投标{n}"),
            publish_until=factory.LazyFunction(lambda: timezone.localdate() + NEXT_YEAR),
            basis=[("document", {"name": "关于实施联合惩戒的通知", "number": "法〔2016〕285号"})],
        )

    @classmethod
    def _create(cls, model_class: type[CasePage], *args: Any, **kwargs: Any) -> CasePage:
        draft = kwargs.pop("draft", False)
        reporter = kwargs.pop("by", None) or reporter_of(kwargs["department"])
        case = actions.report_case(by=reporter, index=CaseIndexPage.objects.get(), **kwargs)
        if not draft:
            office = member_of(registry.CREDIT_OFFICE)
            actions.accept_case(by=office, case=case)
        case.refresh_from_db()
        return case
