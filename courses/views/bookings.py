"""Places in trainings for the people of one's units."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import SignedInRequest
from courses import actions, steps
from courses.models import TrainingSession
from organisations.queries import led_by

PEOPLE_PER_PAGE = 200


@login_required
@require_safe
@never_cache
def bookings(request: SignedInRequest) -> HttpResponse:
    """Trainings to come for the people one leads, with how many of them have no place yet."""
    if not led_by(request.user).exists():
        raise Http404
    context = {"rows": steps.bookable_sessions(request.user), "crumbs": [{"word": _("Training places"), "url": ""}]}
    return render(request, "courses/bookings.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def book(request: SignedInRequest, session_id: str) -> HttpResponse:
    """The people who have no place yet: tick and book."""
    session = get_object_or_404(TrainingSession.objects.exclude(state="draft"), public_id=session_id)
    waiting = steps.bookable(request.user, session)
    if not waiting.exists() and request.method != "POST":
        raise Http404
    if request.method == "POST":
        try:
            done = actions.book_places(by=request.user, session=session, public_ids=request.POST.getlist("person"))
        except actions.SessionClosed:
            messages.warning(request, _("This training takes no more people."))
            return redirect("courses:bookings")
        words = ngettext("%(n)s place booked.", "%(n)s places booked.", done.booked) % {"n": done.booked}
        messages.success(request, words)
        if done.left_out:
            left = ngettext("For %(n)s person no place was left.", "For %(n)s people no place was left.", done.left_out)
            messages.warning(request, left % {"n": done.left_out})
        return redirect("courses:bookings")
    page = Paginator(waiting.order_by("organisation__path", "user__name", "pk"), PEOPLE_PER_PAGE)
    context = {
        "session": session,
        "left": session.capacity - session.taken,
        "page": page.get_page(request.GET.get("page")),
        "crumbs": [
            {"word": _("Training places"), "url": reverse("courses:bookings")},
            {"word": session.title, "url": ""},
        ],
    }
    return render(request, "courses/book.html", context)
