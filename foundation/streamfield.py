"""A StreamField whose block definitions stay out of migrations."""

from typing import Any

from wagtail.fields import StreamField


class LeanStreamField(StreamField):
    """Stores the same JSON; a changed block needs no migration, because the database does not know blocks."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types or [], **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Everything but the blocks."""
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
