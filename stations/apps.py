"""The Django app stations."""

from django.apps import AppConfig


class StationsConfig(AppConfig):
    """Registers the package with Django."""

    name = "stations"
    verbose_name = "stations"
