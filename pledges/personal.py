"""What letters hold about a person, and how it is erased."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.core.files.storage import storages
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from pledges import queries
from pledges.actions import NotWithdrawable, withdraw_letter
from pledges.models import Letter, SigningEvidence, Subject
from privacy.personal import fields_of
from privacy.registry import Section


class LetterData:
    """Letters signed for oneself, with the facts of the signature and the PDF."""

    def sections(self, user: User) -> Iterable[Section]:
        """Letters of one's own, also withdrawn ones; texts only while there is a record."""
        letters = list(queries.letters_of(user).select_related("pdf"))
        rows, files = [], []
        for letter in letters:
            row = fields_of(
                [letter], "code", "made_on", "valid_until", "visibility", "state", "signed_at", "withdrawn_at"
            )[0]
            if texts := getattr(letter, "record", None):
                row |= fields_of(
                    [texts], "title", "subject_name", "unit_name", "preamble", "clauses", "breach_liability"
                )[0]
            if pdf := getattr(letter, "pdf", None):
                files.append((f"{letter.code}.pdf", _reader(pdf.file)))
            rows.append(row)
        yield Section("letters", _("Commitment letters"), rows, files)
        evidence = SigningEvidence.objects.filter(letter__signer=user).order_by("pk")
        names = ("typed_name", "method", "level", "address", "user_agent")
        yield Section("signatures", _("Facts of your signatures"), fields_of(evidence, *names))

    def holds(self, user: User) -> Iterable[str]:
        """A letter that its accepting unit ends must be ended first."""
        for letter in self._in_force(user):
            template = letter.version.template if letter.version else None
            if template is None or not template.withdrawable or template.subject == Subject.ORGANISATION:
                yield str(_("Letter %(code)s is ended by its accepting unit.") % {"code": letter.code})

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """Letters in force are withdrawn: record, salt and PDF are destroyed. The sealed evidence of the signature
        stays for as long as the rule of retention says, opened by nobody but with a recorded reason."""
        done = 0
        for letter in self._in_force(user):
            try:
                withdraw_letter(by=user, letter=letter, at=at)
            except NotWithdrawable:  # ended meanwhile
                continue
            done += 1
        return {"letters": done}

    @staticmethod
    def _in_force(user: User) -> list[Letter]:
        found = Letter.objects.in_force().filter(signer=user).select_related("version__template")
        return list(found.order_by("pk"))


def _reader(name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        with storages["private"].open(name, "rb") as stored:
            return bytes(stored.read())

    return read
