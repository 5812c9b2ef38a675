"""Search and robots.txt. Every other address of the public site is a page in the tree."""

from django.urls import URLPattern, URLResolver, path

from cms import views

app_name = "cms"
urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", views.search, name="search"),
    path("robots.txt", views.robots, name="robots"),
]
