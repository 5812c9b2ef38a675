"""The log's addresses, for sites whose web server does not serve the folder itself."""

from django.urls import URLPattern, URLResolver, path, re_path

from foundation.ledger import views

app_name = "ledger"
urlpatterns: list[URLPattern | URLResolver] = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("policy.txt", views.policy, name="policy"),
    path("policy.note", views.signed_policy, name="signed-policy"),
    path("history.json", views.history, name="history"),
    path("old/<int:number>/checkpoint", views.ended, name="ended"),
    re_path(
        r"^(?P<path>(?:old/\d{1,3}/)?tile/(?:\d|[1-5]\d|6[0-3]|entries)/"
        r"(?:x\d{3}/){0,5}\d{3}(?:\.p/[1-9]\d{0,2})?)$",
        views.tile,
        name="tile",
    ),
]
