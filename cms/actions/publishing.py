"""Publication by the clock, and its trace in the audit log."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from foundation.audit.actions import record


@transaction.atomic
def publish_scheduled() -> int:
    """Publish what is due and take down what has ended; a job calls it every few minutes. Returns pages taken down.

    Wagtail's own command does the work; every page that came down gets an audit entry of the system.
    """
    ended = list(Page.objects.live().filter(expire_at__lte=timezone.now()).values_list("pk", "url_path"))
    call_command("publish_scheduled", verbosity=0)
    for pk, url_path in ended:
        record(action="cms.take_down", actor=None, target=f"wagtailcore.Page:{pk}", details={"path": url_path})
    return len(ended)


@transaction.atomic
def record_page_action(*, by: AbstractBaseUser | AnonymousUser, page: Page, verb: str) -> None:
    """Note in the audit log that somebody did `verb` (publish, unpublish, delete) to a page by hand."""
    record(
        action=f"cms.{verb}_page",
        actor=by if isinstance(by, AbstractBaseUser) else None,
        target=f"wagtailcore.Page:{page.pk}",
        details={"title": page.title, "kind": page.specific_class.__name__ if page.specific_class else ""},
    )
