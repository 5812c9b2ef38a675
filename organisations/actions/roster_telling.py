"""Tell whoever brings a roster in what became of it while they were elsewhere."""

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.actions import notify
from organisations.models import RosterImport, RosterState, RowStatus

ROSTER_KIND = "organisations.roster"
LONGEST_SUBJECT = 200


def tell_of_roster(*, roster: RosterImport, person: AbstractBaseUser | None) -> None:
    """One message about where an import stands now, in the caller's transaction; none while it is at work, and none if
    nobody started it. No audit entry of its own: what it tells has one."""
    subject = _subject(roster)
    if person is not None and subject:
        url = reverse("rosters:roster", args=[roster.public_id])
        notify(user=person, kind=ROSTER_KIND, subject=subject[:LONGEST_SUBJECT], body=_body(roster), url=url)


def _subject(roster: RosterImport) -> str:
    texts = {
        RosterState.FAILED: _("The roster “%(file)s” cannot be read"),
        RosterState.PREVIEW: _("The roster “%(file)s” is read: look at what it would do"),
        RosterState.APPLIED: _("The roster “%(file)s” is in"),
        RosterState.UNDONE: _("The roster “%(file)s” is taken back"),
    }
    if roster.state == RosterState.PREVIEW and roster.error:
        text = _("The roster “%(file)s” was not put in: people or units have changed since the preview")
    else:
        text = texts.get(RosterState(roster.state), "")
    return text % {"file": roster.filename} if text else ""


def _body(roster: RosterImport) -> str:
    """Which unit, and how many rows are wrong."""
    wrong = roster.rows.filter(status=RowStatus.ERROR).count() if roster.state != RosterState.UNDONE else 0
    text = ngettext("%(n)d row is wrong and stays out.", "%(n)d rows are wrong and stay out.", wrong) % {"n": wrong}
    return "\n".join([roster.organisation.name, *([text] if wrong else [])])
