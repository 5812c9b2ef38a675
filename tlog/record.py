"""A record with its issuer's proof: W3C Verifiable Credentials Data Integrity, cryptosuite eddsa-jcs-2022.

Proof: Ed25519 over SHA-256(JCS of the proof's options) || SHA-256(JCS of the record without its proof)
(Data Integrity EdDSA Cryptosuites v1.0, section 3.3), written in base58 with the multibase letter `z`.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tlog.errors import BadSignature, Malformed
from tlog.keys import check_ed25519
from tlog.leaf import canonical

SUITE = "eddsa-jcs-2022"
MULTICODEC_ED25519 = b"\xed\x01"
MULTICODEC_P256 = b"\x80\x24"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def b58(data: bytes) -> str:
    """Base58 with Bitcoin's alphabet."""
    number, text = int.from_bytes(data), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def unb58(text: str) -> bytes:
    """The bytes of base58. Raises Malformed."""
    if len(text) > 200 or any(char not in ALPHABET for char in text):
        raise Malformed("this is not base58")
    number = 0
    for char in text:
        number = number * 58 + ALPHABET.index(char)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def multikey(public: bytes) -> str:
    """An Ed25519 public key as `publicKeyMultibase`."""
    return "z" + b58(MULTICODEC_ED25519 + public)


def seal_multikey(point: bytes) -> str:
    """A P-256 public key (65 bytes, SEC 1) as `publicKeyMultibase`."""
    return "z" + b58(MULTICODEC_P256 + bytes([2 + (point[64] & 1)]) + point[1:33])


def is_seal_key(key: str) -> bool:
    """The key is one of P-256: it seals PDFs and signs no records. Raises Malformed."""
    return key.startswith("z") and unb58(key[1:])[:2] == MULTICODEC_P256


def public_of(key: str) -> bytes:
    """The 32 bytes of a multikey. Raises Malformed for other kinds of key."""
    data = unb58(key[1:]) if key.startswith("z") else b""
    if data[:2] != MULTICODEC_ED25519 or len(data) != 34:
        raise Malformed("this is not an Ed25519 multikey")
    return data[2:]


def _hashed(record: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    bare = {name: value for name, value in record.items() if name != "proof"}
    return sha256(canonical(dict(options))).digest() + sha256(canonical(bare)).digest()


def sign(record: Mapping[str, Any], key: Ed25519PrivateKey, *, method: str, created: str) -> dict[str, Any]:
    """The record with its proof. `method` is the address of the public key, `created` RFC 3339 UTC in seconds."""
    options: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    if "@context" in record:
        options["@context"] = record["@context"]
    value = "z" + b58(key.sign(_hashed(record, options)))
    return {**record, "proof": {**options, "proofValue": value}}


def check(record: Mapping[str, Any], keys: Mapping[str, bytes]) -> str:
    """The address of the key that signed. `keys` gives public keys by address. Raises BadSignature or Malformed."""
    proof = record.get("proof")
    if not isinstance(proof, dict) or not isinstance(proof.get("proofValue"), str):
        raise Malformed("the record has no proof of its issuer")
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != SUITE:
        raise Malformed(f"only {SUITE} is supported")
    if proof.get("proofPurpose") != "assertionMethod" or proof.get("@context", None) != record.get("@context", None):
        raise Malformed("the proof is made for something else")
    method = str(proof.get("verificationMethod"))
    if method not in keys:
        raise BadSignature(f"the issuer's key {method} is not trusted", reason="unknown-issuer")
    value = proof["proofValue"]
    signature = unb58(value[1:]) if value.startswith("z") else b""
    options = {name: part for name, part in proof.items() if name != "proofValue"}
    check_ed25519(keys[method], signature, _hashed(record, options))
    return method
