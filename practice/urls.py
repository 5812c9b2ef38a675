"""Deeds and their confirmation."""

from django.urls import path

from practice import views

app_name = "practice"
urlpatterns = [
    path("steps/<str:public_id>/", views.step, name="step"),
    path("steps/<str:public_id>/<str:deed_id>/correct/", views.correct, name="correct"),
    path("steps/<str:public_id>/<str:deed_id>/withdraw/", views.withdraw, name="withdraw"),
    path("evidence/<str:deed_id>/", views.evidence, name="evidence"),
    path("confirm/", views.confirm, name="confirm"),
    path("confirm/<str:deed_id>/", views.send_back, name="return"),
]
