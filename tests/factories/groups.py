"""People in the groups of the site."""

from django.contrib.auth.models import Group, Permission

from accounts.models import User
from cms import registry
from tests.factories.accounts import UserFactory


def member(name: str) -> User:
    """Somebody in the group `name`, with the rights that the apps asked for it."""
    group, _created = Group.objects.get_or_create(name=name)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for right in registry.group_permissions[name]:
        app, codename = right.split(".")
        group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    user = UserFactory()
    user.groups.add(group)
    return user
