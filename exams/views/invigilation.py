"""The invigilator's pages: sessions, the live view, one candidate, the code for the board."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import SignedInRequest
from exams import actions, queries
from exams.forms.invigilation import MinutesForm, ReasonForm
from exams.models import Attempt, Session
from foundation.audit.actions import look

PAGE_SIZE, SESSIONS_PAGE_SIZE = 50, 30
WITH_REASON = ("lock", "hand_in", "void")
ACTS_UNTIL = timedelta(days=1)  # after the end of a session its invigilators only look
View = Callable[..., HttpResponse]


def manages(request: SignedInRequest) -> bool:
    """True for exam managers, who may supervise every session."""
    return bool(request.user.has_perm("exams.change_session"))


def supervised(view: View) -> View:
    """Gives the view its session; for everybody who does not supervise it, it does not exist."""

    @wraps(view)
    def guarded(request: SignedInRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            is_manager = manages(request)
            session = queries.session_of(request.user, public_id, manages=is_manager)
            if request.method == "POST" and not is_manager and session.now > session.closes_at + ACTS_UNTIL:  # type: ignore[attr-defined]
                messages.error(request, _("The session is long over: only an exam manager can still change something."))
                return redirect("exams:invigilator", public_id)
            return view(request, session, *args, **kwargs)
        except queries.SessionUnknown:
            raise Http404 from None

    return never_cache(login_required(guarded))


@require_safe
@login_required
def sessions(request: SignedInRequest) -> HttpResponse:
    """The sessions that one supervises, the newest first."""
    found = queries.sessions_of(request.user, manages=manages(request))
    if not found.exists():
        raise Http404
    page = Paginator(found, SESSIONS_PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "exams/sessions.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@supervised
def invigilator(request: SignedInRequest, session: Session) -> HttpResponse:
    """The live view; with `?part=live` only what changes. POST gives minutes to all, or makes a new code."""
    form = MinutesForm(request.POST if request.POST.get("do") == "minutes" else None, auto_id="all_%s")
    if request.method == "POST" and _for_all(request, session, form):
        return redirect("exams:invigilator", session.public_id)
    context = live_context(request, session) | {"form": form}
    if request.GET.get("part") == "live":
        return render(request, "exams/live.html", context)
    return render(request, "exams/invigilator.html", context, status=400 if form.errors else 200)


def live_context(request: SignedInRequest, session: Session) -> dict[str, Any]:
    """Everything that the live part shows."""
    now = session.now  # type: ignore[attr-defined]
    state, sort, text = (request.GET.get(name, "")[:60].strip() for name in ("state", "sort", "q"))
    found = queries.candidates(session)
    counts = queries.tally(found, now)
    if text:
        found = queries.named(found, text)
    page = Paginator(queries.ordered(found.filter(queries.in_state(state, now)), sort), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return {
        "session": session,
        "now": now,
        "counts": counts,
        "chips": [(word, label, counts[word or "all"]) for word, label in state_words()],
        "page": page,
        "rows": queries.rows_of(list(page.object_list), now),
        "state": state if state in queries.STATES else "",
        "sort": sort if sort in queries.SORTS else "unit",
        "sorts": sort_words(),
        "q": text,
    }


def state_words() -> list[tuple[str, str]]:
    """The filters of the live view with their labels."""
    return [
        ("", _("everybody")),
        ("not-begun", _("not begun")),
        ("in", _("in the exam")),
        ("locked", _("are locked")),
        ("lost", _("connection lost")),
        ("done", _("handed in")),
        ("void", _("void")),
    ]


def sort_words() -> list[tuple[str, str]]:
    """The orders of the live view with their labels."""
    return [
        ("unit", _("by unit")),
        ("name", _("by name")),
        ("seen", _("longest not seen first")),
        ("left", _("most often away first")),
    ]


def _for_all(request: SignedInRequest, session: Session, form: MinutesForm) -> bool:
    """Do what the button says for the whole session; False if the form must be shown again."""
    match request.POST.get("do"):
        case "code":
            actions.rotate_code(by=request.user, session=session)
            messages.success(request, _("There is a new code. Whoever has begun is not asked again."))
            return True
        case "minutes" if form.is_valid():
            n = actions.give_minutes_to_all(by=request.user, session=session, **form.cleaned_data)
            text = ngettext("%(n)s exam was given more minutes.", "%(n)s exams were given more minutes.", n)
            messages.success(request, text % {"n": n})
            return True
        case "minutes":
            return False
    raise Http404


@require_safe
@supervised
def code(request: SignedInRequest, session: Session) -> HttpResponse:
    """The code, as large as it goes, for the board."""
    return render(request, "exams/code.html", {"session": session})


@require_http_methods(["GET", "HEAD", "POST"])
@supervised
def candidate(request: SignedInRequest, session: Session, attempt_id: str) -> HttpResponse:
    """One candidate: what was noticed, and what the invigilator can do."""
    found = queries.attempt_in(session, attempt_id)
    word = request.POST.get("do", "")
    posted = request.POST if request.method == "POST" else None
    forms: dict[str, Form] = {
        "minutes": MinutesForm(posted if word == "minutes" else None, auto_id="minutes_%s"),
        **{
            name: ReasonForm(posted if word == name else None, auto_id=f"{name}_%s")
            for name in ("lock", "hand_in", "void")
        },
    }
    if posted is not None and _to_one(request, found, word, forms):
        return redirect("exams:candidate", session.public_id, attempt_id)
    whose = f"accounts.User:{found.enrolment.user_id}"
    look(by=request.user, page="exams.candidate", target=whose, details={"attempt": found.pk})
    row = queries.row_of(found, session.now)  # type: ignore[attr-defined]
    events = Paginator(queries.events_of(found), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"session": session, "row": row, "attempt": found, "page": events, "forms": forms}
    context["given"] = queries.minutes_given([found.pk]).get(found.pk, 0)
    return render(request, "exams/candidate.html", context, status=400 if posted is not None else 200)


def _to_one(request: SignedInRequest, found: Attempt, word: str, forms: dict[str, Form]) -> bool:
    """Do what the button says to one attempt and tell how it went; False if the form must be shown again."""
    form = forms.get(word)
    if word != "unlock" and form is None:
        raise Http404
    if form is not None and not form.is_valid():
        return False
    by, fields = request.user, form.cleaned_data if form else {}
    doing: dict[str, Callable[..., object]] = {
        "minutes": actions.give_minutes,
        "lock": actions.lock_attempt,
        "unlock": actions.unlock_attempt,
        "hand_in": actions.force_submit,
        "void": actions.void_attempt,
    }
    try:
        doing[word](by=by, attempt=found, **fields)
    except actions.AttemptClosed:
        messages.error(request, _("That is not possible any more: the exam has moved on in the meantime."))
    except actions.TooManyMinutes:
        text = _("At most %(most)s minutes can be given in all, and not beyond the last day of the programme.")
        messages.error(request, text % {"most": actions.MOST_MINUTES})
    else:
        messages.success(request, _("Done."))
    return True
