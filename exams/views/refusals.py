"""Why one may not begin now, and when one may: in words."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _


def said(moment: datetime) -> str:
    """A moment in the reader's language and in China's time."""
    return str(formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT"))


def words_of(word: str, at: datetime | None = None, now: datetime | None = None) -> tuple[str, str]:
    """Title and text for the word of a `NotAdmitted`, or ("", "") for another word."""
    now = now or timezone.now()
    when = {"at": said(at) if at else "", "left": timeuntil(at, now) if at else ""}
    match word:
        case "not-open-yet":
            text = _("It opens on %(at)s, in %(left)s. Come back to this page then.") % when
            return _("This exam is not open yet"), text
        case "deferred":
            text = _("Yours begins on %(at)s, in %(left)s. Until then it cannot be sat.") % when
            return _("Your exam is deferred"), text
        case "over":
            return _("This exam has ended"), _(
                "It ended on %(at)s. If you could not come, ask the coordinator of your unit for a make-up."
            ) % when
        case "late":
            text = _(
                "One could begin until %(at)s; who comes later is not let in. If you could not come in time, ask the "
                "coordinator of your unit for a make-up."
            )
            return _("It is too late to begin"), text % when
        case "wait":
            text = _("Between two attempts there is a waiting time. The next one is possible from %(at)s, in %(left)s.")
            return _("The next attempt is not possible yet"), text % when
        case "no-session":
            text = _("It is supervised, and your unit is in no session yet. Ask the coordinator of your unit.")
            return _("You have no place in this exam yet"), text
        case "no-attempts-left":
            text = _("A make-up can be granted by whoever runs the exam; ask the coordinator of your unit.")
            return _("All attempts are used"), text
        case "too-early":
            text = _("Handing in is possible from %(at)s, in %(left)s. Your answers are saved.") % when
            return _("It is too early to hand in"), text
        case "seb":
            text = _(
                "Open this exam with the file of settings that you got for it: it starts Safe Exam Browser, and the "
                "browser opens this site. Other browsers, and Safe Exam Browser with other settings, are not let in."
            )
            return _("This exam needs Safe Exam Browser"), text
    return "", ""
