"""Addresses of the learner's own pages, and their JSON."""

from django.urls import path

from programmes import api
from programmes.views import assignments, learner

app_name = "programmes"
urlpatterns = [
    path("my/", learner.my_learning, name="my-learning"),
    path("organisations/<str:code>/", learner.unit, name="unit"),
    path("my/history/", learner.history, name="history"),
    path("my/calendar/", learner.new_calendar, name="new-calendar"),
    path("my/<str:public_id>/", learner.programme, name="programme"),
    path("calendar/<str:token>.ics", learner.calendar, name="calendar"),
    path("assignments/", assignments.assignments, name="assignments"),
    path("assignments/new/<str:code>/", assignments.new_assignment, name="new-assignment"),
    path("assignments/exceptions/", assignments.allowances, name="allowances"),
    path("assignments/exceptions/<str:public_id>/end/", assignments.end_allowance, name="end-allowance"),
    path("assignments/<str:public_id>/", assignments.assignment, name="assignment"),
    path("assignments/<str:public_id>/stop/", assignments.stop_assignment, name="stop-assignment"),
    path("assignments/<str:public_id>/resume/", assignments.resume_assignment, name="resume-assignment"),
    path("api/v1/my/steps", api.my_steps, name="api-my-steps"),
    path("api/v1/my/steps/<str:public_id>", api.my_step, name="api-my-step"),
]
