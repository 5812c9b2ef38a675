"""`{% load ui %}`: the drawn parts of the design. Examples of each stand in docs/design.md."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeData, SafeString, mark_safe

from foundation.drawing import qr_path, seal_path
from foundation.icons import ICONS
from foundation.zhtext.wordbreaks import unbreakable_pieces

register = template.Library()

BOOK_COLOURS = ("jade", "indigo", "ochre", "plum", "ink")
COVER_LINE = 5


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


@register.filter
def zhwrap(value: object) -> SafeString:
    """`value` with `<wbr>` between Chinese words, escaped. For headings, which are set `word-break: keep-all`.

    Markup that is already safe stays as it is: it cannot be cut between words without parsing it.
    """
    text = str(value)
    if isinstance(value, SafeData) and ("<" in text or "&" in text):
        return mark_safe(text)  # noqa: S308  # the caller declared it safe
    return mark_safe("<wbr>".join(conditional_escape(piece) for piece in unbreakable_pieces(text)))  # noqa: S308


@register.inclusion_tag("components/slips.html")
def slips(track: Iterable[Mapping[str, Any]], style: str = "", label: str = "") -> dict[str, Any]:
    """The five-step track (五简). `track` items: number, word, description, state (done, now, todo or empty), text, url
    and icon (only where there is no state). `style` is "hero", "flat" or empty.
    """
    return {"track": track, "style": style, "label": label}


@register.simple_tag
def ring(percent: float, label: str) -> SafeString:
    """A ring filled to `percent` (0 to 100). `label` is the sentence that a screen reader says."""
    whole = max(0, min(100, int(percent)))
    return format_html(
        '<svg class="ring" viewBox="0 0 100 100" role="img" aria-label="{}"><circle class="e" cx="50" cy="50" r="48"/>'
        '<circle class="t" cx="50" cy="50" r="43"/><circle class="v" cx="50" cy="50" r="43" pathLength="100" '
        'stroke-dasharray="{} 100" transform="rotate(-90 50 50)"/><text x="50" y="59">{}%</text></svg>',
        label,
        whole,
        whole,
    )


@register.simple_tag
def book(title: str, colour: str = "jade") -> SafeString:
    """A thread-bound cover (书衣) with `title` on its strip: decoration, the title stands beside it as text.

    A colour that the design does not have falls back to jade.
    """
    middle = (len(title) + 1) // 2 if len(title) > COVER_LINE else len(title)
    lines = [(line,) for line in (title[:middle], title[middle:]) if line]
    return format_html(
        '<div class="book" data-c="{}" aria-hidden="true"><span>{}</span></div>',
        colour if colour in BOOK_COLOURS else BOOK_COLOURS[0],
        format_html_join(mark_safe("<br>"), "{}", lines),
    )


@register.simple_tag
def seal(code: str, label: str = "", css: str = "") -> SafeString:
    """The square verification mark (印) of a letter, drawn from `code`. `css`: "seal--sm", "seal--lg", "is-new"."""
    described = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" viewBox="0 0 101 101" {}><rect class="fr" x="3" y="3" width="95" height="95" rx="3"/>'
        '<path d="{}"/><text x="54" y="45">信</text><text x="54" y="88">行</text></svg>',
        f"seal {css}".strip(),
        described,
        seal_path(code),
    )


@register.simple_tag
def qr(url: str, label: str) -> SafeString:
    """A QR code of `url`, as one SVG path with its quiet zone."""
    path, side = qr_path(url)
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<path d="{2}"/></svg>',
        side,
        label,
        path,
    )
