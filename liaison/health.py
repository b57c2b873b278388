"""Pages for those who watch over the portal: alive, ready, measured. They show no personal data.

/healthz  200 as long as the process answers; touches nothing else.
/readyz   200 when database and queue answer, else 503 with the reason; the backlog of unsent notices beside it.
/metrics  Prometheus text; only for this machine, or with the token of METRICS_TOKEN.
"""

import hmac
import logging
from ipaddress import ip_address

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from redis.backoff import NoBackoff
from redis.retry import Retry

from notices.models import Gate, Notice
from notices.states import State

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the portal can do its whole work, and if not, why. Reasons are sentences for the person on duty."""
    reasons = {name: reason for name, reason in (("database", database_fault()), ("queue", queue_fault())) if reason}
    backlog = {} if "database" in reasons else notice_backlog()
    report = {"ready": not reasons, "reasons": reasons, "notices": backlog}
    return JsonResponse(report, status=503 if reasons else 200, json_dumps_params={"ensure_ascii": False})


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, read at the moment of asking."""
    if not _may_measure(request):
        return HttpResponseForbidden("仅限本机或持令牌访问。\n", content_type="text/plain; charset=utf-8")
    return HttpResponse(generate_latest(_collect()), content_type=CONTENT_TYPE_LATEST)


def database_fault() -> str:
    """Why the database cannot be used, or an empty string."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("readyz: database: %s", error)
        return "数据库连不上，网页暂时不能收件。"
    return ""


def queue_fault() -> str:
    """Why the queue cannot be used, or an empty string. Messages are received without it; notices wait."""
    client = redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=0.3, socket_timeout=0.5, retry=Retry(NoBackoff(), 0)
    )
    try:
        client.ping()
    except redis.RedisError as error:
        logger.warning("readyz: queue: %s", error)
        return "消息队列连不上，留言照收，通知会在恢复后补发。"
    finally:
        client.close()
    return ""


def notice_backlog() -> dict[str, int]:
    """Notices still to be sent, those among them that should have left by now, those parked, and the oldest's age.

    All but the last are counts; `waiting_seconds` is how long the oldest overdue one waits. A worker that stands still
    shows here long before a resident asks why nobody told him.
    """
    now = timezone.now()
    due = Q(state=State.PENDING, next_try_at__lte=now, not_before__lte=now)
    try:
        found = Notice.objects.exclude(state=State.SENT).aggregate(
            unsent=Count("pk", filter=Q(state__in=[State.PENDING, State.CLAIMED])),
            overdue=Count("pk", filter=due),
            parked=Count("pk", filter=Q(state=State.PARKED)),
            oldest=Min("next_try_at", filter=due),
        )
    except DatabaseError:
        return {}
    oldest = found.pop("oldest")
    return found | {"waiting_seconds": int((now - oldest).total_seconds()) if oldest else 0}


def _may_measure(request: HttpRequest) -> bool:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback and "X-Forwarded-For" not in request.headers
    except ValueError:
        return False


def _collect() -> CollectorRegistry:
    registry = CollectorRegistry()
    database_ok, queue_ok = not database_fault(), not queue_fault()
    Gauge("liaison_database_up", "1 when the database answers", registry=registry).set(database_ok)
    Gauge("liaison_queue_up", "1 when the queue answers", registry=registry).set(queue_ok)
    backlog = notice_backlog() if database_ok else {}
    waiting = backlog.pop("waiting_seconds", 0)
    Gauge("liaison_notice_wait_seconds", "Age of the oldest overdue notice", registry=registry).set(waiting)
    resting = Gate.objects.filter(paused_until__gt=timezone.now()).count() if database_ok else 0
    Gauge("liaison_channels_resting", "Channels that rest after failures in a row", registry=registry).set(resting)
    notices = Gauge("liaison_notices", "Notices not sent yet, by state", ["state"], registry=registry)
    for state, count in backlog.items():
        notices.labels(state=state).set(count)
    return registry
