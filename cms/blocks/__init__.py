"""What editors put together a page from, shared by every app that has pages."""

from cms.blocks.body import BodyBlock, DocumentBlock
from cms.blocks.fields import StreamField

__all__ = ["BodyBlock", "DocumentBlock", "StreamField"]
