"""The Django app dashboards."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Registers the package with Django."""

    name = "dashboards"
    verbose_name = "dashboards"
