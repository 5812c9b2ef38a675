"""Pages of the admin that show what single people would not: each time one is opened, the audit log knows."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from foundation.audit.actions import look

EVERYBODY = "accounts.User:?"


class LookedAt:
    """Stands before one of Wagtail's generic views. `look_page` names the page as `look` wants it."""

    look_page = ""
    object: Any

    def look_target(self) -> str:
        """Whom it is about; a list is about people who are not named one by one."""
        return EVERYBODY

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, and one entry; who is refused never comes here."""
        answer: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
        look(by=request.user, page=self.look_page, target=self.look_target(), details={"query": bool(request.GET)})  # type: ignore[arg-type]  # nobody anonymous is in the admin
        return answer
