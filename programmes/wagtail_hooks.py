"""Programmes in Wagtail's admin."""

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from programmes import admin
from programmes.models import Programme

register_permission_policy(Programme, admin.NeverDeleted(Programme))


@hooks.register("register_admin_viewset")
def register_viewset() -> admin.ProgrammeViewSet:
    """The list and its pages."""
    return admin.ProgrammeViewSet()


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    """The buttons."""
    return [
        path("programmes/copy/", admin.CopyView.as_view(), name="copy_programme"),
        path("programmes/<int:pk>/open/", admin.open_programme, name="open_programme"),
        path("programmes/<int:pk>/close/", admin.close_programme, name="close_programme"),
        path("programmes/<int:pk>/extend/", admin.extend_programme, name="extend_programme"),
        path("programmes/<int:pk>/steps/", admin.add_step, name="add_step"),
        path("programmes/<int:pk>/steps/<int:step_pk>/remove/", admin.remove_step, name="remove_step"),
        path("programmes/<int:pk>/steps/<int:step_pk>/move/", admin.move_step, name="move_step"),
        path("programmes/<int:pk>/enrol/", admin.enrol_unit, name="enrol_unit"),
    ]
