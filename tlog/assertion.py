"""Check years later, with nothing but `cryptography`, that a passkey signed a statement (W3C Web Authentication, 7.2).

The statement is an object as RFC 8785 JSON; the passkey's challenge is SHA-256 of "pledge-sign/v1", a newline and those
bytes. What a passkey signs is authenticatorData and SHA-256 of clientDataJSON, which holds the challenge.
"""

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tlog.errors import BadProof, Malformed
from tlog.leaf import canonical, load, unb64url

LABEL = b"pledge-sign/v1\n"
FIELDS = ("statement", "clientDataJSON", "authenticatorData", "signature", "publicKey", "rpId", "origin")
USER_PRESENT, USER_VERIFIED = 1, 4


def challenge(statement: Mapping[str, Any]) -> bytes:
    """What the passkey is asked to sign for `statement`."""
    return sha256(LABEL + canonical(dict(statement))).digest()


def check(evidence: Mapping[str, str]) -> dict[str, Any]:
    """The statement that a passkey has signed. `evidence` holds `FIELDS`: the statement as JSON, the public key as DER
    (SubjectPublicKeyInfo), the rest as the browser gave it, binary parts in base64url.

    Raises Malformed for what cannot be read, BadProof if one part does not belong to the others or nobody was there.
    """
    try:
        statement = load(evidence["statement"].encode())
        client_data, data = unb64url(evidence["clientDataJSON"]), unb64url(evidence["authenticatorData"])
        signature, key = unb64url(evidence["signature"]), load_der_public_key(unb64url(evidence["publicKey"]))
        client = json.loads(client_data)
        said = unb64url(client["challenge"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(f"no evidence of a passkey: {error}") from None
    if client.get("type") != "webauthn.get" or client.get("origin") != evidence["origin"]:
        raise BadProof("the answer was not given to this site", reason="other-site")
    if not hmac.compare_digest(said, challenge(statement)):
        raise BadProof("the passkey signed another statement", reason="other-statement")
    if len(data) < 37 or data[:32] != sha256(evidence["rpId"].encode()).digest():
        raise BadProof("the passkey belongs to another site", reason="other-site")
    if not data[32] & USER_PRESENT or not data[32] & USER_VERIFIED:
        raise BadProof("nobody was asked for finger, face or code", reason="not-verified")
    _verify(key, signature, data + sha256(client_data).digest())
    return dict(statement)


def _verify(key: Any, signature: bytes, signed: bytes) -> None:
    """The algorithms that passkeys use: ES256, EdDSA, RS256. Raises BadProof."""
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise BadProof("a passkey has no such key", reason="other-key")
    except InvalidSignature:
        raise BadProof("the passkey did not sign this", reason="bad-signature") from None
