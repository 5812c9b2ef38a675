"""Addresses of the learner's own pages, and their JSON."""

from django.urls import path

from programmes import api, views

app_name = "programmes"
urlpatterns = [
    path("my/", views.my_learning, name="my-learning"),
    path("my/<str:public_id>/", views.programme, name="programme"),
    path("organisations/<str:code>/", views.unit, name="unit"),
    path("api/v1/my/steps", api.my_steps, name="api-my-steps"),
    path("api/v1/my/steps/<str:public_id>", api.my_step, name="api-my-step"),
]
