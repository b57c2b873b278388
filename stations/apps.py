"""The Django app stations."""

from importlib import import_module

from django.apps import AppConfig

ACTIONS = {
    "station_changed": "修改站点资料",
    "service_begun": "代表进站",
    "service_ended": "代表离站",
    "entry_code_created": "新建码",
    "entry_code_revoked": "作废码",
}


class StationsConfig(AppConfig):
    """Registers the package with Django, and what a role may be tied to."""

    name = "stations"
    verbose_name = "stations"

    def ready(self) -> None:
        """Load the choices of a role's scope; they register themselves."""
        import_module("stations.scopes")
        audit = import_module("accounts.audit")
        for action, label in ACTIONS.items():
            audit.name_action(action, label)
