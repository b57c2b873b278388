"""The secret addresses that calendars read, and the desk's page where somebody gets his own."""

import hashlib
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe
from django.views.generic import View

from accounts.access import PermissionMixin
from accounts.models import Role
from core.views import VerbView
from duties.feeds import store
from duties.feeds.events import events
from duties.models import Feed


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar of an address. Unknown, replaced, closed: one answer."""
    found = store.find(token)
    if found is None:
        raise Http404("没有这份日历。")
    rows = events(found, timezone.now())
    from duties.feeds.ics import written  # noqa: PLC0415 - heavy, and most web workers never need it

    body = written(found.station.name if found.station else "我的值班", rows)
    etag = quote_etag(hashlib.sha256(body).hexdigest())
    last = max((int(row.changed_at.timestamp()) for row in rows), default=None)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    if last is not None:
        response["Last-Modified"] = http_date(last)
    answer = get_conditional_response(request, etag=etag, last_modified=last, response=response) or response
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


class FeedsMixin(PermissionMixin):
    """Pages for those who have duties or arrange them."""

    permission = "duties.read"
    request: HttpRequest
    kwargs: dict[str, Any]

    def back_url(self) -> str:
        """The page with the addresses."""
        return reverse("duty_feeds:list")

    @cached_property
    def station(self) -> Any:
        """The station that was named, None for his own duties. Raises Http404 for one he has no part in."""
        code = self.request.POST.get("station", "")
        found = next((row for row in store.stations_for(self.request.user) if row.code == code), None)
        if code and found is None:
            raise Http404
        return found

    @cached_property
    def feed(self) -> Feed:
        """His own address of this number; a colleague's is not there."""
        rows = Feed.objects.filter(owner_id=self.request.user.pk).select_related("owner", "station")
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class Feeds(FeedsMixin, View):
    """放进手机日历: each calendar he may have, its address, and what to press on a telephone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        known = store.living(request.user)
        places: list[Any] = [None] if request.user.has_role(Role.REPRESENTATIVE) else []  # type: ignore[union-attr]
        places += store.stations_for(request.user)
        rows = [_row(place, known.get(place.pk if place else None)) for place in places]
        return render(request, "duties/feeds/list.html", {"rows": rows})


def _row(station: Any, found: Feed | None) -> dict[str, Any]:
    address = f"{settings.SITE_URL.rstrip('/')}{reverse('duty_feeds:feed', args=[found.token])}" if found else ""
    return {
        "name": f"{station.name}：全站的班" if station else "我自己的班",
        "code": station.code if station else "",
        "feed": found,
        "address": address,
        "opens": f"webcal://{address.partition('://')[2]}" if address else "",
    }


class Give(FeedsMixin, VerbView):
    """要一个地址."""

    verb_name = "要一个日历地址"
    done_message = "地址有了。照下面写的，放进手机日历。"

    def run(self, form: Any, at: datetime) -> Feed:
        """Make it; one that is there stays."""
        return store.give(self.request.user, self.station, at=at)


class Renew(FeedsMixin, VerbView):
    """换一个新地址."""

    verb_name = "换一个日历地址"
    done_message = "换好了。旧地址不能用了，请把新的放进手机日历。"

    def run(self, form: Any, at: datetime) -> Feed:
        """Replace it."""
        return store.renew(self.feed, at=at)


class End(FeedsMixin, VerbView):
    """不用了."""

    verb_name = "停用日历地址"
    done_message = "停用了。手机日历里的可以删掉。"

    def run(self, form: Any, at: datetime) -> None:
        """End it."""
        store.end(self.feed, at=at)
