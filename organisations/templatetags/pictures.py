"""`{% load pictures %}`: the pictures of pupils' secrets."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from organisations.presets import PICTURES

register = template.Library()
DRAWINGS = {key: drawing for key, _name, drawing in PICTURES}


@register.simple_tag
def picture(key: str) -> SafeString:
    """The drawing of one picture; its name stands beside it as text."""
    return format_html(
        '<svg viewBox="0 0 48 48" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(DRAWINGS[key]),  # noqa: S308  # our own drawings
    )
