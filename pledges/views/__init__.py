"""Screens of letters."""

from pledges.views.checking import check, check_file, verify
from pledges.views.importing import import_letters, import_template, letter_import
from pledges.views.public import (
    issuer_document,
    letter,
    letter_json,
    letter_pdf,
    letter_proof,
    letter_scan,
)
from pledges.views.registry import registry, registry_csv, registry_figures
from pledges.views.requests import cancel_request, letter_requests, sign_request
from pledges.views.signing import my_letter, my_letters, sign, withdraw

__all__ = [
    "cancel_request",
    "check",
    "check_file",
    "import_letters",
    "import_template",
    "issuer_document",
    "letter",
    "letter_import",
    "letter_json",
    "letter_pdf",
    "letter_proof",
    "letter_requests",
    "letter_scan",
    "my_letter",
    "my_letters",
    "registry",
    "registry_csv",
    "registry_figures",
    "sign",
    "sign_request",
    "verify",
    "withdraw",
]
