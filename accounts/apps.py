"""The app's entry in INSTALLED_APPS."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts, roles and the audit log."""

    name = "accounts"
    verbose_name = "账号与权限"
    default_auto_field = "django.db.models.BigAutoField"
