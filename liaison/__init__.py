"""The composition root: settings, addresses, background work, the runtime of one machine. No business code."""

from liaison.celery import app as celery_app

__all__ = ["celery_app"]
