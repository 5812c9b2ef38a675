"""Tell who writes letters what became of their wording."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from notifications.actions import Draft, notify_all
from pledges.models import LetterVersion

RETURNED = "pledges.wording_returned"
SHOWN = 40  # of a title so many characters stand in a subject


def tell_returned(*, by: AbstractBaseUser, version: LetterVersion) -> None:
    """A wording came back from review: its author reads why. Nobody is told of what they did themselves."""
    author = version.author_id
    if author is None or author == by.pk:
        return
    title = Truncator(version.template.title).chars(SHOWN)
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Returned to you: wording %(number)s of “%(title)s”") % {"number": version.number, "title": title}
    url = reverse("letter-versions:edit", args=[version.pk])
    notify_all(drafts=[Draft(author, RETURNED, subject, version.returned_because, url)])
