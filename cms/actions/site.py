"""The page tree, the groups and what they may do."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, Group, Permission
from django.db import connections, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms import registry
from cms.models import CaseIndexPage, CreditOfficeTask, HomePage, SiteSettings
from foundation.audit.actions import record

PAGE_RIGHTS: dict[str, tuple[str, ...]] = {
    registry.EDITOR: ("add", "change", "publish", "lock", "unlock"),
    registry.REVIEWER: ("change", "publish"),
    registry.CREDIT_OFFICE: ("add", "change", "publish", "lock", "unlock"),
}
FILE_RIGHTS: dict[str, tuple[str, ...]] = {
    registry.EDITOR: ("add", "change", "choose"),
    registry.CREDIT_OFFICE: ("add", "change", "choose"),
    registry.BANK_AUTHOR: ("add", "choose"),
    registry.REPORTER: ("add", "choose"),
}
FILE_MODELS = ("image", "document", "media")


def _permissions(names: Iterable[str]) -> list[Permission]:
    """Rows of those "app.codename" that exist."""
    wanted = Q(pk__in=[])
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted))


def set_up_groups(*, using: str = "default") -> None:
    """Make every group and give it its rights; run after each migrate, so it may run any number of times.

    Rights that an administrator added stay. Not recorded: nobody decided it, the version of the program did.
    """
    tables = set(connections[using].introspection.table_names())
    if not {"auth_group", "cms_caseindexpage", "wagtailcore_grouppagepermission"} <= tables:
        return  # in the middle of a migration plan
    with transaction.atomic(using=using):
        groups = {name: Group.objects.get_or_create(name=name)[0] for name in registry.GROUPS}
        for name, group in groups.items():
            group.permissions.add(*_permissions({"wagtailadmin.access_admin", *registry.group_permissions[name]}))
        root = Page.get_first_root_node()
        for name, rights in PAGE_RIGHTS.items() if root else ():
            _grant_on_page(groups[name], root, rights)
        collection = Collection.get_first_root_node()
        for name, rights in FILE_RIGHTS.items() if collection else ():
            codenames = {f"{right}_{model}" for right in rights for model in FILE_MODELS}
            for permission in Permission.objects.filter(codename__in=codenames):
                GroupCollectionPermission.objects.get_or_create(
                    group=groups[name], collection=collection, permission=permission
                )
        for index in CaseIndexPage.objects.all():
            set_up_case_review(index=index)


def _grant_on_page(group: Group, page: Page, rights: Iterable[str]) -> None:
    """Let `group` do `rights` on `page` and below."""
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=[f"{right}_page" for right in rights]
    ):
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


@transaction.atomic
def set_up_case_review(*, index: CaseIndexPage) -> Workflow:
    """Reporters add below `index`, the credit office reviews. Runs any number of times; returns the workflow."""
    office, _created = Group.objects.get_or_create(name=registry.CREDIT_OFFICE)
    reporters, _created = Group.objects.get_or_create(name=registry.REPORTER)
    _grant_on_page(reporters, index, ["add"])
    attached = WorkflowPage.objects.filter(page=index).select_related("workflow").first()
    if attached is not None:
        workflow: Workflow = attached.workflow
        return workflow
    with translation.override(settings.LANGUAGE_CODE):
        workflow = Workflow.objects.create(name=_("Case reports"))
        task = CreditOfficeTask.objects.create(name=_("Review by the credit office"))
    task.groups.add(office)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=index)
    return workflow


@transaction.atomic
def set_up_site(
    *, by: AbstractBaseUser | None, home: dict[str, Any], site: dict[str, Any], hostname: str, port: int
) -> HomePage:
    """Put a home page at the root of the site, or update the words of the one that is there.

    `home` are fields of HomePage, `site` those of SiteSettings. The page that Wagtail brings along is removed.
    """
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    page: HomePage | None = HomePage.objects.first()
    if page is None:
        for welcome in root.get_children().filter(slug="home"):
            welcome.delete()
        root.refresh_from_db()
        page = HomePage(slug="home", **home)
        root.add_child(instance=page)
    else:
        for name, value in home.items():
            setattr(page, name, value)
    page.save_revision(user=by).publish(user=by)
    row, _created = Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": hostname, "port": port, "root_page": page, "site_name": site.get("site_name", "")},
    )
    SiteSettings.objects.update_or_create(site=row, defaults=site)
    record(action="cms.set_up_site", actor=by, target=f"cms.HomePage:{page.pk}")
    return page


@transaction.atomic
def add_page(*, by: AbstractBaseUser | None, parent: Page, page: Page) -> Page:
    """Add and publish a page below `parent`; a page of that slug there is kept as it is and returned."""
    there = parent.get_children().filter(slug=page.slug).first()
    if there is not None:
        found: Page = there.specific
        return found
    page.owner_id = by.pk if by is not None else None
    parent.add_child(instance=page)
    page.save_revision(user=by).publish(user=by)
    if isinstance(page, CaseIndexPage):
        set_up_case_review(index=page)
    record(action="cms.add_page", actor=by, target=f"wagtailcore.Page:{page.pk}")
    return page
