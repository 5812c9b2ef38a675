"""Says in words what a bank cannot fill, in lists, on pages and while somebody is typing."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import SignedInRequest
from exams import queries
from exams.forms.papers import plan_of
from exams.models import PaperMode
from exams.queries import Check
from exams.sampling import Shortage


def shortage_in_words(shortage: Shortage) -> str:
    """Which section is short of what, or which sections compete."""
    numbers = {"wanted": shortage.wanted, "available": shortage.available}
    if len(shortage.sections) == 1:
        text = _("Section %(section)s asks for %(wanted)s items; the bank has %(available)s left that fit.")
        return text % {"section": shortage.sections[0], **numbers}
    text = _(
        "Sections %(sections)s compete for the same items: together they ask for %(wanted)s, and %(available)s fit any"
        " of them."
    )
    return text % {"sections": _(", ").join(map(str, shortage.sections)), **numbers}


def reasons(check: Check) -> list[str]:
    """Everything that stands in the way of publishing."""
    found = [shortage_in_words(shortage) for shortage in check.shortages]
    if check.unready:
        count = len(check.unready)
        found.append(
            ngettext(
                "%(count)s fixed item has no version that is ready.",
                "%(count)s fixed items have no version that is ready.",
                count,
            )
            % {"count": count}
        )
    if check.rated:
        found.append(_("An exam cannot ask ratings: nobody is right or wrong about them."))
    if not check.items:
        found.append(_("The paper asks nothing yet: add a section or a fixed item."))
    return found


@require_POST
def feasibility(request: SignedInRequest) -> HttpResponse:
    """A fragment: what the sections on the screen ask for, what the bank has, and what is missing."""
    if not (request.user.has_perm("exams.change_paper") or request.user.has_perm("exams.change_blueprint")):
        raise PermissionDenied
    return render(request, "exams/admin/feasibility.html", context(request.POST))


def context(data: object) -> dict[str, object]:
    """For the fragment."""
    plan, incomplete = plan_of(data)
    mode = data.get("mode") or PaperMode.EXAM  # type: ignore[attr-defined]
    check = queries.check_plan(plan, mode=mode)
    rows = [
        {"number": n, "wanted": section["count"], "available": available, "is_short": available < section["count"]}
        for n, (section, available) in enumerate(zip(plan["sections"], check.available, strict=True), 1)
    ]
    return {"check": check, "rows": rows, "reasons": reasons(check), "incomplete": incomplete}
