"""Screens of letters."""

from pledges.views.checking import check, check_file, check_state, offline_page, verify
from pledges.views.public import (
    issuer_document,
    letter,
    letter_json,
    letter_pdf,
    letter_proof,
    letter_scan,
    seal_chain,
    seal_list,
)
from pledges.views.registry import registry, registry_csv, registry_figures
from pledges.views.requests import cancel_request, letter_requests, sign_request
from pledges.views.signing import my_letter, my_letters, sign, withdraw

__all__ = [
    "cancel_request",
    "check",
    "check_file",
    "check_state",
    "issuer_document",
    "letter",
    "letter_json",
    "letter_pdf",
    "letter_proof",
    "letter_requests",
    "letter_scan",
    "my_letter",
    "my_letters",
    "offline_page",
    "registry",
    "registry_csv",
    "registry_figures",
    "seal_chain",
    "seal_list",
    "sign",
    "sign_request",
    "verify",
    "withdraw",
]
