"""Django's admin, cut down to a read-only look for support: no personal data, nobody but the system administrator."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import Role


def is_supporter(request: HttpRequest) -> bool:
    """Is the system administrator signed in?"""
    user = request.user
    return bool(user.is_authenticated and user.has_role(Role.SYSTEM_ADMIN))


class SupportSite(admin.AdminSite):
    """The admin site; signs in through the portal's own page, so lock-out and second factor hold here too."""

    site_header = site_title = "支持后台"
    index_title = "只读查看"

    def has_permission(self, request: HttpRequest) -> bool:
        """Only the system administrator."""
        return is_supporter(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the portal's sign-in."""
        return redirect_to_login(request.GET.get("next") or "/admin/")


class SupportAdmin(admin.ModelAdmin):
    """A register that can be looked at and nothing else. Subclasses list columns without personal data.

    There is no page of one row: Django would put the row's own words, a person's name, into its title.
    """

    actions = None
    list_display_links = None

    def change_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Never."""
        raise PermissionDenied

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Never."""
        raise PermissionDenied

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown to the system administrator."""
        return is_supporter(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Readable by the system administrator."""
        return is_supporter(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
