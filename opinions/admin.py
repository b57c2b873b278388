"""Support screens of the loop: the table of limits to look at, for the system administrator. No matter is shown here.

The table is edited at the desk by the county (`opinions.views.limits`), where a change is tried out first.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Role
from opinions.models import DeadlineRule


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(admin.ModelAdmin):
    """Working days by step, kind and category, as the county has set them."""

    list_display = ("step", "kind", "category", "working_days")
    list_filter = ("step", "kind")
    list_select_related = ("category",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Only the system administrator."""
        return request.user.is_authenticated and request.user.has_role(Role.SYSTEM_ADMIN)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the system administrator."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody here."""
        return False
