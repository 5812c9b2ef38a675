"""Cases of incentive and sanction (奖惩案例): reported by departments, reviewed by the credit office, published."""

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import PageManager, PagePermissionTester, PageQuerySet
from wagtail.search import index

from cms.blocks import DocumentBlock, StreamField
from cms.models.base import BasePage
from cms.models.reporting import CasePageForm, is_of_credit_office, reports_only_for
from foundation.constraints import one_of
from organisations.models import Organisation

CASES_A_PAGE = 10


class CaseKind(models.TextChoices):
    """The two kinds have fixed names."""

    INCENTIVE = "incentive", _("incentive for keeping faith")
    SANCTION = "sanction", _("sanction for breaking faith")


class CaseQuerySet(PageQuerySet):
    """Filters."""

    def in_publication(self, at: dt.datetime) -> "CaseQuerySet":
        """Published and not past its last day, even if the job that takes it down has not run yet."""
        found: CaseQuerySet = self.live().filter(Q(expire_at=None) | Q(expire_at__gt=at)).select_related("department")
        return found

    def newest(self) -> "CaseQuerySet":
        """The latest event first."""
        found: CaseQuerySet = self.order_by(models.F("occurred_on").desc(nulls_last=True), "-pk")
        return found

    def matching(self, words: str) -> "CaseQuerySet":
        """Every word stands somewhere in the case."""
        found = self
        for word in words.split():
            fields = ("title", "intro", "subjects", "procedure", "measures", "effect")
            anywhere = Q(*[(f"{field}__icontains", word) for field in fields], _connector=Q.OR)
            found = found.filter(anywhere | Q(department__name__icontains=word, department__is_sensitive=False))
        return found


class CaseIndexPage(BasePage):
    """The list of cases with its filters. Reports are made below it."""

    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.CasePage"]
    max_count = 1

    class Meta:
        verbose_name = _("list of cases")
        verbose_name_plural = _("lists of cases")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One page of the cases that fit the address; a filter that makes no sense is ignored."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        published = CasePage.objects.child_of(self).in_publication(timezone.now())
        chosen = {name: request.GET.get(name, "").strip() for name in ("q", "department", "year")}
        narrowed = published.matching(chosen["q"])
        if chosen["department"]:
            narrowed = narrowed.filter(department__code=chosen["department"], department__is_sensitive=False)
        if chosen["year"].isdecimal() and len(chosen["year"]) == 4:
            narrowed = narrowed.filter(occurred_on__year=int(chosen["year"]))
        kind = request.GET.get("kind", "")
        kind = kind if kind in CaseKind.values else ""
        shown = narrowed.filter(kind=kind) if kind else narrowed
        counts = dict(narrowed.order_by().values_list("kind").annotate(models.Count("pk")))
        units = published.order_by().filter(department__is_sensitive=False).values("department_id")
        years = published.exclude(occurred_on=None).order_by().dates("occurred_on", "year", order="DESC")
        context.update(
            cases=Paginator(shown.newest(), CASES_A_PAGE).get_page(request.GET.get("page")),
            kinds=[
                ("", pgettext("filter", "All"), sum(counts.values())),
                *[(k, k.label, counts.get(k, 0)) for k in CaseKind],
            ],
            kind=kind,
            chosen=chosen,
            departments=Organisation.objects.filter(pk__in=units).order_by("order", "pk"),
            years=[day.year for day in years],
        )
        return context


class CasePermissionTester(PagePermissionTester):
    """Wagtail's rules, except that a reporter's rights end at the reporter's own units."""

    def can_edit(self) -> bool:
        """A colleague of the same unit may edit; another unit's case is out of reach, whoever owns it."""
        units = reports_only_for(self.user)
        if units is None:
            return bool(super().can_edit())
        return "add" in self.permissions and self.page.specific.department_id in units

    def can_publish(self) -> bool:
        """The credit office's review publishes; an editor's right to publish pages does not reach cases."""
        return bool(super().can_publish()) and (self.user.is_superuser or is_of_credit_office(self.user))

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Nobody removes what he may not edit."""
        return self.can_edit() and bool(super().can_delete(ignore_bulk))

    def can_copy(self) -> bool:
        """Nobody copies, and so reads, what he may not edit."""
        return self.can_edit() and bool(super().can_copy())


class CasePage(BasePage):
    """One case. A sanction names the documents it rests on and the last day of its publication.

    A sanction comes down by itself: `expire_at` is kept at the end of `publish_until`. By default no person and no
    company is named; only what happened and what was done.
    """

    kind = models.CharField(_("kind"), max_length=9, choices=CaseKind)
    department = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    period = models.CharField(_("period"), max_length=40, blank=True)
    occurred_on = models.DateField(_("happened on"), null=True, blank=True)
    basis = StreamField(
        blocks.StreamBlock([("document", DocumentBlock())], required=False),
        verbose_name=_("basis"),
        blank=True,
        help_text=_("Documents with their numbers. A sanction must name at least one."),
    )
    subjects = models.TextField(_("who it concerns"), blank=True, help_text=_("Numbers, not names."))
    procedure = models.TextField(_("procedure"), blank=True)
    measures = models.TextField(_("measures"), blank=True)
    effect = models.TextField(_("effect"), blank=True)
    publish_until = models.DateField(
        _("published until"), null=True, blank=True, help_text=_("Required for a sanction: it comes down after it.")
    )
    is_historical = models.BooleanField(_("historical material"), default=False)

    objects = PageManager.from_queryset(CaseQuerySet)()

    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("kind"), FieldPanel("department")]),
                FieldRowPanel([FieldPanel("period"), FieldPanel("occurred_on")]),
                FieldRowPanel([FieldPanel("publish_until"), FieldPanel("is_historical")]),
            ],
            heading=_("report"),
        ),
        FieldPanel("basis"),
        FieldPanel("subjects"),
        FieldPanel("procedure"),
        FieldPanel("measures"),
        FieldPanel("effect"),
    ]
    search_fields: ClassVar[list[Any]] = [
        *BasePage.search_fields,
        index.SearchField("basis"),
        index.SearchField("subjects"),
        index.SearchField("procedure"),
        index.SearchField("measures"),
        index.SearchField("effect"),
        index.SearchField("department_label"),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.CaseIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    base_form_class = CasePageForm

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            one_of("kind", CaseKind, name="case_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="sanction") | Q(publish_until__isnull=False),
                name="case_sanction_ends",
                violation_error_message=_("A sanction needs the day on which its publication ends."),
            ),
        ]

    @property
    def is_sanction(self) -> bool:
        """True for a sanction."""
        return self.kind == CaseKind.SANCTION

    @property
    def department_label(self) -> str:
        """The unit as it may be named in public; empty for a sensitive unit."""
        if self.department.is_sensitive:
            return ""
        return str(self.department.short_name or self.department.name)

    def is_past(self, at: dt.datetime) -> bool:
        """True once its publication has ended."""
        return self.expire_at is not None and self.expire_at <= at

    def clean(self) -> None:
        """Keep `expire_at` at the end of the last day (China). Raises ValidationError for a bare live sanction."""
        super().clean()
        if self.publish_until:
            after = self.publish_until + dt.timedelta(days=1)
            self.expire_at = timezone.make_aware(dt.datetime.combine(after, dt.time.min))
        # A page under construction says `live` before anybody has decided: it is checked when it is published.
        if self.live and not self._state.adding and self.is_sanction and not self.basis:
            raise ValidationError({"basis": _("A sanction must name the documents it rests on.")})

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, until its publication ends. Raises Http404 after that."""
        if self.is_past(timezone.now()) and not getattr(request, "is_preview", False):
            raise Http404
        response: HttpResponse = super().serve(request, *args, **kwargs)
        return response

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """One template for both kinds."""
        return "cms/case_page.html"

    def permissions_for_user(self, user: Any) -> CasePermissionTester:
        """Reporters reach their own units only, in every view of the admin."""
        return CasePermissionTester(user, self)
