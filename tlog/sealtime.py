"""What was added to a sealed PDF later: time stamps and what they need (PAdES B-LTA), nothing else. Needs pyHanko.

Whose time stamps they are is not judged: the seal says who made the letter, and its proof when it was logged.
"""

import hashlib
from io import BytesIO
from typing import Any

from cryptography.x509 import load_der_x509_certificate

from tlog import der
from tlog.errors import BadSignature, Malformed
from tlog.seal import check_issued


def check_later(pdf: bytes) -> None:
    """Raises BadSignature unless the last time stamp covers the whole file and holds, and nothing was changed since
    the seal but for time stamps; Malformed where that cannot be looked at."""
    try:
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
    except ImportError:
        raise Malformed("a seal with time stamps needs the package pyhanko", reason="needs-pyhanko") from None
    try:
        reader = PdfFileReader(BytesIO(pdf))
        seals, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
        if len(seals) != 1 or not stamps:
            raise BadSignature("more than one seal, or no time stamp over it", reason="other-bytes")
        for stamp in stamps:
            _check_stamp(stamp)
            _check_idle(stamp, pdf)
        start, *_hole, second, rest = (int(number) for number in stamps[-1].byte_range)
        if start or second + rest != len(pdf):
            raise BadSignature("the last time stamp does not cover the whole file", reason="other-bytes")
        seals[0].compute_integrity_info()
        changes = seals[0].diff_result
    except BadSignature:
        raise
    except Exception as why:  # of what a damaged file may raise deep inside another package there is no list
        raise BadSignature(f"what was added later cannot be read: {type(why).__name__}", reason="other-bytes") from None
    if not isinstance(changes, DiffResult) or changes.modification_level > ModificationLevel.LTA_UPDATES:
        raise BadSignature("the PDF was changed after it was sealed", reason="other-bytes")


def _check_stamp(stamp: Any) -> None:
    """A time stamp is over the bytes that it says, and signed by the certificate that it carries."""
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    content = stamp.signed_data["encap_content_info"]["content"]
    digest = hashlib.new(stamp.signer_info["digest_algorithm"]["algorithm"].native, bytes(content)).digest()
    intact, valid = validate_sig_integrity(
        stamp.signer_info, stamp.signer_cert, expected_content_type="tst_info", actual_digest=digest
    )
    imprint = content.parsed["message_imprint"]
    hashing = imprint["hash_algorithm"]["algorithm"].native
    if not (intact and valid) or imprint["hashed_message"].native != stamp.compute_digest(hashing):
        raise BadSignature("a time stamp does not hold", reason="other-bytes")


def _check_idle(stamp: Any, pdf: bytes) -> None:
    """Nothing around the signature of a time stamp may be changed unseen: its spelling, its padding, the algorithms
    and the certificates that it carries."""
    start, first, second, _rest = (int(number) for number in stamp.byte_range)
    spelled, contents = pdf[first + 1 : second - 1], stamp.pkcs7_content
    made = stamp.signed_data
    told = [row["algorithm"].native for row in made["digest_algorithms"]]
    certificates = [load_der_x509_certificate(row.dump()) for row in made["certificates"]]
    whole = der.value(*der.read(contents, most=1)[0])
    if start or spelled != contents.hex().upper().encode() or whole.ljust(len(contents), b"\0") != contents:
        raise BadSignature("a time stamp was changed", reason="other-bytes")
    if told != [stamp.signer_info["digest_algorithm"]["algorithm"].native] or made["version"].native != "v3":
        raise BadSignature("a time stamp was changed", reason="other-bytes")
    if made["crls"].native is not None or stamp.signer_info["unsigned_attrs"].native is not None:
        raise BadSignature("a time stamp carries what nothing vouches for", reason="other-bytes")
    for row in certificates:
        check_issued(row, next(upper for upper in certificates if upper.subject == row.issuer))
