"""Read the record and the proof that a letter's PDF carries. Needs `pypdf`, which the rest of the package does not."""

from io import BytesIO

from tlog.errors import Malformed

MAX_PDF = 20_000_000
MAX_ATTACHMENT = 1_000_000


def from_pdf(data: bytes) -> tuple[bytes, bytes]:
    """`(record, proof)` attached to a PDF: one file that ends in .json, one in .tlog-proof. Raises Malformed.

    Says nothing about the PDF's own seal: see `tlog.seal`.
    """
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        raise Malformed("reading a PDF needs the package pypdf", reason="needs-pypdf") from None
    if len(data) > MAX_PDF or not data.startswith(b"%PDF-"):
        raise Malformed("this is not a PDF that we would read")
    try:
        files = {name: parts[0] for name, parts in PdfReader(BytesIO(data)).attachments.items() if len(parts) == 1}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as wrong:
        raise Malformed(f"the PDF cannot be read: {type(wrong).__name__}") from None
    return _one(files, ".json"), _one(files, ".tlog-proof")


def _one(files: dict[str, bytes], ending: str) -> bytes:
    found = [data for name, data in files.items() if name.endswith(ending)]
    if len(found) != 1 or len(found[0]) > MAX_ATTACHMENT:
        raise Malformed(f"the PDF does not carry exactly one file that ends in {ending}")
    return found[0]
