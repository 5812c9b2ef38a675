"""Screens of letters."""

from pledges.views.public import letter, letter_json, letter_pdf, letter_scan, registry, registry_csv, verify
from pledges.views.requests import cancel_request, letter_requests, sign_request
from pledges.views.signing import my_letter, my_letters, sign, withdraw

__all__ = [
    "cancel_request",
    "letter",
    "letter_json",
    "letter_pdf",
    "letter_requests",
    "letter_scan",
    "my_letter",
    "my_letters",
    "registry",
    "registry_csv",
    "sign",
    "sign_request",
    "verify",
    "withdraw",
]
