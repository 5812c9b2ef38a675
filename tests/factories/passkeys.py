"""A passkey in software: what an authenticator with ES256 would answer."""

import json
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

RP, ORIGIN = "testserver", "http://testserver"


class SoftPasskey:
    """One key pair, registered for `user` as allauth stores it."""

    def __init__(self, user: Any) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = token_bytes(16)
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = AuthenticatorData.create(sha256(RP.encode()).digest(), 0x45, 0, credential)
        attestation = AttestationObject.create("none", data, {})
        response = {
            "clientDataJSON": websafe_encode(
                b'{"type":"webauthn.create","challenge":"AA","origin":"http://testserver"}'
            ),
            "attestationObject": websafe_encode(bytes(attestation)),
        }
        Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "t", "credential": {"id": websafe_encode(self.id), "rawId": websafe_encode(self.id),
                                              "type": "public-key", "response": response}},
        )  # fmt: skip

    def answer(self, question: dict[str, Any], *, origin: str = ORIGIN, flags: int = 5) -> str:
        """What the browser hands over for this question."""
        client = json.dumps({"type": "webauthn.get", "challenge": question["challenge"], "origin": origin}).encode()
        data = sha256(question["rpId"].encode()).digest() + bytes([flags]) + (7).to_bytes(4, "big")
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
        }
        return json.dumps({"rawId": websafe_encode(self.id), "response": response})


def flipped(text: str) -> str:
    """base64url with one bit of its last byte but one changed."""
    data = bytearray(websafe_decode(text))
    data[-2] ^= 1
    return websafe_encode(bytes(data))
