"""Letters of organisations: the office asks, the handler signs."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import SignedInRequest
from pledges import actions, queries
from pledges.contracts import choices_within
from pledges.forms import OrganisationSignForm, RequestForm
from pledges.forms.signing import PASSKEY
from pledges.models import Letter, LetterRequest, LetterVersion, Subject
from pledges.views.signing import Desk, ask_passkey, not_ready, opened_at, reading_of

logger = logging.getLogger(__name__)
PAGE_SIZE = 20


@never_cache
@login_required
def letter_requests(request: SignedInRequest) -> HttpResponse:
    """The requests of the units that the signed-in person speaks for, and the form for a new one."""
    templates = queries.templates_of(request.user)
    found = queries.requests_of(request.user)
    if not templates and not found:
        raise PermissionDenied
    form = RequestForm(request.POST or None, templates=templates)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.request_letter(by=request.user, **form.cleaned_data)
        except actions.TemplateRetired as refusal:
            form.add_error("template", str(refusal))
        except ValidationError as error:
            for name, errors in error.message_dict.items():
                form.add_error(name if name in form.fields else None, errors)
        else:
            messages.success(request, _("Send the link to the organisation's handler."))
            return redirect(f"{request.path}#{made.token}")
    context = {
        "form": form,
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "crumbs": [{"word": _("Letters of organisations")}],
    }
    return render(request, "pledges/requests.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def ask_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Ask an organisation for the next letter in place of one that its unit has accepted."""
    letter = get_object_or_404(queries.office_letters(request.user), public_id=public_id, subject=Subject.ORGANISATION)
    if letter.version is None:
        raise Http404(public_id)
    record = letter.record
    try:
        made = actions.request_letter(
            by=request.user, template=letter.version.template, organisation_name=record.subject_name,
            uscc=record.subject_id_code, renews=letter,
        )  # fmt: skip
    except actions.NotYourUnit:
        messages.warning(request, _("This letter was renewed before, or is not one of your unit's."))
        return redirect("pledges:office-letter", public_id)
    except actions.TemplateRetired as refusal:
        messages.warning(request, str(refusal))
        return redirect("pledges:office-letter", public_id)
    messages.success(request, _("Send the link to the organisation's handler."))
    return redirect(f"{reverse('pledges:requests')}#{made.token}")


@require_POST
@login_required
def cancel_request(request: SignedInRequest, token: str) -> HttpResponse:
    """Make a link useless."""
    found = get_object_or_404(queries.requests_of(request.user), token=token)
    try:
        actions.cancel_request(by=request.user, request=found)
    except actions.RequestGone:
        messages.warning(request, _("This request had ended before."))
    return redirect("pledges:requests")


@never_cache
@login_required
def sign_request(request: SignedInRequest, token: str) -> HttpResponse:
    """The handler reads and signs. A used, cancelled, expired or unknown link leads nowhere."""
    found = queries.open_request(token)
    version = queries.current_version(found.template) if found else None
    if found is None or version is None or request.user.is_minor:
        raise Http404(token)
    if not version.template.takes_signatures(timezone.localdate()):
        return not_ready(request, version.template.local_title, version)
    is_member = queries.belongs_to(request.user, found.uscc)
    offered = choices_within(
        subject=found.template.subject,
        widest=found.template.publication,
        signer_is_minor=False,
        unit_may_be_named=True,
    )
    form = OrganisationSignForm(
        request.POST or None, request.FILES or None, request=request, version=version, offered=offered,
        is_member=is_member, has_passkey=bool(queries.passkeys_of(request.user)),
    )  # fmt: skip
    opened_at(request, token)
    if request.method == "POST" and form.is_valid():
        done = _answer(request, found, version, form)
        if done is not None:
            return done
    return _page(request, found, version, form, is_member)


def _page(
    request: SignedInRequest, found: LetterRequest, version: LetterVersion, form: OrganisationSignForm, is_member: bool
) -> HttpResponse:
    context = {
        "form": form,
        "found": found,
        "version": version,
        "template": version.template,
        "wording": form.wording,
        "is_member": is_member,
        "crumbs": [{"word": version.template.local_title}],
    }
    if form.errors:
        logger.info("organisation signing refused for user %s: %s", request.user.pk, sorted(form.errors))
    return render(request, "pledges/sign_request.html", context, status=400 if form.errors else 200)


def _answer(
    request: SignedInRequest, found: LetterRequest, version: LetterVersion, form: OrganisationSignForm
) -> HttpResponse | None:
    """What a complete form leads to: the question to the passkey, or the signed letter; None if it was refused."""
    passkey: dict[str, str] | None = None
    if form.method == PASSKEY:
        template = version.template
        desk = Desk(
            found.token, version, request.user, template.accepting_unit, template.local_title, actions.sign_letter,
            organisation=(found.organisation_name, found.uscc),
        )  # fmt: skip
        asked = ask_passkey(request, desk, form)
        if not isinstance(asked, dict):
            return asked
        passkey = asked
    letter = _signed(request, found, form, passkey)
    return redirect("pledges:own", letter.public_id) if letter is not None else None


def _signed(
    request: SignedInRequest, found: LetterRequest, form: OrganisationSignForm, passkey: dict[str, str] | None
) -> Letter | None:
    """Sign; a refusal becomes an error of the form, a link that was used meanwhile becomes 404."""
    data = form.cleaned_data
    reading = reading_of(
        request, found.token, method=form.method, typed_name=data["handler_name"], read_after=data["read_after"],
        passkey=passkey,
    )  # fmt: skip
    try:
        return actions.sign_for_organisation(
            by=request.user,
            request=found,
            handler_name=data["handler_name"],
            handler_role=data["handler_role"],
            visibility=data["visibility"],
            reading=reading,
            scan=data["scan"],
            scan_is_public=data["scan_is_public"],
            authorisation=data["authorisation"],
            words=form.words,
            version_digest=data["digest"],
        )
    except actions.RequestGone:
        raise Http404(found.token) from None
    except actions.SignatureRefused as refusal:
        form.add_error(None, str(refusal))
        return None
