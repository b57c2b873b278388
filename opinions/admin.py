"""Support screens of the loop: the table of limits, for the system administrator. No matter is shown here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts import audit
from accounts.models import Role
from opinions import deadlines
from opinions.models import DeadlineRule


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(admin.ModelAdmin):
    """Working days by step, kind and category; every change leaves an audit line. Running limits stay as they are."""

    list_display = ("step", "kind", "category", "working_days")
    list_filter = ("step", "kind")
    list_select_related = ("category",)

    def save_model(self, request: HttpRequest, obj: DeadlineRule, form: Any, change: bool) -> None:
        """Write the row and its audit line, and drop the kept table."""
        super().save_model(request, obj, form, change)
        self._note(request, obj, "changed" if change else "added")

    def delete_model(self, request: HttpRequest, obj: DeadlineRule) -> None:
        """Fall back to the default; the audit line says from what."""
        self._note(request, obj, "removed")
        super().delete_model(request, obj)

    def _note(self, request: HttpRequest, rule: DeadlineRule, what: str) -> None:
        detail = {"what": what, "step": rule.step, "kind": rule.kind, "working_days": rule.working_days}
        audit.record(
            "deadline_rule_changed", actor=request.user, at=timezone.now(), subject=f"deadline_rule:{rule.pk}",
            detail=detail, ip=audit.address_of(request),
        )  # fmt: skip
        deadlines.forget()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer no action on many rows: each change is noted by itself."""
        return {}

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Only the system administrator."""
        return _is_admin(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the system administrator."""
        return _is_admin(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the system administrator."""
        return _is_admin(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the system administrator."""
        return _is_admin(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the system administrator."""
        return _is_admin(request)


def _is_admin(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.has_role(Role.SYSTEM_ADMIN)
