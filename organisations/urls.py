"""Units. The page of one unit lives in `programmes`, which knows how far its people are."""

from django.urls import path

from organisations import views

app_name = "organisations"
urlpatterns = [path("", views.units, name="units")]
