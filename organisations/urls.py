"""Units and rosters. The page of one unit lives in `programmes`, which knows how far its people are."""

from django.urls import path

from organisations import views
from organisations.api import about, groups, users
from organisations.views import rosters as roster_views

app_name = "organisations"
urlpatterns = [
    path("", views.units, name="units"),
    path("<str:code>/hand-over/", views.hand_over, name="hand-over"),
    path("<str:code>/new-year/", views.new_year, name="new-year"),
    path("<str:code>/history/", views.history, name="history"),
]

# Included at an address of their own: what stands below /organisations/ is the code of a unit.
rosters = [
    path("", roster_views.index, name="index"),
    path("new/", roster_views.upload, name="new"),
    path("template/<str:code>/", roster_views.template, name="template"),
    path("<slug:public_id>/", roster_views.roster_page, name="roster"),
    path("<slug:public_id>/move/", roster_views.move, name="move"),
    path("<slug:public_id>/columns/", roster_views.columns, name="columns"),
]

# Personnel systems: /scim/v2/, the address that the standard gives.
scim = [
    path("Users", users.users),
    path("Users/<str:public_id>", users.user),
    path("Groups", groups.groups),
    path("Groups/<str:pk>", groups.group),
    path("Schemas", about.schemas),
    path("Schemas/<str:name>", about.schemas),
    path("ResourceTypes", about.types),
    path("ResourceTypes/<str:name>", about.types),
    path("ServiceProviderConfig", about.configuration),
    path("", about.nothing),
    path("<path:rest>", about.nothing),
]
