"""The newest published letters as a feed, with the same filters as the list (Atom, RFC 4287; RSS 2.0)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges import queries
from pledges.forms import RegistryForm, may_search
from pledges.pdf import address_of

ITEMS = 50


def _feed(request: HttpRequest, kind: type[SyndicationFeed], content_type: str) -> HttpResponse:
    if not may_search(request):
        return HttpResponse(status=429)
    form = RegistryForm(request.GET)
    try:
        found = queries.find(form.choice, size=ITEMS)
    except queries.TooBroad:
        return HttpResponse(status=503)
    home = f"{settings.SITE_URL}{reverse('pledges:registry')}"
    feed = kind(
        title=_("Published commitment letters"),
        link=home,
        description=_("Commitment letters that their signers made public, newest first."),
        language=get_language(),
        feed_url=f"{settings.SITE_URL}{request.get_full_path()}",
    )
    for row in found.rows:
        feed.add_item(
            title=f"{row.name or row.unit} · {row.title}",
            link=address_of(row.public_id),
            description=_("Accepted by %(office)s, pledge code %(code)s") % {"office": row.office, "code": row.code},
            unique_id=address_of(row.public_id),
            pubdate=row.published_at,
            updateddate=row.published_at,
            categories=[str(row.get_audience_display())],
        )
    response = HttpResponse(content_type=f"{content_type}; charset=utf-8")
    feed.write(response, "utf-8")
    return response


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """The Atom feed."""
    return _feed(request, Atom1Feed, "application/atom+xml")


@require_safe
def rss(request: HttpRequest) -> HttpResponse:
    """The RSS feed."""
    return _feed(request, Rss201rev2Feed, "application/rss+xml")
