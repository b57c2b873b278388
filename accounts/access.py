"""Who may open a page: signed in, and a named permission of `rules`; anything else is 403."""

from typing import Any

import rules
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase


class PermissionMixin:
    """Put before a view class and name its `permission`.

    Visitors are led to sign in; people without the permission get 403. Superusers get no shortcut: the rule
    itself is asked. A page that forgets to name a permission is closed to everybody.
    """

    permission: str = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask, then go on."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not self.permission or not rules.has_perm(self.permission, request.user):
            raise PermissionDenied("这个页面不在您的职责范围内。")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
