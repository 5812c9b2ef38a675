"""`{% load pledges %}`: how letters write dates and codes."""

from datetime import date

from django import template
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from foundation.ledger.models import Op
from pledges.contracts import BLANK, show_code
from tlog.verify import FAILS, HOLDS, Finding

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


# What each check is called, and what it means where it holds, fails or was not made, in words for everybody.
TITLES: dict[tuple[str, bool], Promise] = {
    ("entry", True): _("Not one character was changed"),
    ("entry", False): _("The text is not the one in the public log"),
    ("checkpoint", True): _("It stands in the public log"),
    ("checkpoint", False): _("The proof is not from our public log"),
    ("issuer", True): _("Issued by this platform"),
    ("issuer", False): _("Not issued by this platform, or changed afterwards"),
    ("seal", True): _("The PDF is sealed by this platform and unchanged"),
    ("seal", False): _("The PDF was changed, or is not sealed by this platform"),
    ("record", False): _("The record cannot be read"),
    ("proof", False): _("The proof cannot be read"),
    ("policy", False): _("The public log does not answer"),
}
WORDS: dict[tuple[str, bool], Promise] = {
    ("entry", True): _("The log's entry was computed again from the text and is the same."),
    ("entry", False): _("Text or proof was changed, or the proof belongs to another letter."),
    ("checkpoint", True): _("The head of the log that the proof leads to carries the log's own signature."),
    ("checkpoint", False): _("The signature under the head of the log is missing or wrong."),
    ("issuer", True): _("The record carries a valid signature of this platform."),
    ("issuer", False): _("The signature under the record is missing or wrong."),
    ("seal", True): _("Every byte of the file is under the seal, so what you see in it is what was made here."),
    ("seal", False): _("What you see in it may have been changed, even where the record inside is genuine."),
    ("record", False): _("This is not a record of ours, or it is damaged."),
    ("proof", False): _("There is no proof with it, or it is damaged."),
    ("policy", False): _("Try again in a moment."),
}
OPS = {Op.WITHDRAW.value: _("Withdrawn"), Op.EXPIRE.value: _("Expired"), Op.AMEND.value: _("Amended")}


@register.filter
def finding_title(finding: Finding) -> str:
    """What was checked, in a few words."""
    return str(TITLES.get((finding.name, finding.result == HOLDS), finding.name))


@register.filter
def finding_words(finding: Finding) -> str:
    """What that means; nothing for what was not checked."""
    return str(WORDS.get((finding.name, finding.result == HOLDS), "")) if finding.result in (HOLDS, FAILS) else ""


@register.filter
def log_op(op: str) -> str:
    """What happened to a letter later."""
    return str(OPS.get(op, op))
