"""What letters hand down to the home page and to the site search."""

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms import registry
from foundation.smallcells import told
from pledges import queries


def letters_figure() -> registry.Figure:
    """How many letters are public now."""
    return registry.Figure(
        value=told(queries.letters_public()),
        label=gettext_lazy("letters made public by their signers"),
        order=20,
    )


def find(query: str, offset: int, limit: int) -> registry.Hits:
    """Published letters whose public name, unit or title contains `query`, or whose code it is. What lies behind the
    first page of the registry is found there."""
    try:
        found = queries.find(queries.Choice(text=query), size=offset + limit)
    except queries.TooBroad:
        return registry.Hits(total=0, hits=[])
    hits = [
        registry.Hit(
            title=row.name or row.unit,
            url=reverse("pledges:letter", args=[row.public_id]),
            excerpt=row.title,
            meta=_("Letter, signed on %(day)s") % {"day": formats.date_format(row.made_on, "DATE_FORMAT")},
        )
        for row in found.rows[offset:]
    ]
    return registry.Hits(total=found.count, hits=hits)


def register() -> None:
    """Providers for the site, and who may do what in Wagtail's admin. Called in `AppConfig.ready()`."""
    registry.figures["pledges.letters"] = letters_figure
    registry.search_providers["pledges.letters"] = registry.SearchProvider(
        key="letters", label=gettext_lazy("Letters"), search=find, order=30
    )
    writing = [f"pledges.{verb}_{model}" for verb in ("add", "change") for model in ("lettertemplate", "letterversion")]
    registry.grant(registry.EDITOR, *writing)
    registry.grant(registry.REVIEWER, "pledges.change_letterversion")
    registry.grant(
        registry.CREDIT_OFFICE,
        *writing,
        "pledges.view_letter",
        "pledges.view_letterrequest",
        "pledges.change_objection",
    )
    registry.grant(registry.AUDITOR, "pledges.open_evidence")
