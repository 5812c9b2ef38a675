"""What letters hold about a person, and how it is erased."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import PurePath

from django.core.files.storage import storages
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.writeonce import opened
from pledges import actions, queries
from pledges.actions import NotWithdrawable, withdraw_letter
from pledges.models import Copy, Holder, Letter, Objection, OrganisationSigning, SigningEvidence, Subject
from privacy.personal import fields_of
from privacy.registry import Section

BLANK = "—"


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
            for copy in Copy.objects.filter(letter=letter, holder=Holder.SIGNER):
                files.append((f"{letter.code}-copy.pdf", _reader(copy.file)))
            rows.append(row)
        yield Section("letters", _("Commitment letters"), rows, files)
        evidence = SigningEvidence.objects.filter(letter__signer=user).order_by("pk")
        names = ("method", "level", "opened_at", "read_to_end_at", "visible_seconds", "address", "user_agent")
        yield Section("signatures", _("Facts of your signatures"), fields_of(evidence, *names))
        yield self._signings(user)
        objections = Objection.objects.filter(by=user).order_by("pk")
        fields = ("code", "filed_at", "text", "state", "answer", "decided_at")
        yield Section("objections", _("Objections to letters"), fields_of(objections, *fields))

    @staticmethod
    def _signings(user: User) -> Section:
        """What a handler gave when they signed for organisations."""
        signings = OrganisationSigning.objects.filter(letter__signer=user).select_related("letter").order_by("pk")
        files = []
        for row in signings:
            for kind, file in (("scan", row.scan), ("authorisation", row.authorisation)):
                if file:
                    files.append((f"{row.letter.code}-{kind}{PurePath(file).suffix}", _reader(file)))
        rows = fields_of(signings, "handler_name", "handler_role", "is_member", "scan_is_public")
        return Section("signings", _("Signed for organisations"), rows, files)

    def holds(self, user: User) -> Iterable[str]:
        """A letter of one's own that its accepting unit ends must be ended first. What one signed for an organisation
        is the organisation's letter, and stays."""
        for letter in self._in_force(user):
            template = letter.version.template if letter.version else None
            if template is None or not (template.withdrawable or template.subject == Subject.ORGANISATION):
                yield str(_("Letter %(code)s is ended by its accepting unit.") % {"code": letter.code})

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """Letters in force are withdrawn: record, salt and PDF are destroyed. The sealed evidence of the signature
        stays for as long as the rule of retention says, opened by nobody but with a recorded reason. Of letters that
        one signed for organisations the name and position go."""
        done = 0
        for letter in self._in_force(user):
            try:
                withdraw_letter(by=user, letter=letter, at=at)
            except NotWithdrawable:  # ended meanwhile
                continue
            done += 1
        old = SigningEvidence.objects.filter(letter__signer=user).exclude(address="", user_agent="")
        if old.exists():
            with opened("pledges.SigningEvidence"):
                old.update(address="", user_agent="")
        with opened("pledges.Objection"):
            objections = Objection.objects.filter(by=user).update(text=BLANK)
        signings = actions.forget_handler(user=user)
        return {"letters": done, "objections": objections, "signings": signings}

    @staticmethod
    def _in_force(user: User) -> list[Letter]:
        found = Letter.objects.in_force().filter(signer=user).select_related("version__template")
        return list(found.order_by("pk"))


def _reader(name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        with storages["private"].open(name, "rb") as stored:
            return bytes(stored.read())

    return read


def evidence_due(before: datetime) -> int:
    """Of how many letters the evidence has been kept as long as it must."""
    return queries.evidence_due(before).count()


def forget_evidence(before: datetime, limit: int) -> int:
    """Let it go."""
    return actions.forget_evidence(before=before, limit=limit)
