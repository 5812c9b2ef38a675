"""Drills, exams and self-assessments."""

from django.urls import URLPattern, URLResolver, path

from exams.views import pages, saving

app_name = "exams"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.index, name="index"),
    path("steps/<slug:step_public_id>/", pages.step, name="step"),
    path("steps/<slug:step_public_id>/start/", pages.start, name="start"),
    path("attempts/<slug:public_id>/", pages.attempt, name="attempt"),
    path("attempts/<slug:public_id>/answers/", saving.answers, name="answers"),
    path("attempts/<slug:public_id>/pen/", saving.pen, name="pen"),
    path("attempts/<slug:public_id>/submit/", pages.submit, name="submit"),
    path("attempts/<slug:public_id>/result/", pages.result, name="result"),
]
