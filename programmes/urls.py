"""Addresses of the learner's own pages."""

from django.urls import path

from programmes import views

app_name = "programmes"
urlpatterns = [path("my/", views.my_learning, name="my-learning")]
