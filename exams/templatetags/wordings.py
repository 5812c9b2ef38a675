"""`{% wording text question %}`: a text of a question with its pictures."""

from typing import Protocol

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from exams.importers import marks
from exams.queries import PictureView

register = template.Library()


class Pictured(Protocol):
    """A question, or an answer to mark: what has texts with pictures."""

    @property
    def pictures(self) -> list[PictureView]:
        """Its pictures."""


@register.simple_tag
def wording(text: str, question: Pictured) -> SafeString:
    """Escaped, with line breaks, each `[图1]` as its picture."""
    shown = {picture.number: picture for picture in question.pictures}
    parts = [
        _image(shown[n]) if n in shown else _lines(piece) for piece, n in marks.pieces(text) if n in shown or not n
    ]
    return format_html_join("", "{}", ([part] for part in parts))


@register.simple_tag
def picture(shown: PictureView) -> SafeString:
    """A picture that no text places."""
    return _image(shown)


@register.simple_tag
def read_out(text: str, question: Pictured) -> str:
    """Where no picture can stand: its description."""
    return marks.read_out(text, [{"n": p.number, "alt": p.alt} for p in question.pictures])


def _lines(text: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ([line] for line in text.splitlines() or [""]))


def _image(shown: PictureView) -> SafeString:
    if shown.owner:
        address = reverse(shown.door, args=[shown.owner, shown.public_id, shown.token])
    else:
        address = reverse("exams_admin:picture", args=[shown.public_id])
    return format_html(
        '<img class="q-picture" src="{}" alt="{}" width="{}" height="{}">',
        address,
        shown.alt,
        str(shown.width),
        str(shown.height),
    )
