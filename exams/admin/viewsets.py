"""Lists and forms in Wagtail's admin. Everything is stored through the actions; nothing is deleted there."""

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from exams import actions, queries
from exams.forms.authoring import ItemForm, MakeupForm, PointForm
from exams.models import (
    Bank,
    Blueprint,
    ExtraAttempt,
    Item,
    KnowledgePoint,
    Paper,
    VersionState,
)


class NoDeleting(ModelPermissionPolicy):
    """What was asked, granted or scored stays; items are retired instead."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """As Django grants, but never `delete`."""
        return action != "delete" and bool(super().user_has_permission(user, action))


class GrantOnly(NoDeleting):
    """A make-up attempt is granted once and not changed afterwards."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """`add` and `view` only."""
        return action not in ("change", "delete") and bool(super().user_has_permission(user, action))


for _model in (Bank, Blueprint, Item, KnowledgePoint, Paper):
    register_permission_policy(_model, NoDeleting(_model))
register_permission_policy(ExtraAttempt, GrantOnly(ExtraAttempt))


def warn_of_shortages(request: Any, instance: Model) -> None:
    """After saving a blueprint or a paper: which cell the bank cannot fill."""
    blueprint = instance if isinstance(instance, Blueprint) else getattr(instance, "blueprint", None)
    for cell in queries.feasibility(blueprint) if blueprint else []:
        messages.warning(
            request,
            _("Section %(section)s asks for %(wanted)s items; the bank has %(available)s left that fit.")
            % {"section": cell.section, "wanted": cell.wanted, "available": cell.available},
        )


class RecordedCreate(generic.CreateView):
    """Stores through an action, which writes the audit entry."""

    def save_instance(self) -> Model:
        """Store, then say what the bank cannot fill."""
        instance = actions.save_edited(by=self.request.user, form=self.form)
        warn_of_shortages(self.request, instance)
        return instance


class RecordedEdit(generic.EditView):
    """Stores through an action, which writes the audit entry."""

    def save_instance(self) -> Model:
        """Store, then say what the bank cannot fill."""
        instance = actions.save_edited(by=self.request.user, form=self.form)
        warn_of_shortages(self.request, instance)
        return instance


class RecordedViewSet(ModelViewSet):
    """Common to all: no copying, edits recorded."""

    add_view_class = RecordedCreate
    edit_view_class = RecordedEdit
    copy_view_enabled = False


class BankViewSet(RecordedViewSet):
    """Banks."""

    model = Bank
    name = "exams_bank"
    icon = "folder-open-inverse"
    form_fields = ["name", "audience", "description"]
    list_display = ["name", "audience"]
    list_filter = ["audience"]
    search_fields = ["name"]


class PointViewSet(RecordedViewSet):
    """The tree of knowledge points."""

    model = KnowledgePoint
    name = "exams_knowledgepoint"
    icon = "list-ul"
    list_display = ["name", "parent", "reread_title"]
    list_filter = ["parent"]
    search_fields = ["name"]
    ordering = ["path"]

    def get_form_class(self, for_update: bool = False) -> type:
        """Our form, which refuses circles."""
        return PointForm


class ItemFilter(WagtailFilterSet):
    """By bank, type, audience, difficulty, knowledge point and the state of the newest version."""

    newest_state = django_filters.ChoiceFilter(
        label=gettext_lazy("state"), choices=VersionState.choices, field_name="state", widget=forms.RadioSelect
    )

    class Meta:
        model = Item
        fields = ["bank", "type", "audience", "difficulty", "point"]


class ItemIndex(generic.IndexView):
    """The bank's items with their newest wording."""

    def get_base_queryset(self) -> QuerySet[Item]:
        """With stem and state."""
        return queries.items_with_newest()

    def search_queryset(self, queryset: QuerySet[Item]) -> QuerySet[Item]:
        """Any part of a wording: Chinese has no words to split at."""
        return queries.containing(queryset, self.search_query) if self.is_searching else queryset

    def get_list_more_buttons(self, instance: Item) -> list[Any]:
        """Leads to preview and review as well."""
        url = reverse("exams_admin:item", args=[instance.pk])
        review = Button(_("Preview and review"), url, icon_name="view", priority=5)
        return [review, *super().get_list_more_buttons(instance)]


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
    """A new item."""


class ItemEdit(ItemSave, generic.EditView):
    """A changed item: a new version if the newest is frozen."""


def state_label(item: Any) -> str:
    """The state of the newest version in words."""
    return str(dict(VersionState.choices).get(item.state, ""))


class ItemViewSet(ModelViewSet):
    """Items: list, search, filters, forms."""

    model = Item
    name = "exams_item"
    icon = "help"
    index_view_class = ItemIndex
    add_view_class = ItemCreate
    edit_view_class = ItemEdit
    copy_view_enabled = False
    filterset_class = ItemFilter
    search_fields = ["number"]
    list_display = [
        TitleColumn(
            "stem",
            label=gettext_lazy("Question"),
            accessor=lambda item: item.stem[:80],
            get_url=lambda item: reverse("exams_admin:item", args=[item.pk]),
        ),
        Column("type", label=gettext_lazy("type"), accessor="get_type_display"),
        "bank",
        "point",
        "difficulty",
        Column("state", label=gettext_lazy("state"), accessor=state_label),
    ]

    def get_form_class(self, for_update: bool = False) -> type:
        """Our form with the wording."""
        return ItemForm


class BlueprintViewSet(RecordedViewSet):
    """Blueprints with their sections."""

    model = Blueprint
    name = "exams_blueprint"
    icon = "table"
    list_display = ["name"]
    search_fields = ["name"]
    panels = [
        FieldPanel("name"),
        InlinePanel(
            "sections",
            panels=[
                FieldPanel("bank"),
                FieldRowPanel([FieldPanel("point"), FieldPanel("type"), FieldPanel("difficulty")]),
                FieldRowPanel([FieldPanel("count"), FieldPanel("points")]),
            ],
            heading=gettext_lazy("blueprint sections"),
            min_num=1,
        ),
    ]


class PaperViewSet(RecordedViewSet):
    """Papers with their rules and fixed items."""

    model = Paper
    name = "exams_paper"
    icon = "doc-full"
    list_display = ["title", "mode", "minutes", "pass_mark", "attempts_allowed"]
    list_filter = ["mode"]
    search_fields = ["title", "slug"]
    panels = [
        MultiFieldPanel(
            [FieldPanel(name) for name in ("title", "title_en", "slug", "mode", "intro", "blueprint")],
            heading=gettext_lazy("paper"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("minutes"), FieldPanel("pass_mark"), FieldPanel("attempts_allowed")]),
                FieldPanel("partial_credit"),
                FieldPanel("review"),
            ],
            heading=gettext_lazy("Rules of an exam"),
        ),
        FieldRowPanel(
            [FieldPanel("mastery_right"), FieldPanel("mastery_of")], heading=gettext_lazy("Mastery rule of a drill")
        ),
        InlinePanel("fixed", panels=[FieldPanel("item"), FieldPanel("points")], heading=gettext_lazy("fixed items")),
    ]


class MakeupCreate(generic.CreateView):
    """Grants through the form."""

    def save_instance(self) -> Model:
        """Store."""
        instance: Model = self.form.save()
        return instance


class MakeupViewSet(ModelViewSet):
    """Make-up attempts: granted, listed, never changed."""

    model = ExtraAttempt
    name = "exams_extraattempt"
    icon = "plus"
    add_view_class = MakeupCreate
    copy_view_enabled = False
    list_display = [
        Column("person", label=gettext_lazy("Person"), accessor="enrolment.user"),
        "paper",
        "reason",
        "granted_by",
        "granted_at",
    ]
    list_filter = ["paper"]
    ordering = ["-granted_at"]

    def get_form_class(self, for_update: bool = False) -> type:
        """Our form, which finds the person."""
        return MakeupForm


class ExamsGroup(ModelViewSetGroup):
    """One entry in the menu."""

    menu_label = gettext_lazy("Exams")
    menu_icon = "help"
    menu_order = 210
    items = (ItemViewSet, BankViewSet, PointViewSet, BlueprintViewSet, PaperViewSet, MakeupViewSet)
