"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ClassworkConfig(AppConfig):
    """Class work without network."""

    name = "classwork"
    verbose_name = _("Class work")

    def ready(self) -> None:
        """A link on the page of every class."""
        from organisations import registry

        registry.class_links["classwork"] = _links


def _links(school_class: Any) -> list[tuple[str, str, str]]:
    return [(str(_("Class work without network")), reverse("classwork:modules", args=[school_class.code]), "down")]
