"""Units and rosters. The page of one unit lives in `programmes`, which knows how far its people are."""

from django.urls import path

from organisations import views
from organisations.api import about, groups, users
from organisations.views import classes as class_views
from organisations.views import consents as consent_views
from organisations.views import doors as door_views
from organisations.views import rosters as roster_views

app_name = "organisations"
urlpatterns = [
    path("", views.units, name="units"),
    path("<str:code>/hand-over/", views.hand_over, name="hand-over"),
    path("<str:code>/new-year/", views.new_year, name="new-year"),
    path("<str:code>/history/", views.history, name="history"),
    path("<str:code>/class/", class_views.class_page, name="class"),
    path("<str:code>/class/screen/", class_views.screen, name="class-screen"),
    path("<str:code>/class/cards/", class_views.cards, name="class-cards"),
    path("<str:code>/class/seat-plan/", class_views.seat_plan, name="class-seats"),
    path("<str:code>/consents/", consent_views.consents, name="consents"),
    path("<str:code>/consents/letter/", consent_views.letter, name="consent-letter"),
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

# What pupils type: short, and at an address of its own.
doors = [
    path("", door_views.door, name="door"),
    path("leave/", door_views.leave, name="leave"),
    path("alive/", door_views.alive, name="alive"),
    path("<str:token>/", door_views.seats, name="seats"),
]
