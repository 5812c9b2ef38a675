"""The door of a class, as pupils meet it: code, seat, secret; and out again."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from foundation.audit.actions import current_address
from organisations import actions, keys
from organisations.forms.doors import PICTURE_NAMES, PLACES, CodeForm, place_of, secret_of
from organisations.keys import DEVICE_COOKIE, SESSION_KEY, Device
from organisations.models import ClassOpening
from organisations.queries import doors

BACKEND = "accounts.backends.identifier.IdentifierBackend"
A_YEAR = 365 * 24 * 3600


def _device(request: HttpRequest) -> Device:
    return keys.device_of(request.COOKIES.get(DEVICE_COOKIE, "")) or keys.new_device()


def _keep(response: HttpResponse, device: Device) -> HttpResponse:
    """Let the browser remember which device it is; nothing of who sat there."""
    response.set_cookie(
        DEVICE_COOKIE,
        keys.device_cookie(device),
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _soon(error: actions.TooSoon) -> str:
    return _("Too many wrong tries on this device. Wait %(n)s seconds, or ask your teacher.") % {"n": error.seconds}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Type the code of the class."""
    device = _device(request)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            opening = actions.find_class(code=form.cleaned_data["code"], device=device, address=current_address.get())
        except actions.TooSoon as error:
            form.add_error("code", _soon(error))
            status = 429
        except actions.WrongCode:
            form.add_error("code", _("No class is open under this code. Look at the blackboard, or ask your teacher."))
        else:
            return _keep(redirect("class:seats", opening.token), device)
    context = {"form": form, "room": _room(request)}
    return _keep(render(request, "organisations/door.html", context, status=status), device)


def _room(request: HttpRequest) -> dict[str, Any] | None:
    """Who is in on this device, for the button out."""
    return request.session.get(SESSION_KEY) if request.user.is_authenticated else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, token: str) -> HttpResponse:
    """Choose the seat, then the secret. Numbers only: nobody's name is on these pages."""
    opening = doors.opening_with(timezone.now(), token=token)
    if opening is None:
        return render(request, "organisations/door_closed.html", status=404)
    device = _device(request)
    place = place_of(request.POST)
    if request.method == "POST" and place:
        return _keep_known(_secret(request, opening, place, device), device)
    context = {
        "opening": opening,
        "numbers": range(1, doors.seats_shown(opening.organisation) + 1),
        "is_missing": request.method == "POST",
        "is_away": "away" in request.GET,
        "room": _room(request),
    }
    return _keep(render(request, "organisations/door_seats.html", context), device)


def _keep_known(response: HttpResponse, device: Device) -> HttpResponse:
    """Whoever has come in makes this a device that is known."""
    came_in = response.status_code == 302
    return _keep(response, Device(device.key, device.is_known or came_in))


def _secret(request: HttpRequest, opening: ClassOpening, place: str, device: Device) -> HttpResponse:
    """Ask for the secret, or look at what was entered."""
    kind, trouble, status = doors.room_of(opening.organisation).secret_kind, "", 200
    if "trying" in request.POST:
        secret = secret_of(kind, request.POST)
        try:
            if secret:
                entry = actions.let_in(
                    opening=opening, place=place, secret=secret, device=device, address=current_address.get()
                )
                return _begin(request, opening, entry.pk, entry.user, place)
            trouble = _("Something is missing: choose all three pictures, or type all six digits.")
        except actions.TooSoon as error:
            trouble, status = _soon(error), 429
        except actions.WrongSecret:
            trouble = _("That does not fit seat %(place)s. Try again, or ask your teacher.") % {"place": place}
    context = {
        "opening": opening,
        "place": place,
        "kind": kind,
        "pictures": list(PICTURE_NAMES.items()),
        "places": list(zip(PLACES, (_("first picture"), _("second picture"), _("third picture")), strict=True)),
        "trouble": trouble,
    }
    return render(request, "organisations/door_secret.html", context, status=status)


def _begin(request: HttpRequest, opening: ClassOpening, entry_id: int, user: User, place: str) -> HttpResponse:
    """A session that ends with the browser, with the class, or when nobody touches the device."""
    logout(request)
    login(request, user, backend=BACKEND)
    request.session[SESSION_KEY] = {
        "entry": entry_id,
        "token": opening.token,
        "class": opening.organisation.name,
        "place": place,
        "idle": settings.CLASS_IDLE_SECONDS,
    }
    request.session.set_expiry(0)
    return redirect(resolve_url(settings.LOGIN_REDIRECT_URL))


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """I'm done: the next one finds the seats, and nothing of the one before."""
    room = _room(request)
    if room and isinstance(request.user, User):
        actions.let_out(user=request.user, entry_id=room["entry"])
        logout(request)
    address = reverse("class:seats", args=[room["token"]]) if room else reverse("class:door")
    response = redirect(f"{address}?left=1")
    response["Clear-Site-Data"] = '"cache", "storage"'
    for name in ("theme", "size"):
        response.delete_cookie(name, samesite="Lax")
    return response


@never_cache
@require_POST
def alive(request: HttpRequest) -> HttpResponse:
    """Somebody touches the page; the middleware has noted it. 410 says that the session is over."""
    return HttpResponse(status=204 if _room(request) else 410)
