"""Celery for the server profile. The outbox in `foundation.jobs` stays the record; Celery only drains it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "elearning.settings.base")
app = Celery("xinxing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
