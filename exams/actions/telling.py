"""Tell the authors of the bank what happened to what they wrote."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from exams.models import ItemComment, ItemVersion
from notifications.actions import Draft, notify_all

RETURNED, COMMENTED = "exams.item_returned", "exams.item_commented"
SHOWN = 40  # of a question so many characters stand in a subject


def tell_returned(*, by: AbstractBaseUser | None, version: ItemVersion, reason: str) -> None:
    """A version came back from review: its author reads why. Nobody is told of what they did themselves."""
    with translation.override(settings.LANGUAGE_CODE):
        _send(by, [version.author_id], RETURNED, _("Returned to you: %(stem)s"), version, reason)


def tell_commented(*, by: AbstractBaseUser, comment: ItemComment) -> None:
    """Somebody commented: the author of the newest version and whoever has an open comment on the item read it."""
    others = ItemComment.objects.filter(item=comment.item_id, resolved_at=None).values_list("author_id", flat=True)
    people = [comment.version.author_id, *others]
    with translation.override(settings.LANGUAGE_CODE):
        _send(by, people, COMMENTED, _("New comment on: %(stem)s"), comment.version, comment.text)


def _send(
    by: AbstractBaseUser | None, people: Iterable[int | None], kind: str, subject: str, version: ItemVersion, body: str
) -> None:
    title = subject % {"stem": Truncator(version.stem).chars(SHOWN)}
    url = reverse("exams_admin:item", args=[version.item_id])
    told = sorted({pk for pk in people if pk is not None} - {by.pk if by else None})
    notify_all(drafts=[Draft(pk, kind, title, body, url) for pk in told])
