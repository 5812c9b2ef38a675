"""The log's addresses, for sites whose web server does not serve the folder itself."""

from django.urls import URLPattern, URLResolver, path, re_path

from foundation.ledger import views

app_name = "ledger"
urlpatterns: list[URLPattern | URLResolver] = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("policy.txt", views.policy, name="policy"),
    re_path(
        r"^(?P<path>tile/(?:\d{1,2}|entries)/(?:x\d{3}/){0,5}\d{3}(?:\.p/[1-9]\d{0,2})?)$", views.tile, name="tile"
    ),
]
