"""What every page of this site has."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index


class BasePage(Page):
    """A page with a lead sentence and a way back up. Abstract: stock Wagtail Page below, so add-ons keep working."""

    intro = models.TextField(_("lead"), blank=True, max_length=400)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("intro")]

    class Meta:
        abstract = True

    def crumbs(self) -> list[dict[str, str]]:
        """The way down from the home page to this one, for components/crumbs.html. One statement."""
        above = self.get_ancestors().filter(depth__gt=2)
        way = [{"word": page.title, "url": page.url or ""} for page in above]
        return [*way, {"word": self.title, "url": ""}]
