"""`{% load parts %}`: form fields, pages of a list, and other parts that need a little arithmetic."""

from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template.context import RequestContext

register = template.Library()

CHOICE_WIDGETS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "", hint: str = "") -> dict[str, Any]:
    """A form field with its label, hint and errors, tied together for screen readers.

    `label` and `hint` replace the form's own words; a hint of one space leaves the form's own away.
    """
    widget = bound.field.widget
    kind = "input"
    if isinstance(widget, CHOICE_WIDGETS):
        kind = "choices"
    elif isinstance(widget, forms.CheckboxInput):
        kind = "check"
    words = (hint or bound.help_text).strip()
    described = [f"{bound.auto_id}_helptext"] if words else []
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    # A placeholder that repeats the label goes away when one writes, and hides what a hint should say.
    attributes: dict[str, Any] = {"placeholder": False}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if kind == "input" and not isinstance(widget, forms.FileInput):
        attributes["class"] = f"input {widget.attrs.get('class', '')}".strip()
    return {
        "field": bound,
        "kind": kind,
        "label": label or bound.label,
        "hint": words,
        "described": " ".join(described),
        "widget": bound.as_widget(attrs=attributes) if kind != "choices" else "",
        "choices": list(bound) if kind == "choices" else [],
    }


@register.inclusion_tag("components/fields.html")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """Error summary, hidden fields and every visible field of `form`."""
    return {"form": form}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: RequestContext, page: Page[Any], name: str = "page") -> dict[str, Any]:
    """Links to the pages of a list; the rest of the query string stays."""
    query = context["request"].GET.copy()
    query.pop(name, None)
    rest = query.urlencode()
    return {
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "gap": page.paginator.ELLIPSIS,
        "start": f"?{rest}&{name}=" if rest else f"?{name}=",
    }
