"""What did not arrive: why, what to say on the telephone instead, and which channel rests."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from accounts import audit
from accounts.access import PermissionMixin
from core.text import mask_phone
from core.views import VerbView
from notices import delivery, queries, services, texts
from notices.models import Channel, Notice
from notices.views.inbox import destination

PAGE_SIZE = 30


class Parked(PermissionMixin, TemplateView):
    """Messages that did not arrive, about the matters one looks after. Addresses are masked."""

    permission = "notices.view_parked"
    template_name = "notices/parked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page, oldest failure last, under the channels that rest."""
        found = Notice.objects.parked_visible_to(self.request.user).select_related("user").order_by("-pk")
        page = list(found[: PAGE_SIZE + 1])
        groups = queries.group_names(page)
        return super().get_context_data(**kwargs) | {
            "rows": [_row(notice, groups) for notice in page[:PAGE_SIZE]],
            "has_more": len(page) > PAGE_SIZE,
            "resting": queries.resting(timezone.now()),
            "may_try_all": sum(1 for notice in page if notice.address and not notice.bounced_at) > 1,
        }


def _row(notice: Notice, groups: dict[str, str]) -> dict[str, Any]:
    is_group = notice.channel == Channel.WECOM
    is_resident = notice.user_id is None and not is_group
    return {
        "notice": notice,
        "title": texts.title(notice),
        "to": groups.get(notice.address, "已移除的群") if is_group else masked(notice),
        "url": destination(notice),
        "script": texts.script(notice) if is_resident and notice.address else "",
        "done": "不用再发" if is_group else "打过了",
    }


def masked(notice: Notice) -> str:
    """The recipient for a page: a colleague's name, else the masked address."""
    if notice.user is not None:
        return notice.user.label
    if not notice.address:
        return "号码已抹去"
    if notice.channel == Channel.SMS:
        return mask_phone(notice.address)
    if notice.channel == Channel.WECHAT:
        return "微信关注者"
    name, _, host = notice.address.partition("@")
    return f"{name[:1]}***@{host}"


class _ParkedVerb(PermissionMixin, VerbView):
    """A verb on parked messages; leads back to them."""

    def back_url(self) -> str:
        """The parked messages."""
        return reverse("notices:parked")


class TryAgain(_ParkedVerb):
    """Send a parked message again."""

    permission = "notices.try_again"
    verb_name, done_message = "再试一次", "已放回待发送，几秒到几分钟内发出；夜间等到早上。"

    def run(self, form: Any, at: datetime) -> Notice:
        """Put it back into the queue."""
        return delivery.try_again(self.kwargs["pk"], actor=self.request.user, at=at, ip=audit.address_of(self.request))


class TryAll(_ParkedVerb):
    """Send all of them again, when what was broken works again."""

    permission = "notices.try_again"
    verb_name, done_message = "全部再试", "已全部放回待发送；手机没收到的不在内，请打电话。"

    def run(self, form: Any, at: datetime) -> int:
        """Put them back into the queue."""
        return delivery.try_all_again(actor=self.request.user, at=at, ip=audit.address_of(self.request))


class Told(_ParkedVerb):
    """Record that the receiver was told in another way."""

    permission = "notices.mark_told"
    verb_name, done_message = "打过了", "记下了：已经另外告诉对方。"

    def run(self, form: Any, at: datetime) -> Notice:
        """Mark it."""
        return services.mark_told(self.kwargs["pk"], actor=self.request.user, at=at, ip=audit.address_of(self.request))
