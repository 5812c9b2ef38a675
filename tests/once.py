"""What several tests of one file look at and none of them changes, made once for all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def made_once(blocker: Any) -> Iterator[None]:
    """What is stored inside is there until the end of the block, then taken back: a transaction that is never
    committed. `blocker` is pytest-django's; the fixture that uses this has the scope of a module and asks for
    `django_db_setup`, too."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
