"""One's own data."""

from django.urls import path

from privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.my_data, name="mine"),
    path("ask/", views.ask, name="ask"),
    path("<str:public_id>/cancel/", views.cancel, name="cancel"),
    path("<str:public_id>/fetch/", views.fetch, name="fetch"),
]
