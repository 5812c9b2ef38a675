"""What the apps below this one hold: the account, how one signs in, messages. Registered with all others."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.audit.models import Entry
from notifications.models import Delivery, Message, Mute
from privacy.models import DataRequest
from privacy.registry import Section

# Models of libraries that hang on a person; an app that is not installed has none.
CREDENTIALS = ("account.EmailAddress", "mfa.Authenticator", "socialaccount.SocialAccount")


def fields_of(rows: Iterable[Any], *names: str) -> list[dict[str, Any]]:
    """Rows of a model as {what the field is called: its value, choices as their word}."""
    found = []
    for row in rows:
        told = {}
        for name in names:
            field = row._meta.get_field(name)
            shown = getattr(row, f"get_{name}_display", None)
            told[str(field.verbose_name)] = shown() if shown else getattr(row, name)
        found.append(told)
    return found


def _credentials() -> list[Any]:
    return [apps.get_model(name) for name in CREDENTIALS if apps.is_installed(f"allauth.{name.split('.')[0]}")]


class AccountData:
    """The account itself, and what the audit log knows of what its person did."""

    def sections(self, user: User) -> Iterable[Section]:
        """Fields, ways to sign in, own actions."""
        names = ("username", "name", "employee_number", "email", "phone", "student_number", "id_mask", "age_class",
                 "is_active", "date_joined", "last_login")  # fmt: skip
        yield Section("account", _("Account"), fields_of([user], *names))
        ways = [{str(_("kind")): m._meta.verbose_name, str(_("number")): m.objects.filter(user=user).count()}
                for m in _credentials()]  # fmt: skip
        yield Section("ways-to-sign-in", _("Ways to sign in"), ways)
        own = Entry.objects.filter(actor_id=user.pk).order_by("pk")
        yield Section("actions", _("What you did, as the audit log has it"), fields_of(own, "at", "action", "address"))
        about = Entry.objects.filter(target=f"accounts.User:{user.pk}").exclude(actor_id=user.pk).order_by("pk")
        yield Section("looked", _("What others did to your account or looked at"), fields_of(about, "at", "action"))
        asked = DataRequest.objects.filter(user=user).order_by("pk")
        yield Section("requests", _("Your requests about your data"), fields_of(asked, "kind", "state", "asked_at"))

    def holds(self, user: User) -> Iterable[str]:
        """Staff keep their account while they can act for the office."""
        if user.is_superuser or user.groups.exists():
            yield str(_("This account does work for the office: first its groups must be taken from it."))

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """Ways to sign in and sessions go; the account's own row is blanked by the action."""
        gone = sum(model.objects.filter(user=user).delete()[0] for model in _credentials())
        return {"credentials": gone, "sessions": self._end_sessions(user)}

    @staticmethod
    def _end_sessions(user: User) -> int:
        """A session names its person only inside; the account is closed, so that none of them works any more."""
        model = next((m for m in apps.get_models() if m._meta.label == "usersessions.UserSession"), None)
        if model is None:
            return 0
        keys = model._default_manager.filter(user=user).values_list("session_key", flat=True)
        return Session.objects.filter(session_key__in=list(keys)).delete()[0]


class MessageData:
    """Inbox, copies, what was unsubscribed."""

    def sections(self, user: User) -> Iterable[Section]:
        """The messages and where copies of them went."""
        inbox = Message.objects.filter(user=user).order_by("pk")
        yield Section("messages", _("Messages"), fields_of(inbox, "sent_at", "subject", "body", "read_at"))
        sent = Delivery.objects.filter(message__user=user).order_by("pk")
        names = ("attempted_at", "channel", "address", "state")
        yield Section("deliveries", _("Copies of messages"), fields_of(sent, *names))

    def holds(self, user: User) -> Iterable[str]:
        """Nothing."""
        return []

    def erase(self, user: User, *, at: datetime) -> dict[str, int]:
        """Everything goes."""
        number = Message.objects.filter(user=user).delete()[1].get("notifications.Message", 0)
        return {"messages": number, "choices": Mute.objects.filter(user=user).delete()[0]}


def old_messages(before: datetime) -> int:
    """How many messages are older."""
    return Message.objects.filter(sent_at__lt=before).count()


def forget_messages(before: datetime, limit: int) -> int:
    """Delete the oldest ones with the log of their copies."""
    old = Message.objects.filter(sent_at__lt=before).order_by("pk").values_list("pk", flat=True)[:limit]
    return Message.objects.filter(Q(pk__in=list(old))).delete()[1].get("notifications.Message", 0)
