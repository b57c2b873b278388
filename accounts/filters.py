"""The filters of the audit log; they live in the address bar."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry
from core.filters import RegisterFilter


def _action_choices() -> list[tuple[str, str]]:
    return sorted(audit.ACTIONS.items(), key=lambda item: item[1])


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class AuditFilter(RegisterFilter):
    """By person, action, object and day (both days included, local time)."""

    actor = django_filters.CharFilter(label="操作人", method="by_actor")
    action = django_filters.ChoiceFilter(label="操作", choices=_action_choices, empty_label="全部操作")
    subject = django_filters.CharFilter(label="对象", field_name="subject", lookup_expr="exact")
    since = django_filters.DateFilter(label="从", method="by_since", widget=forms.DateInput(attrs={"type": "date"}))
    until = django_filters.DateFilter(label="到", method="by_until", widget=forms.DateInput(attrs={"type": "date"}))

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "input"

    def by_actor(self, entries: Any, _: str, words: str) -> Any:
        """Lines of people whose name or user name contains the words."""
        return entries.filter(Q(actor__username__icontains=words) | Q(actor__name__icontains=words))

    def by_since(self, entries: Any, _: str, day: Any) -> Any:
        """Lines of that day and later."""
        return entries.between(_midnight(day), None)

    def by_until(self, entries: Any, _: str, day: Any) -> Any:
        """Lines of that day and earlier."""
        return entries if day == date.max else entries.between(None, _midnight(day + timedelta(days=1)))
