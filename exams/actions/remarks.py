"""Comments on items: made, settled, never changed."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from exams.actions.bank import ItemRefused, WrongState
from exams.actions.telling import tell_commented
from exams.models import Item, ItemComment, ItemVersion
from foundation.audit.actions import record

LONGEST = 2000


@transaction.atomic
def comment_item(*, by: AbstractBaseUser, item: Item, text: str, at: datetime | None = None) -> ItemComment:
    """Say something about the newest version of an item; whom it concerns gets a message.

    Raises ItemRefused if it says nothing or too much.
    """
    said = text.replace("\0", "").strip()
    if not said or len(said) > LONGEST:
        raise ItemRefused("write a comment of up to 2000 characters")
    version = ItemVersion.objects.filter(item=item).order_by("-number")[:1].get()
    comment = ItemComment.objects.create(
        item=item, version=version, author_id=by.pk, text=said, created_at=at or timezone.now()
    )
    record(action="exams.comment_item", actor=by, target=f"exams.Item:{item.pk}", details={"comment": comment.pk})
    tell_commented(by=by, comment=comment)
    return comment


@transaction.atomic
def resolve_comment(*, by: AbstractBaseUser, comment: ItemComment, at: datetime | None = None) -> None:
    """Settle a comment. Raises WrongState if it is settled."""
    open_one = ItemComment.objects.filter(pk=comment.pk, resolved_at=None)
    if not open_one.update(resolved_at=at or timezone.now(), resolved_by=by.pk):
        raise WrongState(comment.pk)
    record(
        action="exams.resolve_comment",
        actor=by,
        target=f"exams.Item:{comment.item_id}",
        details={"comment": comment.pk},
    )
