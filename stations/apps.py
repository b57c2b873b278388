"""The Django app stations."""

from importlib import import_module

from django.apps import AppConfig


class StationsConfig(AppConfig):
    """Registers the package with Django, and what a role may be tied to."""

    name = "stations"
    verbose_name = "stations"

    def ready(self) -> None:
        """Load the choices of a role's scope; they register themselves."""
        import_module("stations.scopes")
