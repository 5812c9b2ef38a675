"""The inbox."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("settings/", views.choose, name="choose"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("read-all/", views.read_all, name="read-all"),
    path("<str:public_id>/open/", views.open_message, name="open"),
]
