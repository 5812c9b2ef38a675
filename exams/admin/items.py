"""The bank in Wagtail's admin: a list that stays quick at a hundred thousand items, and the forms."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import HeaderButton

from exams import queries
from exams.admin.paging import EndlessPaginator
from exams.forms.authoring import ItemForm
from exams.models import Bank, Item, ItemComment, ItemIndex, KnowledgePoint, VersionState

PER_PAGE = 50
ONLY = [("on", gettext_lazy("only these"))]


def indexed(**fields: Any) -> QuerySet[ItemIndex, Any]:
    """Ids of the items whose row of the index has these fields."""
    return ItemIndex.objects.filter(**fields).values("item_id")


class ItemFilter(WagtailFilterSet):
    """By what describes an item, by where its newest version stands, by its use and its likeness to others."""

    bank = django_filters.ModelChoiceFilter(
        label=gettext_lazy("item bank"), queryset=Bank.objects.order_by("name"), widget=forms.Select
    )
    point = django_filters.ModelChoiceFilter(
        label=gettext_lazy("knowledge point, with those below"),
        queryset=KnowledgePoint.objects.order_by("path"),
        method="filter_point",
        widget=forms.Select,
    )
    newest_state = django_filters.ChoiceFilter(
        label=gettext_lazy("state"), choices=VersionState.choices, method="filter_state", widget=forms.RadioSelect
    )
    queue = django_filters.ChoiceFilter(
        label=gettext_lazy("waiting for my review"), choices=ONLY, method="filter_queue", widget=forms.RadioSelect
    )
    author = django_filters.CharFilter(label=gettext_lazy("author"), method="filter_author")
    pictures = django_filters.ChoiceFilter(
        label=gettext_lazy("has a picture"), choices=ONLY, method="filter_pictures", widget=forms.RadioSelect
    )
    used = django_filters.ChoiceFilter(
        label=gettext_lazy("used"),
        choices=[("yes", gettext_lazy("asked before")), ("no", gettext_lazy("never asked"))],
        method="filter_used",
        widget=forms.RadioSelect,
    )
    twins = django_filters.ChoiceFilter(
        label=gettext_lazy("near duplicates"), choices=ONLY, method="filter_twins", widget=forms.RadioSelect
    )

    comments = django_filters.ChoiceFilter(
        label=gettext_lazy("has an open comment"), choices=ONLY, method="filter_comments", widget=forms.RadioSelect
    )

    class Meta:
        model = Item
        fields = ["bank", "type", "audience", "language", "difficulty", "point"]

    def filter_point(self, items: QuerySet[Item], name: str, value: KnowledgePoint) -> QuerySet[Item]:
        """A point takes along what is below it."""
        return items.filter(point__in=queries.below(value))

    def filter_state(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        """By the newest version."""
        return items.filter(pk__in=indexed(state=value))

    def filter_queue(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        """In review, written by somebody else."""
        return queries.awaiting_review(items, self.request.user)

    def filter_author(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        """By user name or a part of the name."""
        return queries.written_by(items, value.strip())

    def filter_pictures(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        """With a picture."""
        return items.filter(pk__in=indexed(has_picture=True))

    def filter_used(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        """Asked in an attempt or a drill, or not."""
        return items.filter(pk__in=indexed(used_at__isnull=value == "no"))

    def filter_twins(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        """Like another item."""
        return items.filter(pk__in=indexed(twin__isnull=False))

    def filter_comments(self, items: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        """With a comment that nobody has settled."""
        return items.filter(pk__in=ItemComment.objects.filter(resolved_at=None).values("item_id"))


def found_items(request: Any) -> QuerySet[Item]:
    """The items that the search and the filters in the address let through, newest first."""
    text = request.GET.get("q", "").strip()
    items = queries.matching(text) if text else Item.objects.all()
    filters = ItemFilter(request.GET, queryset=items, request=request)
    return (filters.qs if filters.is_valid() else items).order_by("-pk")


class PickColumn(Column):
    """A box to choose the item for a change to many."""

    def get_value(self, instance: Item) -> SafeString:
        """The box with its words."""
        words = _("Choose item %(n)s") % {"n": instance.number or instance.pk}
        return format_html('<input type="checkbox" name="id" value="{}" aria-label="{}">', instance.pk, words)


def state_words(item: Item) -> SafeString:
    """The state of the newest version, and how much it is like another item."""
    row = item.index  # type: ignore[attr-defined]
    likeness = _("%(n)s%% like another") % {"n": row.likeness} if row.likeness else ""
    words = dict(VersionState.choices).get(row.state, "")
    return format_html('{} <span class="w-status">{}</span>', words, likeness) if likeness else format_html("{}", words)


class ItemIndexView(generic.IndexView):
    """The bank's items with their newest wording. No statement grows with the bank."""

    results_template_name = "exams/admin/items.html"
    paginate_by = PER_PAGE
    search_fields = ("number",)
    default_ordering = "-pk"

    def get_base_queryset(self) -> QuerySet[Item]:
        """Keys only; the rows of a page are fetched by `items_listed`."""
        return Item.objects.all()

    def get_valid_orderings(self) -> list[str]:
        """The newest first besides the columns."""
        return [*super().get_valid_orderings(), "-pk"]

    def order_queryset(self, queryset: QuerySet[Item]) -> QuerySet[Item]:
        """By the column, then newest first, so that pages never overlap."""
        order: Any = self.ordering
        if str(order).lstrip("-").startswith("index__"):
            sign = "-" if str(order).startswith("-") else ""
            return queryset.filter(index__isnull=False).order_by(order, f"{sign}index__item")
        return queryset.order_by(order) if order == "-pk" else queryset.order_by(order, "-pk")

    def search_queryset(self, queryset: QuerySet[Item]) -> QuerySet[Item]:
        """Through the full-text index: stem, options, number and source."""
        if not self.is_searching:
            return queryset
        return queryset.filter(pk__in=queries.matching(self.search_query).values("pk"))

    def get_paginator(self, queryset: Any, per_page: int, **kwargs: Any) -> EndlessPaginator:
        """Without a count."""

        def rows(keys: list[int]) -> list[Item]:
            found = {item.pk: item for item in queries.items_listed().filter(pk__in=keys)}
            return [found[key] for key in keys if key in found]

        return EndlessPaginator(queryset, per_page, rows=rows)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """How many there are, as far as they were counted."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        query = self.request.GET.copy()
        query.pop("p", None)
        return context | {"everything": query.urlencode()}

    @property
    def header_buttons(self) -> list[Any]:
        """Adding, and the queue of what waits for the reader."""
        waiting = reverse("exams_item:index") + "?queue=on"
        buttons = [HeaderButton(_("Waiting for my review"), url=waiting, icon_name="check")]
        return [*super().header_buttons, *buttons]


class ItemSave:
    """The form stores through the actions itself; afterwards the page with preview and review opens."""

    form: Any
    object: Any

    def save_instance(self) -> Model:
        """Store."""
        instance: Model = self.form.save()
        return instance

    def get_success_url(self) -> str:
        """To preview and review."""
        return reverse("exams_admin:item", args=[self.form.instance.pk])


class ItemCreate(ItemSave, generic.CreateView):
    """A new item; one that is like others is stored only when the author says that it is meant."""


class ItemEdit(ItemSave, generic.EditView):
    """A changed item: a new version if the newest is frozen."""


class ItemViewSet(ModelViewSet):
    """Items: list, search, filters, forms."""

    model = Item
    name = "exams_item"
    icon = "help"
    index_view_class = ItemIndexView
    add_view_class = ItemCreate
    edit_view_class = ItemEdit
    copy_view_enabled = False
    filterset_class = ItemFilter
    search_fields = ["number"]
    list_per_page = PER_PAGE
    list_display = [
        PickColumn("pick", label=""),
        TitleColumn(
            "stem",
            label=gettext_lazy("Question"),
            accessor=lambda item: item.index.newest.stem[:80],
            get_url=lambda item: reverse("exams_admin:item", args=[item.pk]),
        ),
        Column("number", label=gettext_lazy("number in the bank"), sort_key="number"),
        Column("type", label=gettext_lazy("type"), accessor="get_type_display", sort_key="type"),
        Column("bank", label=gettext_lazy("item bank"), accessor="bank.name"),
        Column("point", label=gettext_lazy("knowledge point"), accessor="point.name"),
        Column("difficulty", label=gettext_lazy("difficulty"), sort_key="difficulty"),
        Column("state", label=gettext_lazy("state"), accessor=state_words, sort_key="index__state"),
        Column(
            "changed_at",
            label=gettext_lazy("changed"),
            accessor=lambda item: item.index.changed_at.date().isoformat(),
            sort_key="index__changed_at",
        ),
    ]

    def get_form_class(self, for_update: bool = False) -> type:
        """Our form with the wording."""
        return ItemForm
