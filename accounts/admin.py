"""Accounts on the support screens: user names and states, no names, phones or mails."""

from django.contrib import admin

from accounts.models import RoleGrant, User
from accounts.support import SupportAdmin


@admin.register(User)
class UserSupport(SupportAdmin):
    """Is the account there, active, when was it last used?"""

    list_display = ("username", "is_active", "must_change_password", "last_login", "created_at")
    search_fields = ("username",)
    list_filter = ("is_active",)


@admin.register(RoleGrant)
class RoleGrantSupport(SupportAdmin):
    """Which role, for what, since when."""

    list_display = ("id", "role", "region_code", "station_code", "unit_code", "granted_at", "revoked_at")
    list_filter = ("role",)
