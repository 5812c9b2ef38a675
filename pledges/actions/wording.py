"""Which words are signed: the version's, in one language, with the signer's own in its blanks."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.zhtext.numbers import names_somebody
from pledges.actions.refusals import NothingToSign, TemplateRetired, WordingChanged, WordsRefused
from pledges.contracts import CHINESE, Wording
from pledges.models import LetterTemplate, LetterVersion, Visibility

LONGEST_VALUE, LONGEST_PROMISE = 60, 60


@dataclass(frozen=True, slots=True)
class Words:
    """What the signer writes: in which language they sign, what goes into the blanks, the promise of their own."""

    language: str = CHINESE
    values: Mapping[str, str] = field(default_factory=dict)
    promise: str = ""


def signable(version: LetterVersion | None, version_digest: str, day: date) -> LetterVersion:
    """The wording to sign on `day`. Raises NothingToSign, TemplateRetired, or WordingChanged if another was shown."""
    if version is None:
        raise NothingToSign(_("This letter is not ready yet."))
    if not version.template.takes_signatures(day):
        raise TemplateRetired(retired_words(version.template))
    if version_digest and version_digest != version.digest:
        raise WordingChanged(_("The wording changed while you were reading. Read the new one, then sign."))
    return version


def retired_words(template: LetterTemplate) -> str:
    """Why a letter cannot be signed any more, and whom to ask."""
    assert template.sign_until is not None  # only such are retired
    return _("This letter could be signed until %(day)s. Ask %(unit)s for the one that holds now.") % {
        "day": date_format(template.sign_until, "DATE_FORMAT"),
        "unit": template.accepting_unit.name,
    }


def fill_in(version: LetterVersion, words: Words, *, visibility: str, name: str) -> Wording:
    """The letter's words with the signer's own in them. Raises WordsRefused.

    A signer who does not want to be named is not named by what they write, either.
    """
    wording = version.wording(words.language)
    values = {blank: _clean(words.values.get(blank, ""), blank, LONGEST_VALUE) for blank in wording.blanks}
    promise = ""
    if version.asks_promise:
        promise = _clean(words.promise, _("Your own promise"), LONGEST_PROMISE)
    for text in (*values.values(), promise):
        if names_somebody(text):
            raise WordsRefused(_("Leave out numbers of phones and identity cards and e-mail addresses."))
        if visibility != Visibility.NAMED and name and name in text:
            raise WordsRefused(_("You chose not to be named: leave your name out of what you write."))
    return wording.filled(values, promise)


def _clean(text: str, what: str, longest: int) -> str:
    """One line in NFC without control characters. Raises WordsRefused."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line:
        raise WordsRefused(_("“%(what)s” is still empty.") % {"what": what})
    if len(line) > longest:
        raise WordsRefused(_("“%(what)s” has more than %(longest)s characters.") % {"what": what, "longest": longest})
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in line) or "[[" in line or "]]" in line:
        raise WordsRefused(_("“%(what)s” contains characters that cannot be printed.") % {"what": what})
    return line
