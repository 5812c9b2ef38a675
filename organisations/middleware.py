"""Sessions that began at the door of a class end by themselves: tablets are shared."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from organisations import actions
from organisations.keys import SESSION_KEY
from organisations.models import ClassEntry
from organisations.queries.doors import entry_in_force

NOTE_EVERY = timedelta(seconds=30)


class ClassroomMiddleware:
    """Signs a pupil out when the class has closed, when they came in elsewhere, and after a while without a touch.

    Scripts sign out after CLASS_IDLE_SECONDS and report that somebody is there; the server waits twice as long, so
    that a page without scripts can be read to its end. One statement, for these sessions only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a cookie there is no session, and public pages must not vary by one.
        room = request.session.get(SESSION_KEY) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if not room:
            return self.get_response(request)
        now = timezone.now()
        entry = entry_in_force(room["entry"], now)
        if entry is None or now - entry.seen_at > timedelta(seconds=2 * settings.CLASS_IDLE_SECONDS):
            return self._end(request, room, entry, now)
        if now - entry.seen_at > NOTE_EVERY:
            actions.note_seen(entry=entry, at=now)
        return self.get_response(request)

    def _end(self, request: HttpRequest, room: dict[str, str], entry: ClassEntry | None, now: datetime) -> HttpResponse:
        """Out; whoever would be sent to the sign-in page goes to the class's door instead."""
        if entry is not None and isinstance(request.user, User):
            actions.let_out(user=request.user, entry_id=entry.pk, at=now)
        logout(request)
        response = self.get_response(request)
        login = reverse(settings.LOGIN_URL)
        if response.status_code == 302 and response["Location"].startswith(login):
            return redirect(f"{reverse('class:seats', args=[room['token']])}?away=1")
        return response
