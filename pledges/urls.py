"""Signing, registry and letters."""

from django.urls import URLPattern, URLResolver

app_name = "pledges"
urlpatterns: list[URLPattern | URLResolver] = []
