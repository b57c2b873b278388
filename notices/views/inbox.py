"""One's own in-site notices."""

from datetime import datetime
from typing import Any

import rules
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.generic import TemplateView

from accounts.access import PermissionMixin
from core.views import VerbView
from notices import kinds, queries, services, texts
from notices.models import Notice

PAGE_SIZE = 30


def destination(notice: Notice) -> str:
    """The page a notice leads to: what its subject names, else an address of our own in its context, else ""."""
    wanted = kinds.address_of(notice.subject) or str(notice.context.get("url") or "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


class Inbox(PermissionMixin, TemplateView):
    """One's own in-site notices, newest first; pages go by the last one seen."""

    permission = "notices.view_inbox"
    template_name = "notices/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of notices in words, and how many are unread."""
        mine = Notice.objects.inbox_of(self.request.user).order_by("-pk")
        unread_only = self.request.GET.get("show") == "unread"
        shown = mine.unread() if unread_only else mine
        before = self.request.GET.get("before", "")
        if before.isdecimal() and len(before) < 19:
            shown = shown.filter(pk__lt=int(before))
        page = list(shown[: PAGE_SIZE + 1])
        shown_rows = page[:PAGE_SIZE]
        prefetch_related_objects(shown_rows, Prefetch("parts", Notice.objects.order_by("-pk")))
        rows = [_row(notice) for notice in shown_rows]
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "unread": mine.unread().count(),
            "older": page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else None,
            "unread_only": unread_only,
            "parked": queries.parked_count(self.request.user),
            "may_edit": rules.has_perm("notices.change_noticetext", self.request.user),
        }


def _row(notice: Notice) -> dict[str, Any]:
    """A notice in words, and below one that stands for several each of these."""
    parts = [{"text": texts.preview(part), "url": destination(part)} for part in notice.parts.all()]
    words = {"title": texts.title(notice), "text": texts.preview(notice), "url": destination(notice)}
    return {"notice": notice, "parts": parts} | words


class Read(PermissionMixin, View):
    """Open a notice: mark it as read and go where it leads."""

    permission = "notices.view_inbox"
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Back to the inbox; a GET changes nothing."""
        return HttpResponseRedirect(reverse("notices:inbox"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another's notice is 404."""
        own = Notice.objects.inbox_of(request.user)
        notice = services.mark_read(request.user, get_object_or_404(own, pk=pk).pk, at=timezone.now())
        return HttpResponseRedirect(destination(notice) or reverse("notices:inbox"))


class ReadAll(PermissionMixin, VerbView):
    """Mark everything as read."""

    permission = "notices.view_inbox"
    verb_name, done_message = "全部标为已读", "已全部标为已读。"

    def back_url(self) -> str:
        """The inbox."""
        return reverse("notices:inbox")

    def run(self, form: Any, at: datetime) -> int:
        """Mark."""
        return services.mark_all_read(self.request.user, at=at)
