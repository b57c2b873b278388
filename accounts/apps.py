"""The app's entry in INSTALLED_APPS, and the support site's."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps  # the class itself in this module would count as a second default


class AccountsConfig(AppConfig):
    """Accounts, roles and the audit log."""

    name = "accounts"
    verbose_name = "账号与权限"
    default_auto_field = "django.db.models.BigAutoField"
    default = True


class SupportConfig(admin_apps.AdminConfig):
    """Django's admin with our site; stands in INSTALLED_APPS in place of "django.contrib.admin"."""

    default = False
    default_site = "accounts.support.SupportSite"
