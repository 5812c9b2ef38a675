"""Class work without network."""

from django.urls import path

from classwork import views

app_name = "classwork"
urlpatterns = [
    path("<str:code>/", views.modules, name="modules"),
    path("<str:code>/package/", views.package, name="package"),
    path("<str:code>/steps/<slug:step_public_id>/", views.results, name="results"),
]
