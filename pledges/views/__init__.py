"""Screens of letters."""

from pledges.views.archive import archive, archived_letter
from pledges.views.checking import check, check_file, check_state, offline_page, verify
from pledges.views.importing import import_letters, import_template, letter_import
from pledges.views.letters import copies, filed_copy, my_copy, my_letter, my_letters, object_to, objection, withdraw
from pledges.views.office import evidence, office, office_letter, office_objection, restore, take_up
from pledges.views.office_table import office_table
from pledges.views.public import (
    issuer_document,
    letter,
    letter_json,
    letter_pdf,
    letter_proof,
    letter_scan,
    public_objection,
    seal_chain,
    seal_list,
    statement_json,
    statement_proof,
)
from pledges.views.registry import registry, registry_csv, registry_figures
from pledges.views.requests import ask_again, cancel_request, letter_requests, sign_request
from pledges.views.signing import renew, sign
from pledges.views.spot import spot, spot_sign, spots
from pledges.views.systems import end_hook, revoke_key, rotate_key, systems

__all__ = [
    "archive",
    "archived_letter",
    "ask_again",
    "cancel_request",
    "check",
    "check_file",
    "check_state",
    "copies",
    "end_hook",
    "evidence",
    "filed_copy",
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
    "my_copy",
    "my_letter",
    "my_letters",
    "object_to",
    "objection",
    "office",
    "office_letter",
    "office_objection",
    "office_table",
    "offline_page",
    "public_objection",
    "registry",
    "registry_csv",
    "registry_figures",
    "renew",
    "restore",
    "revoke_key",
    "rotate_key",
    "seal_chain",
    "seal_list",
    "sign",
    "sign_request",
    "spot",
    "spot_sign",
    "spots",
    "statement_json",
    "statement_proof",
    "systems",
    "take_up",
    "verify",
    "withdraw",
]
