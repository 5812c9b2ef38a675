"""What was added to a sealed PDF later: time stamps and what they need (PAdES B-LTA), nothing else. Needs pyHanko.

Whose time stamps they are is not judged: the seal says who made the letter, and its proof when it was logged.
"""

import hashlib
from io import BytesIO
from typing import Any

from tlog.errors import BadSignature, Malformed


def check_later(pdf: bytes) -> None:
    """Raises BadSignature unless the last time stamp covers the whole file and holds, and nothing was changed since
    the seal but for time stamps; Malformed where that cannot be looked at."""
    try:
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
        from pyhanko.sign.general import SigningError, ValueErrorWithMessage
        from pyhanko.sign.validation.errors import SignatureValidationError
        from pyhanko.sign.validation.status import SignatureCoverageLevel
    except ImportError:
        raise Malformed("a seal with time stamps needs the package pyhanko", reason="needs-pyhanko") from None
    wrong = (PdfError, SigningError, SignatureValidationError, ValueErrorWithMessage, ValueError, TypeError, KeyError)
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        seals, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
        if len(seals) != 1 or not stamps:
            raise BadSignature("more than one seal, or no time stamp over it", reason="other-bytes")
        for stamp in stamps:
            _check_stamp(stamp)
        if stamps[-1].evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
            raise BadSignature("the last time stamp does not cover the whole file", reason="other-bytes")
        seals[0].compute_integrity_info()
        changes = seals[0].diff_result
    except wrong as why:
        if isinstance(why, BadSignature):
            raise
        raise BadSignature(f"what was added later cannot be read: {type(why).__name__}", reason="other-bytes") from None
    if not isinstance(changes, DiffResult) or changes.modification_level > ModificationLevel.LTA_UPDATES:
        raise BadSignature("the PDF was changed after it was sealed", reason="other-bytes")


def _check_stamp(stamp: Any) -> None:
    """A time stamp is over the bytes that it says, and signed by the certificate that it carries."""
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity  # noqa: PLC0415

    content = stamp.signed_data["encap_content_info"]["content"]
    digest = hashlib.new(stamp.signer_info["digest_algorithm"]["algorithm"].native, bytes(content)).digest()
    intact, valid = validate_sig_integrity(
        stamp.signer_info, stamp.signer_cert, expected_content_type="tst_info", actual_digest=digest
    )
    imprint = content.parsed["message_imprint"]
    hashing = imprint["hash_algorithm"]["algorithm"].native
    if not (intact and valid) or imprint["hashed_message"].native != stamp.compute_digest(hashing):
        raise BadSignature("a time stamp does not hold", reason="other-bytes")
