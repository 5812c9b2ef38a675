"""Lists and forms in Wagtail's admin. Everything is stored through the actions; nothing is deleted there."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import Button, HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from exams import actions, queries
from exams.admin.feasibility import shortage_in_words
from exams.admin.items import ItemViewSet
from exams.forms.authoring import PointForm
from exams.models import (
    Bank,
    Blueprint,
    ExtraAttempt,
    Item,
    KnowledgePoint,
    Paper,
    PaperState,
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
        messages.warning(request, shortage_in_words(cell))


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


class Checked:
    """Tells while somebody is typing what the bank can fill."""

    def get_form_class(self) -> Any:
        """With the script that asks."""
        media = type("Media", (), {"js": ["js/exams-papers.js"]})
        return type("BlueprintForm", (super().get_form_class(),), {"Media": media})  # type: ignore[misc]


class BlueprintCreate(Checked, RecordedCreate):
    """A new blueprint."""


class BlueprintEdit(Checked, RecordedEdit):
    """A changed blueprint. Papers that are published keep what they were published with."""


class BlueprintViewSet(RecordedViewSet):
    """Blueprints with their sections."""

    add_view_class = BlueprintCreate
    edit_view_class = BlueprintEdit

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
                FieldRowPanel([FieldPanel("audience"), FieldPanel("language")]),
                FieldRowPanel([FieldPanel("count"), FieldPanel("points")]),
            ],
            heading=gettext_lazy("blueprint sections"),
            min_num=1,
        ),
    ]


class PaperIndex(generic.IndexView):
    """The papers, with a way to begin one from a format and to remake one for an appeal."""

    @property
    def header_buttons(self) -> list[Any]:
        """Before Wagtail's own button."""
        buttons: list[Any] = list(super().header_buttons)
        if self.request.user.has_perm("exams.add_paper"):
            url = reverse("exams_admin:new-paper")
            buttons.insert(0, HeaderButton(_("New paper from a format"), url=url, icon_name="list-ol"))
        return buttons

    @property
    def header_more_buttons(self) -> list[Any]:
        """Rarely needed."""
        buttons: list[Any] = list(super().header_more_buttons)
        url = reverse("exams_admin:remake")
        return [*buttons, Button(_("Remake a paper for an appeal"), url=url, icon_name="history", priority=90)]


class PaperLink:
    """After storing, the page that says what the paper draws."""

    object: Any

    def get_success_url(self) -> str:
        """To the paper."""
        return reverse("exams_admin:paper", args=[self.object.pk])


class PaperCreate(PaperLink, RecordedCreate):
    """A new paper."""


class PaperEdit(PaperLink, RecordedEdit):
    """A draft with everything; of a published paper only what does not change what is drawn or the rules."""

    def get_panel(self) -> Any:
        """Fewer panels for a published paper. The view has not read it yet."""
        if not Paper.objects.filter(pk=self.kwargs["pk"], state=PaperState.PUBLISHED).exists():
            return super().get_panel()
        names = ("title", "title_en", "intro", "review", "prepare")
        note = HelpPanel(_("This paper is published: what it draws and its rules stay. Copy it to change them."))
        return MultiFieldPanel([note, *(FieldPanel(name) for name in names)]).bind_to_model(Paper)

    def get_form_class(self) -> Any:
        """The form of these panels."""
        return self.panel.get_form_class() if self.panel else super().get_form_class()


class PaperViewSet(RecordedViewSet):
    """Papers with their rules and fixed items."""

    model = Paper
    name = "exams_paper"
    icon = "doc-full"
    index_view_class = PaperIndex
    add_view_class = PaperCreate
    edit_view_class = PaperEdit
    list_display = [
        TitleColumn(
            "title",
            label=gettext_lazy("title"),
            accessor="title",
            get_url=lambda paper: reverse("exams_admin:paper", args=[paper.pk]),
        ),
        Column("mode", label=gettext_lazy("mode"), accessor="get_mode_display"),
        Column("state", label=gettext_lazy("state"), accessor="get_state_display"),
        "minutes",
        "pass_mark",
        "attempts_allowed",
    ]
    list_filter = ["mode", "state"]
    search_fields = ["title", "slug"]
    panels = [
        MultiFieldPanel(
            [FieldPanel(name) for name in ("title", "title_en", "slug", "mode", "intro", "blueprint")],
            heading=gettext_lazy("paper"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("minutes"), FieldPanel("pass_mark"), FieldPanel("attempts_allowed")]),
                FieldRowPanel([FieldPanel("counting"), FieldPanel("partial_credit"), FieldPanel("part_rule")]),
                FieldPanel("review"),
                FieldRowPanel([FieldPanel("shuffle"), FieldPanel("prepare")]),
                FieldRowPanel(
                    [FieldPanel("excellence_mark"), FieldPanel("marking_tolerance"), FieldPanel("appeal_days")]
                ),
            ],
            heading=gettext_lazy("Rules of an exam"),
        ),
        FieldRowPanel(
            [FieldPanel("mastery_right"), FieldPanel("mastery_of")], heading=gettext_lazy("Mastery rule of a drill")
        ),
        InlinePanel("fixed", panels=[FieldPanel("item"), FieldPanel("points")], heading=gettext_lazy("fixed items")),
        InlinePanel(
            "exclusions", panels=[FieldPanel("item"), FieldPanel("point")], heading=gettext_lazy("never drawn")
        ),
    ]


class MakeupCreate(generic.CreateView):
    """Grants through the form."""

    def save_instance(self) -> Model:
        """Store."""
        instance: Model = self.form.save()
        return instance


class MakeupViewSet(ModelViewSet):
    """Make-ups and deferrals: granted, listed, never changed. `exams.admin.sitting` fills in how they look."""

    model = ExtraAttempt
    name = "exams_extraattempt"
    icon = "plus"
    add_view_class = MakeupCreate
    copy_view_enabled = False
    ordering = ["-granted_at"]


class ExamsGroup(ModelViewSetGroup):
    """One entry in the menu."""

    menu_label = gettext_lazy("Exams")
    menu_icon = "help"
    menu_order = 210
    items = (ItemViewSet, BankViewSet, PointViewSet, BlueprintViewSet, PaperViewSet, MakeupViewSet)
