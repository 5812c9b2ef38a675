"""`{% load ui %}`: the drawn parts of the design."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from foundation.icons import ICONS

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Inline SVG of icon `name`. Without `label` it is decoration and hidden from screen readers.

    Raises KeyError for an unknown name: a template error, seen in the first test that renders it.
    """
    body = mark_safe(ICONS[name])  # noqa: S308  # our own drawings
    classes = f"i {css}".strip()
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', classes, label, body
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', classes, body
    )
