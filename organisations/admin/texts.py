"""The letter to parents in Wagtail's admin: a new version is a new row, and none is ever changed."""

from django import forms
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from organisations import actions
from organisations.models import ConsentText


class ConsentTextForm(forms.ModelForm):
    """A version, its title and its words."""

    class Meta:
        model = ConsentText
        fields = ["version", "title", "body"]


class ConsentTextCreateView(generic.CreateView):
    """A new version."""

    def save_instance(self) -> ConsentText:
        """Through the action."""
        return actions.publish_consent_text(by=self.request.user, **self.form.cleaned_data)


class ConsentTextViewSet(ModelViewSet):
    """告家长书, version by version."""

    model = ConsentText
    name = "consent_texts_admin"
    url_prefix = "consent-texts"
    icon = "doc-full"
    menu_label = gettext_lazy("Letters to parents")
    menu_order = 281
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    inspect_view_fields = ["version", "title", "body", "published_at", "published_by"]
    list_display = ["version", "title", DateColumn("published_at")]
    search_fields = ["version", "title"]
    search_backend_name = None
    ordering = ["-published_at"]
    add_view_class = ConsentTextCreateView

    def get_form_class(self, for_update: bool = False) -> type[ConsentTextForm]:
        """Only new ones."""
        return ConsentTextForm
