"""App configurations: our own, and Wagtail's users with our form."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    """People and how they sign in."""

    name = "accounts"
    default = True

    def ready(self) -> None:
        """Watch second factors, do the background work."""
        from accounts import middleware, tasks
        from accounts.adapters import second_factor

        user_logged_in.connect(middleware.begin)
        second_factor.watch()
        tasks.register_all()


class PeopleAdminConfig(WagtailUsersAppConfig):
    """Wagtail's user management with one name, employee number and age class."""

    default = False
    user_viewset = "accounts.admin.PersonViewSet"
