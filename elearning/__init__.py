"""Composition root: settings, addresses, servers, and the demo content."""

from elearning.celery import app as celery_app

__all__ = ["celery_app"]
