"""Sign with a passkey: its challenge is the hash of the letter, so that its answer signs the letter."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction
from django.utils.translation import gettext as _
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AuthenticatorData

from accounts.models import User
from pledges import queries
from pledges.actions.refusals import PasskeyRefused
from pledges.contracts import Wording
from pledges.exports import instant, plain
from pledges.models import LetterVersion
from tlog import assertion
from tlog.errors import TlogError
from tlog.leaf import canonical

QUESTION_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Site:
    """Where the passkeys belong to: the host's name, and the address that the browser shows."""

    rp_id: str
    origin: str


def new_nonce() -> str:
    """Random: makes every question a new one, so that nobody can have an answer ready."""
    return websafe_encode(token_bytes(16))


def statement_of(
    *,
    version: LetterVersion,
    wording: Wording,
    signer: User,
    visibility: str,
    results: list[dict[str, str]],
    shown_at: datetime,
    nonce: str,
    on_behalf_of: str = "",
) -> dict[str, Any]:
    """What a passkey signs: the letter word for word (as a hash), its template, the signer, the code of an organisation
    that they sign for, the decision about publication, the exams before it, when it was shown, and a random number."""
    found: dict[str, Any] = plain(
        {
            "v": "pledge-sign/1",
            "letter": {"template": version.template.slug, "version": version.number, "language": wording.language,
                       "textHash": wording.digest, "shownHash": version.digest},
            "results": results, "signer": signer.public_id, "onBehalfOf": on_behalf_of, "publication": visibility,
            "shownAt": instant(shown_at), "nonce": nonce,
        }
    )  # fmt: skip
    return found


def question_of(*, statement: Mapping[str, Any], signer: User, site: Site) -> dict[str, Any]:
    """The options of navigator.credentials.get() for this statement, as JSON."""
    known = queries.passkeys_of(signer)
    return {
        "challenge": websafe_encode(assertion.challenge(statement)),
        "rpId": site.rp_id,
        "timeout": QUESTION_SECONDS * 1000,
        "userVerification": "required",
        "allowCredentials": [{"type": "public-key", "id": websafe_encode(key.credential_id)} for key in known],
    }


@transaction.atomic
def accept_answer(*, statement: Mapping[str, Any], answer: str, signer: User, site: Site) -> dict[str, str]:
    """The evidence that one of the signer's passkeys has signed `statement`: all that is needed to check it again
    without us. Raises PasskeyRefused for a wrong or replayed answer, a key of somebody else, another letter."""
    try:
        said = json.loads(answer)
        response, credential_id = said["response"], websafe_decode(said["rawId"])
        data = AuthenticatorData(websafe_decode(response["authenticatorData"]))
        row = queries.passkey_of(signer, credential_id)
        if row is None:
            raise PasskeyRefused(_("This passkey is not one of yours."))
        public = CoseKey.parse(row.credential.public_key)
        spki = _spki(public)
        evidence = {
            "statement": canonical(dict(statement)).decode(),
            "clientDataJSON": str(response["clientDataJSON"]),
            "authenticatorData": str(response["authenticatorData"]),
            "signature": str(response["signature"]),
            "publicKey": websafe_encode(spki),
            "rpId": site.rp_id,
            "origin": site.origin,
            "credentialId": websafe_encode(credential_id),
            "aaguid": str(row.credential.aaguid),
            "signCount": str(data.counter),
        }
        assertion.check(evidence)
    except (TlogError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, PasskeyRefused):
            raise
        words = _("The passkey's answer does not fit this letter. Nothing was signed; try again.")
        raise PasskeyRefused(words) from None
    row.authenticator.record_usage()
    return evidence


def _spki(key: CoseKey) -> bytes:
    """The public key in the form that every library reads."""
    found: bytes = _public(key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


def _public(key: CoseKey) -> Any:
    if key.ALGORITHM == -8:
        return ed25519.Ed25519PublicKey.from_public_bytes(key[-2])
    if key.ALGORITHM == -257:
        numbers = rsa.RSAPublicNumbers(int.from_bytes(key[-2], "big"), int.from_bytes(key[-1], "big"))
        return numbers.public_key()
    return ec.EllipticCurvePublicNumbers(
        int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big"), ec.SECP256R1()
    ).public_key()
