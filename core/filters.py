"""The base of list filters: they live in the address bar, and an unusable value shows nothing instead of everything."""

from typing import Any

import django_filters
from crispy_forms.helper import FormHelper
from django.db.models import QuerySet

from core.forms import speak_plainly


class RegisterFilter(django_filters.FilterSet):
    """A filter set that knows who looks, so that choices can come from `visible_to(self.user)`.

    Pass `user=`; `chips` names the filters in use, for "3 filters, clear all".
    """

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        speak_plainly(self.form.fields)
        self.form.helper = FormHelper()
        self.form.helper.form_tag = False
        self.form.helper.disable_csrf = True

    @property
    def qs(self) -> "QuerySet[Any]":
        """The filtered rows; none at all when a value is unusable, so that a broken link never shows more."""
        if self.is_bound and not self.form.is_valid():
            return self.queryset.none()
        return super().qs

    @property
    def chips(self) -> tuple[str, ...]:
        """Names of the filters that have a value."""
        if not (self.is_bound and self.form.is_valid()):
            return ()
        return tuple(name for name, value in self.form.cleaned_data.items() if value not in (None, "", [], ()))
