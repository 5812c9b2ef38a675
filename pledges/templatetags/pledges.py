"""`{% load pledges %}`: how letters write dates and codes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from pledges.contracts import BLANK, CHINESE, html_language, show_code
from pledges.models import SignatureLevel
from tlog.verify import FAILS, HOLDS, SKIPPED, Finding

register = template.Library()
DIGITS = "〇一二三四五六七八九"


def _spoken(number: int) -> str:
    """1 to 99 as one says it: 十一, 二十, 三十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


@register.filter
def chinese_date(day: date) -> str:
    """二〇二六年十一月十八日: the day as a letter carries it."""
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_spoken(day.month)}月{_spoken(day.day)}日"


@register.filter
def chinese_number(number: int) -> str:
    """1 to 99 as clauses are numbered: 一, 十二, 三十."""
    return _spoken(number)


@register.filter
def code(value: str) -> str:
    """A verification code in groups of four."""
    return show_code(value)


@register.simple_tag
def signature_levels() -> list[tuple[str, str]]:
    """Every way to sign that a record may name, with its words."""
    return [(level.value, str(level.label)) for level in SignatureLevel]


@register.filter
def language_of(text: Any) -> str:
    """The language of a letter's own words, for an attribute `lang`: of a wording, a record, a public face."""
    return html_language(getattr(text, "language", "") or getattr(text, "locale", "") or CHINESE)


@register.filter
def blanks(text: str) -> str:
    """A sentence with its blanks as lines that say what belongs there; the script fills them while one writes."""
    parts, last = [], 0
    for found in BLANK.finditer(text):
        name = found[1].strip()
        parts += [
            escape(text[last : found.start()]),
            format_html('<span class="l-blank" data-blank-text="{0}">{0}</span>', name),
        ]
        last = found.end()
    return mark_safe("".join([*parts, escape(text[last:])]))  # noqa: S308  # every part is escaped above


# What each check is called and what it means, by its result, in words for everybody.
TEXTS: dict[tuple[str, str], tuple[Promise, Promise]] = {
    ("entry", HOLDS): (
        _("Not one character was changed"),
        _("The log's entry was computed again from the text and is the same."),
    ),
    ("entry", FAILS): (
        _("The text is not the one in the public log"),
        _("Text or proof was changed, or the proof belongs to another letter."),
    ),
    ("checkpoint", HOLDS): (
        _("It stands in the public log"),
        _("The head of the log that the proof leads to carries the log's own signature."),
    ),
    ("checkpoint", FAILS): (
        _("The proof is not from our public log"),
        _("The signature under the head of the log, or one of a witness that is needed, is missing or wrong."),
    ),
    ("issuer", HOLDS): (_("Issued by this platform"), _("The record carries a valid signature of this platform.")),
    ("issuer", FAILS): (
        _("Not issued by this platform, or changed afterwards"),
        _("The signature under the record is missing or wrong."),
    ),
    ("seal", HOLDS): (
        _("The PDF is sealed by this platform and unchanged"),
        _("Every byte of the file is under the seal, so what you see in it is what was made here."),
    ),
    ("seal", FAILS): (
        _("The PDF was changed, or is not sealed by this platform"),
        _("What you see in it may have been changed, even where the record inside is genuine."),
    ),
    ("seal", SKIPPED): (
        _("The seal of the PDF was not checked here"),
        _("What was checked is the record inside the PDF. Compare what you see in it with the text below, word for"
          " word; or let our server check the seal, for which the file is sent."),
    ),
    ("paper", HOLDS): (
        _("The code on the paper leads to this very entry"),
        _("Place and check value in the QR code are those of the public log."),
    ),
    ("paper", FAILS): (
        _("The code on the paper leads to another entry"),
        _("Place or check value in the QR code are not those of this letter in the public log."),
    ),
    ("record", FAILS): (_("The record cannot be read"), _("This is not a record of ours, or it is damaged.")),
    ("proof", FAILS): (_("The proof cannot be read"), _("There is no proof with it, or it is damaged.")),
    ("policy", FAILS): (_("The public log does not answer"), _("Try again in a moment.")),
}  # fmt: skip
# What is worth saying where it holds; the rest only leads there.
SAID = ("entry", "checkpoint", "issuer", "seal", "paper")


@register.filter
def finding_title(finding: Finding) -> str:
    """What was checked, in a few words."""
    return str(TEXTS.get((finding.name, finding.result), (finding.name, ""))[0])


@register.filter
def finding_words(finding: Finding) -> str:
    """What that means."""
    return str(TEXTS.get((finding.name, finding.result), ("", ""))[1])


@register.filter
def worth_saying(findings: Iterable[Finding]) -> list[Finding]:
    """Those that a reader should see."""
    return [finding for finding in findings if finding.result != HOLDS or finding.name in SAID]


@register.simple_tag
def possible_findings() -> list[Finding]:
    """Every finding that a check may come to, for the script to choose from."""
    return [Finding(name, result, "") for name, result in TEXTS]
