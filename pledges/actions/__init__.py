"""Every change to letters."""

from pledges.actions.entries import expire_letters, log_letter, log_letters, open_evidence
from pledges.actions.publication import publish_letter, queue_missing_pdfs, queue_pdf, store_pdf
from pledges.actions.requests import (
    NotYourUnit,
    RequestGone,
    Upload,
    cancel_request,
    request_letter,
    sign_for_organisation,
)
from pledges.actions.signing import (
    NameDiffers,
    NothingToSign,
    NotRead,
    Reading,
    SignatureRefused,
    VisibilityRefused,
    WordingChanged,
    sign_letter,
)
from pledges.actions.templates import (
    NotReviewable,
    TemplateIncomplete,
    approve_version,
    create_template,
    draft_version,
    edit_template,
    edit_version,
    return_version,
    send_for_review,
    set_step_letter,
)
from pledges.actions.withdrawal import NotWithdrawable, withdraw_letter

__all__ = [
    "NameDiffers",
    "NotRead",
    "NotReviewable",
    "NotWithdrawable",
    "NotYourUnit",
    "NothingToSign",
    "Reading",
    "RequestGone",
    "SignatureRefused",
    "TemplateIncomplete",
    "Upload",
    "VisibilityRefused",
    "WordingChanged",
    "approve_version",
    "cancel_request",
    "create_template",
    "draft_version",
    "edit_template",
    "edit_version",
    "expire_letters",
    "log_letter",
    "log_letters",
    "open_evidence",
    "publish_letter",
    "queue_missing_pdfs",
    "queue_pdf",
    "request_letter",
    "return_version",
    "send_for_review",
    "set_step_letter",
    "sign_for_organisation",
    "sign_letter",
    "store_pdf",
    "withdraw_letter",
]
