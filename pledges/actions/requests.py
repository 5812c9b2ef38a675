"""An accepting unit asks an organisation for a letter; its handler signs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from foundation.audit.actions import record
from foundation.identifiers import random_code
from pledges import queries
from pledges.actions.refusals import NotRead, SignatureRefused, TemplateRetired, VisibilityRefused
from pledges.actions.renewal import note_renewal
from pledges.actions.signing import Party, Reading, Signing, check_passkey, store_letter
from pledges.actions.wording import Words, fill_in, retired_words, signable
from pledges.contracts import choices_within
from pledges.models import (
    Letter,
    LetterRequest,
    LetterTemplate,
    LetterVersion,
    OrganisationSigning,
    RequestState,
    SubjectCategory,
)

LINK_DAYS = 30


class NotYourUnit(PermissionError):
    """Only a coordinator or manager of the accepting unit asks for letters in its name."""


@transaction.atomic
def request_letter(
    *,
    by: User,
    template: LetterTemplate,
    organisation_name: str,
    uscc: str,
    renews: Letter | None = None,
    at: datetime | None = None,
) -> LetterRequest:
    """Ask an organisation for a letter, or for the next one in place of `renews`; hand its `token` link to the handler.
    Raises NotYourUnit (for a letter of another organisation or unit, too), TemplateRetired, ValidationError."""
    moment = at or timezone.now()
    if not queries.may_request(by, template):
        raise NotYourUnit(template.slug)
    if renews is not None and not queries.renewable_by_request(by, template, uscc).filter(pk=renews.pk).exists():
        raise NotYourUnit(renews.code)
    if not template.takes_signatures(timezone.localdate(moment)):
        raise TemplateRetired(retired_words(template))
    request = LetterRequest(
        template=template,
        organisation_name=organisation_name.strip(),
        uscc=uscc.strip().upper(),
        requested_by=by,
        created_at=moment,
        expires_on=timezone.localdate(moment) + timedelta(days=LINK_DAYS),
        renews=renews,
    )
    request.full_clean()
    request.save()
    record(action="pledges.request_letter", actor=by, target=f"pledges.LetterRequest:{request.pk}")
    return request


class RequestGone(ValueError):
    """The link was used, cancelled or has expired."""


@transaction.atomic
def cancel_request(*, by: User, request: LetterRequest) -> None:
    """Make the link useless. Raises NotYourUnit, RequestGone."""
    if not queries.requests_of(by).filter(pk=request.pk).exists():
        raise NotYourUnit(request.pk)
    if not LetterRequest.objects.filter(pk=request.pk, state=RequestState.OPEN).update(state=RequestState.CANCELLED):
        raise RequestGone(request.pk)
    record(action="pledges.cancel_request", actor=by, target=f"pledges.LetterRequest:{request.pk}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file whose type was told from its content."""

    data: bytes
    media_type: str
    extension: str


def _keep(folder: str, upload: Upload | None) -> str:
    """Store a file privately under a random name and return it; "" for none."""
    if upload is None:
        return ""
    return storages["private"].save(f"{folder}/{random_code(20)}{upload.extension}", ContentFile(upload.data))


def _check(version: LetterVersion, reading: Reading, visibility: str, is_authorised: bool) -> None:
    """Everything that must hold before a handler's signature counts. Raises a SignatureRefused."""
    if not reading.confirmed:
        raise NotRead(_("Read the letter to its end and tick that you have, then sign."))
    template = version.template
    offered = choices_within(
        subject=template.subject, widest=template.publication, signer_is_minor=False, unit_may_be_named=True
    )
    if visibility not in offered:
        raise VisibilityRefused(_("Choose one of the offered ways of publication."))
    check_passkey(reading)
    if not is_authorised:
        raise SignatureRefused(_("Upload the organisation's authorisation: your account does not belong to it."))


def _store_signing(
    letter: Letter,
    handler_name: str,
    handler_role: str,
    is_member: bool,
    authorisation: Upload | None,
    scan: Upload | None,
    scan_is_public: bool,
) -> None:
    """Who signed for the organisation, and the files that came with it."""
    OrganisationSigning.objects.create(
        letter=letter,
        handler_name=handler_name,
        handler_role=handler_role,
        is_member=is_member,
        authorisation=_keep("authorisations", authorisation),
        scan=_keep("scans", scan),
        scan_type=scan.media_type if scan else "",
        scan_sha256=sha256(scan.data).hexdigest() if scan else "",
        scan_is_public=scan is not None and scan_is_public,
    )


@transaction.atomic
def sign_for_organisation(
    *,
    by: User,
    request: LetterRequest,
    handler_name: str,
    handler_role: str,
    visibility: str,
    reading: Reading,
    scan: Upload | None = None,
    scan_is_public: bool = False,
    authorisation: Upload | None = None,
    version_digest: str = "",
    words: Words | None = None,
    at: datetime | None = None,
) -> Letter:
    """Sign once for the organisation that `request` names. `by` holds the link and is signed in; a member of the
    organisation needs no `authorisation`. A minor cannot sign. Raises RequestGone or a SignatureRefused.
    """
    moment = at or timezone.now()
    open_now = LetterRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk, state=RequestState.OPEN)
    open_now = open_now.filter(expires_on__gte=timezone.localdate(at))
    if by.is_minor or not open_now.exists():
        raise RequestGone(request.pk)
    is_member = queries.belongs_to(by, request.uscc)
    version = signable(queries.current_version(request.template), version_digest, timezone.localdate(moment))
    _check(version, reading, visibility, is_member or authorisation is not None)
    name = request.organisation_name
    party = Party(name, name, SubjectCategory.LEGAL, request.uscc)
    wording = fill_in(version, words or Words(), visibility=visibility, name="")
    letter = store_letter(Signing(version, wording, by, party, visibility, reading, moment, renews=request.renews))
    _store_signing(letter, handler_name, handler_role, is_member, authorisation, scan, scan_is_public)
    LetterRequest.objects.filter(pk=request.pk).update(state=RequestState.SIGNED, letter=letter)
    note_renewal(letter=letter, by=by, at=moment)
    details = {"request": request.pk, "member": is_member}
    record(action="pledges.sign_for_organisation", actor=by, target=f"pledges.Letter:{letter.pk}", details=details)
    return letter
