"""The outbox on the support screens: states and failures, no recipient, address or content."""

from django.contrib import admin

from accounts.support import SupportAdmin
from notices.models import Gate, Notice


@admin.register(Notice)
class NoticeSupport(SupportAdmin):
    """Did it leave, how often was it tried, why not?"""

    list_display = ("id", "kind", "channel", "state", "attempts", "next_try_at", "sent_at", "last_error")
    list_filter = ("state", "channel")
    ordering = ("-pk",)


@admin.register(Gate)
class GateSupport(SupportAdmin):
    """Which channels failed last, why, and until when they rest."""

    list_display = ("name", "failures", "paused_until", "failed_at", "last_error")
    ordering = ("name",)
