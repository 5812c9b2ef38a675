"""E-mail, through Django's mail settings."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from notifications.exports.http import Copy


def is_ready() -> bool:
    """There is always a mail backend."""
    return True


def address_of(user: User) -> str:
    """The person's own address."""
    return user.email


def send(copy: Copy) -> None:
    """Send it. What one may unsubscribe says how, for people and for mail programs (RFC 8058)."""
    parts, headers = [copy.body, copy.link], {}
    if copy.unsubscribe:
        sentences = []
        for language, _name in settings.LANGUAGES:
            with override(language):
                sentences.append(_("No more mails of this kind: %(link)s") % {"link": copy.unsubscribe})
        parts.append("\n".join(sentences))
        headers = {
            "List-Unsubscribe": f"<{copy.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    text = "\n\n".join(part for part in parts if part) or copy.subject
    EmailMessage(subject=" ".join(copy.subject.split()), body=text, to=[copy.address], headers=headers).send()
