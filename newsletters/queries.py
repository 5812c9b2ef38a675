"""What the home page shows of the bulletin."""

from cms.registry import Headline
from newsletters.models import IssuePage


def newest_headlines(limit: int) -> list[Headline]:
    """The first `limit` pieces of the newest issue: the leading article, then news in brief."""
    issue = IssuePage.objects.live().order_by("-issued_on", "-pk").first()
    if issue is None:
        return []
    address = issue.url or ""
    return [
        Headline(item.title, f"{address}#{section.anchor}", section.title)
        for section in issue.reading()
        for item in section.items
        if item.title
    ][:limit]
