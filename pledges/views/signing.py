"""Read, decide, sign: a step's letter, or the next one in place of one that runs out."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import SignedInRequest, User
from foundation.audit.actions import current_address
from organisations.models import Organisation
from pledges import actions, queries, steps
from pledges.forms import OnTheSpotForm, OrganisationSignForm, SignForm
from pledges.forms.signing import PASSKEY
from pledges.models import Letter, LetterVersion

logger = logging.getLogger(__name__)
LONGEST_LOOK = 86_400
WHAT_SHOWS_LETTERS = ("templates/base.html", "pledges/templates/pledges/sign.html", "static/js/pledges/reading.js")


def opened_at(request: HttpRequest, what: str) -> datetime:
    """When this browser first showed the letter `what`: our clock, kept in the session."""
    key = f"pledges.opened:{what}"
    seen = parse_datetime(request.session.get(key, ""))
    if seen is None:
        seen = timezone.now()
        request.session[key] = seen.isoformat()
    return seen


def page_build() -> str:
    """A hash of what shows letters, for the evidence: what a signer saw rests on these files."""
    digest = sha256()
    for name in WHAT_SHOWS_LETTERS:
        digest.update((settings.BASE_DIR / name).read_bytes())
    return digest.hexdigest()


def context_of(request: HttpRequest, *, time_zone: str = "") -> dict[str, Any]:
    """What is known of the moment besides the reading itself."""
    key = request.session.session_key or ""
    signed_in = [
        {"method": str(row.get("method", "")), "at": str(int(row.get("at", 0)))}
        for row in get_authentication_records(request, request.user)
    ]
    return {
        "language": get_language() or "",
        "timeZone": time_zone,
        "session": sha256(key.encode()).hexdigest() if key else "",
        "signedIn": signed_in,
        "page": page_build(),
        "agreed": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def reading_of(
    request: HttpRequest,
    what: str,
    *,
    method: str,
    typed_name: str,
    read_after: int | None,
    visible_seconds: int | None = None,
    time_zone: str = "",
    **more: Any,
) -> actions.Reading:
    """The evidence of this request. `read_after` is the browser's count of milliseconds to the end of the letter, and
    `visible_seconds` how long it was in view; both are believed only if they fit between opening and now."""
    opened, now = opened_at(request, what), timezone.now()
    end = opened + timedelta(milliseconds=min(read_after, LONGEST_LOOK * 1000)) if read_after is not None else None
    seconds = min(visible_seconds or 0, int((now - opened).total_seconds()) + 1)
    return actions.Reading(
        opened_at=opened,
        confirmed=True,
        typed_name=typed_name,
        method=method,
        read_to_end_at=end if end is not None and end <= now else None,
        visible_seconds=seconds if visible_seconds is not None else None,
        address=current_address.get(),
        user_agent=request.headers.get("User-Agent", ""),
        context=context_of(request, time_zone=time_zone),
        **more,
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """One letter in front of one signer: what is needed to show and to sign it. `key` tells it from others."""

    key: str
    version: LetterVersion
    signer: User
    unit: Organisation
    title: str
    sign: Callable[..., Letter]
    enrolment_id: int | None = None
    organisation: tuple[str, str] = ("", "")  # name and code of the one that is signed for

    @property
    def offered(self) -> tuple[str, ...]:
        """What the signer may choose about publication."""
        return queries.offered_visibilities(version=self.version, signer=self.signer, unit=self.unit)


@never_cache
@login_required
def sign(request: SignedInRequest, step_public_id: str) -> HttpResponse:
    """The letter of a step: read it, see what would be public, decide, sign. Signed already: its own page."""
    gate = steps.enter(user=request.user, step_public_id=step_public_id, reading=request.method == "GET")
    signed = queries.letter_of_step(gate.enrolment.pk, gate.step.pk)
    if signed is not None:
        return redirect("pledges:own", signed.public_id)

    def store(**given: Any) -> Letter:
        return actions.sign_letter(opened=gate, **given)

    version = queries.version_of_step(gate.step.pk)
    if version is None or not version.template.takes_signatures(timezone.localdate()):
        return not_ready(request, gate.step.local_title, version)
    unit = gate.enrolment.organisation
    key, title = gate.step.public_id, gate.step.local_title
    return _at_desk(request, Desk(key, version, request.user, unit, title, store, gate.enrolment.pk))


@never_cache
@login_required
def renew(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The next letter in place of one's own that runs out. Renewed already: the new one."""
    letter = queries.own_letter(request.user, public_id)
    renewal = queries.renewal_of(letter) if letter else None
    if letter is None:
        raise Http404(public_id)
    if renewal is not None:
        return redirect("pledges:own", renewal.public_id)
    if not queries.is_renewable(letter, request.user, timezone.localdate()):
        return redirect("pledges:own", public_id)
    assert letter.version is not None  # it has a signer

    def store(**given: Any) -> Letter:
        return actions.renew_letter(by=request.user, letter=letter, **given)

    version = queries.current_version(letter.version.template)
    title = letter.version.template.local_title
    if version is None or not version.template.takes_signatures(timezone.localdate()):
        return not_ready(request, title, version)
    unit = queries.unit_of_signer(letter)
    return _at_desk(request, Desk(f"renew-{public_id}", version, request.user, unit, title, store))


def not_ready(request: HttpRequest, title: str, version: LetterVersion | None) -> HttpResponse:
    """Why nothing can be signed here: not written yet, or its last day is over."""
    words = actions.retired_words(version.template) if version is not None else ""
    context = {"title": title, "words": words}
    return render(request, "pledges/not_ready.html", context, status=410 if words else 404)


def _at_desk(request: SignedInRequest, desk: Desk) -> HttpResponse:
    """Show the form, or sign and go to the letter; a passkey is asked on a page between."""
    ways = ["password", "drawn", *([PASSKEY] if queries.passkeys_of(request.user) else [])]
    form = SignForm(request.POST or None, request=request, version=desk.version, offered=desk.offered, ways=ways)
    opened_at(request, desk.key)
    status = 200
    if request.method == "POST":
        done = _answer(request, desk, form) if form.is_valid() else None
        if done is not None:
            return done
        status = 409 if form.errors and "__all__" in form.errors else 400
        logger.info("signing refused for user %s: %s", request.user.pk, sorted(form.errors))
    return render(request, "pledges/sign.html", desk_context(desk, form), status=status)


def _answer(request: SignedInRequest, desk: Desk, form: SignForm) -> HttpResponse | None:
    """What a complete form leads to: the question to the passkey, or the signed letter; None if it was refused."""
    more: dict[str, Any] = {}
    if form.method == PASSKEY:
        asked = ask_passkey(request, desk, form)
        if not isinstance(asked, dict):
            return asked
        more["passkey"] = asked
    letter = signed_at(request, desk, form, **more)
    return redirect("pledges:own", letter.public_id) if letter is not None else None


def ask_passkey(
    request: SignedInRequest, desk: Desk, form: SignForm | OrganisationSignForm
) -> HttpResponse | dict[str, str] | None:
    """The page that asks the signer's passkey; the evidence of its answer, once that has come; None, with the reason in
    the form, if it is refused."""
    try:
        return _asked_or_answered(request, desk, form)
    except actions.SignatureRefused as refusal:
        form.add_error(None, str(refusal))
        return None


def _asked_or_answered(
    request: SignedInRequest, desk: Desk, form: SignForm | OrganisationSignForm
) -> HttpResponse | dict[str, str]:
    """The page that asks the signer's passkey, with the letter as it will be signed; or, when the answer has come, the
    evidence of it. A question is good for one answer. Raises SignatureRefused."""
    site = actions.Site(request.get_host().partition(":")[0], f"{request.scheme}://{request.get_host()}")
    key, answer = f"pledges.passkey:{desk.key}", form.cleaned_data["assertion"]
    name = desk.signer.get_full_name()
    wording = actions.fill_in(desk.version, form.words, visibility=form.visibility_chosen, name=name)
    nonce = request.session.pop(key, "") if answer else actions.new_nonce()
    if not nonce:
        raise actions.PasskeyRefused(_("This question to your passkey was answered before. Sign once more."))
    statement = actions.statement_of(
        version=desk.version,
        wording=wording,
        signer=desk.signer,
        visibility=form.visibility_chosen,
        results=steps.results_of(desk.enrolment_id),
        shown_at=opened_at(request, desk.key),
        nonce=nonce,
        on_behalf_of=desk.organisation[1],
    )
    if answer:
        return actions.accept_answer(statement=statement, answer=answer, signer=desk.signer, site=site)
    request.session[key] = nonce
    question = actions.question_of(statement=statement, signer=desk.signer, site=site)
    context = desk_context(desk, form) | {"wording": wording, "question": question, "party": desk.organisation[0]}
    return render(request, "pledges/passkey.html", context)


def desk_context(desk: Desk, form: SignForm | OnTheSpotForm | OrganisationSignForm) -> dict[str, Any]:
    """What the page of a letter to sign shows."""
    return {
        "form": form,
        "version": desk.version,
        "template": desk.version.template,
        "wording": form.wording,
        "signer": desk.signer,
        "unit": desk.unit,
        "offered": desk.offered,
        "may_be_public": desk.offered != ("none",),
        "valid_until": _valid_until(desk.version),
        "crumbs": [{"word": _("My letters"), "url": "/pledges/"}, {"word": desk.title}],
    }


def _valid_until(version: LetterVersion) -> date | None:
    days = version.template.validity_days
    return timezone.localdate() + timedelta(days=days) if days else None


def signed_at(request: SignedInRequest, desk: Desk, form: SignForm | OnTheSpotForm, **more: Any) -> Letter | None:
    """Sign; a refusal becomes an error of the form."""
    data = form.cleaned_data
    reading = reading_of(
        request,
        desk.key,
        method=form.method,
        typed_name=data.get("typed_name", ""),
        read_after=data.get("read_after"),
        visible_seconds=data.get("visible_seconds"),
        time_zone=data.get("time_zone", ""),
        strokes=data.get("strokes", ""),
        **more,
    )
    try:
        return desk.sign(
            visibility=form.visibility_chosen, reading=reading, version_digest=data["digest"], words=form.words
        )
    except actions.SignatureRefused as refusal:
        form.add_error(None, str(refusal))
        return None
