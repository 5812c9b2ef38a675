"""A class as its teacher works with it: open and close, who is in, new secrets, cards and plans to print."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import SignedInRequest
from foundation.audit.actions import current_address
from organisations import actions, registry
from organisations.forms.doors import OpenForm, SetUpForm, secret_words
from organisations.models import Kind, Organisation
from organisations.queries import led_by
from organisations.queries.boards import Board, Seat, board_of


def class_or_404(request: SignedInRequest, code: str) -> Organisation:
    """The class, if the person leads it or a unit above it. Raises Http404."""
    return get_object_or_404(led_by(request.user).filter(closed_on=None), code=code, kind=Kind.CLASS)


def class_crumbs(unit: Organisation, word: str = "") -> list[dict[str, str]]:
    """The way to a page of a class."""
    crumbs = [{"word": _("My units"), "url": reverse("organisations:units")}]
    here = reverse("organisations:class", args=[unit.code]) if word else ""
    crumbs.append({"word": unit.name, "url": here})
    return [*crumbs, {"word": word, "url": ""}] if word else crumbs


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def class_page(request: SignedInRequest, code: str) -> HttpResponse:
    """The class now; every button posts here."""
    unit = class_or_404(request, code)
    do = request.POST.get("do", "")
    if do == "secret":
        return _new_secret(request, unit)
    if do:
        return _MOVES.get(do, _nothing)(request, unit)
    board = board_of(unit, timezone.now())
    return render(request, "organisations/class.html", _context(unit, board))


def _context(unit: Organisation, board: Board, set_up: SetUpForm | None = None) -> dict[str, Any]:
    free = [seat.number for seat in board.seats if seat.state == "free"]
    initial = {"seats": board.room.seats, "secret_kind": board.room.secret_kind, "free": ", ".join(map(str, free))}
    opening = board.opening
    return {
        "unit": unit,
        "board": board,
        "open_form": OpenForm(),
        "set_up": set_up or SetUpForm(initial=initial),
        "code_parts": (opening.code[:3], opening.code[3:]) if opening else (),
        "links": [link for tell in registry.class_links.values() for link in tell(unit)],
        "crumbs": class_crumbs(unit),
    }


def _back(unit: Organisation) -> HttpResponse:
    return redirect("organisations:class", unit.code)


def _nothing(request: SignedInRequest, unit: Organisation) -> HttpResponse:
    return _back(unit)


def _open(request: SignedInRequest, unit: Organisation) -> HttpResponse:
    form, now = OpenForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            actions.open_class(
                by=request.user,
                school_class=unit,
                closes_at=form.closes_at(now),
                address=current_address.get(),
                at=now,
            )
        except (actions.NoClass, ValidationError):
            messages.error(request, _("The class could not be opened. Try again."))
    return _back(unit)


def _close(request: SignedInRequest, unit: Organisation) -> HttpResponse:
    inside = actions.close_class(by=request.user, school_class=unit)
    text = ngettext("Closed. %(n)s pupil was signed out.", "Closed. %(n)s pupils were signed out.", inside)
    messages.success(request, text % {"n": inside})
    return _back(unit)


def _unlock(request: SignedInRequest, unit: Organisation) -> HttpResponse:
    actions.unlock_seat(by=request.user, school_class=unit, place=request.POST.get("place", ""))
    messages.success(request, _("Nobody has to wait there any more."))
    return _back(unit)


def _set_up(request: SignedInRequest, unit: Organisation) -> HttpResponse:
    form = SetUpForm(request.POST)
    if not form.is_valid():
        board = board_of(unit, timezone.now())
        return render(request, "organisations/class.html", _context(unit, board, form), status=400)
    data = form.cleaned_data
    actions.set_up_class(by=request.user, school_class=unit, seats=data["seats"], secret_kind=data["secret_kind"])
    free = actions.keep_free_seats(by=request.user, school_class=unit, seats=data["free"])
    taken = sorted(set(data["free"]) - set(free))
    if taken:
        messages.warning(request, _("A pupil sits there: %(seats)s") % {"seats": ", ".join(map(str, taken))})
    messages.success(request, _("Saved."))
    return _back(unit)


_MOVES = {"open": _open, "close": _close, "unlock": _unlock, "set-up": _set_up}


def _pupils(unit: Organisation) -> list[Seat]:
    """Seats whose pupils have an account that is open."""
    return [seat for seat in board_of(unit, timezone.now()).seats if seat.user and seat.user.is_active]


def _printed(request: SignedInRequest, unit: Organisation, seats: list[Seat]) -> HttpResponse:
    """New secrets on cards: this page is the only time that they can be read."""
    users = [seat.user for seat in seats if seat.user]
    given = actions.give_secrets(by=request.user, school_class=unit, pupils=users)
    cards = [(seat, secret_words(given[seat.user.pk])) for seat in seats if seat.user and seat.user.pk in given]
    context = {"unit": unit, "cards": cards, "crumbs": class_crumbs(unit, _("Secret cards"))}
    return render(request, "organisations/class_cards.html", context)


def _new_secret(request: SignedInRequest, unit: Organisation) -> HttpResponse:
    seats = [seat for seat in _pupils(unit) if seat.user and seat.user.public_id == request.POST.get("pupil")]
    return _printed(request, unit, seats) if seats else _back(unit)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose for whom; then the cards. Old cards of those chosen open nothing any more."""
    unit = class_or_404(request, code)
    seats = _pupils(unit)
    chosen = set(request.POST.getlist("pupil"))
    if request.method == "POST" and chosen:
        return _printed(request, unit, [seat for seat in seats if seat.user and seat.user.public_id in chosen])
    context = {
        "unit": unit,
        "seats": seats,
        "is_empty": request.method == "POST",
        "crumbs": class_crumbs(unit, _("Secret cards")),
    }
    return render(request, "organisations/class_cards_choose.html", context)


@login_required
@never_cache
@require_safe
def seat_plan(request: SignedInRequest, code: str) -> HttpResponse:
    """Seats with names, for the teacher's desk."""
    unit = class_or_404(request, code)
    board = board_of(unit, timezone.now())
    context = {"unit": unit, "board": board, "crumbs": class_crumbs(unit, _("Seat plan"))}
    return render(request, "organisations/class_seats.html", context)


@login_required
@never_cache
@require_safe
def screen(request: SignedInRequest, code: str) -> HttpResponse:
    """The code as large as the screen, for the blackboard."""
    unit = class_or_404(request, code)
    board = board_of(unit, timezone.now())
    if board.opening is None:
        return _back(unit)
    opening = board.opening
    context = {
        "unit": unit,
        "board": board,
        "code_parts": (opening.code[:3], opening.code[3:]),
        "url": request.build_absolute_uri(reverse("class:seats", args=[opening.token])),
        "door": request.build_absolute_uri(reverse("class:door")),
    }
    return render(request, "organisations/class_screen.html", context)
