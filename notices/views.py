"""The inbox, the parked messages and the delivery rules."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.generic import FormView, TemplateView

from accounts import audit
from accounts.access import PermissionMixin
from accounts.models import User
from core.text import mask_phone
from core.views import VerbView
from notices import delivery, kinds, queries, services, texts
from notices.forms import DeliveryRulesForm
from notices.models import Channel, DeliveryRules, Notice

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
        rows = [
            {"notice": notice, "title": texts.title(notice), "text": texts.preview(notice), "url": destination(notice)}
            for notice in page[:PAGE_SIZE]
        ]
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "unread": mine.unread().count(),
            "older": page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else None,
            "unread_only": unread_only,
            "parked": queries.parked_count(self.request.user),
        }


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


class Parked(PermissionMixin, TemplateView):
    """Messages that could not be delivered, of the regions one looks after. Addresses are masked."""

    permission = "notices.view_parked"
    template_name = "notices/parked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page, oldest failure last."""
        found = Notice.objects.parked_visible_to(self.request.user).select_related("user").order_by("-pk")
        page = list(found[: PAGE_SIZE + 1])
        rows = [
            {"notice": notice, "title": texts.title(notice), "to": masked(notice), "url": destination(notice)}
            for notice in page[:PAGE_SIZE]
        ]
        return super().get_context_data(**kwargs) | {"rows": rows, "has_more": len(page) > PAGE_SIZE}


def masked(notice: Notice) -> str:
    """The recipient for a page: a colleague's name, else the masked address."""
    if notice.user is not None:
        return notice.user.label
    if not notice.address:
        return "号码已抹去"
    if notice.channel == Channel.SMS:
        return mask_phone(notice.address)
    name, _, host = notice.address.partition("@")
    return f"{name[:1]}***@{host}"


class TryAgain(PermissionMixin, VerbView):
    """Send a parked message again."""

    permission = "notices.try_again"
    verb_name, done_message = "再试一次", "已放回待发送，几秒到几分钟内发出；夜间等到早上。"

    def back_url(self) -> str:
        """The parked messages."""
        return reverse("notices:parked")

    def run(self, form: Any, at: datetime) -> Notice:
        """Put it back into the queue."""
        return delivery.try_again(self.kwargs["pk"], actor=self.request.user, at=at, ip=audit.address_of(self.request))


class Rules(PermissionMixin, FormView):
    """The editable numbers of delivery."""

    permission = "notices.change_deliveryrules"
    template_name = "notices/rules.html"
    form_class = DeliveryRulesForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Starts from the present rules."""
        return super().get_form_kwargs() | {"instance": DeliveryRules.current()}

    def form_valid(self, form: DeliveryRulesForm) -> HttpResponse:
        """Store and say so."""
        user: User = self.request.user
        services.change_rules(**form.cleaned_data, actor=user, at=timezone.now(), ip=audit.address_of(self.request))
        return HttpResponseRedirect(reverse("notices:rules") + "?saved=1")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether they were just saved."""
        return super().get_context_data(**kwargs) | {"is_saved": "saved" in self.request.GET}
