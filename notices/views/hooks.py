"""What the short-message gateway calls: its receipts of delivery. No session, no form token; the signature counts."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notices import sms_gateway
from notices.models import Notice

log = logging.getLogger(__name__)
MOST_BYTES = 4096
_AGAIN_SECONDS = 30


@csrf_exempt
@require_POST
@never_cache
def sms_receipt(request: HttpRequest) -> HttpResponse:
    """Take a receipt. Whatever is wrong with key, time, signature or size is answered in one way."""
    at = timezone.now()
    try:
        body = request.read(MOST_BYTES)  # a longer one is cut, and then its signature does not fit
        key, stamp, signed = (
            request.headers.get(f"X-Liaison-{name}", "") for name in ("Key", "Timestamp", "Signature")
        )
        sms_gateway.check(key, stamp, signed, body, at)
        changed = sms_gateway.take_receipt(body, at)
    except sms_gateway.Forged:
        log.warning("a receipt of the SMS gateway was refused")
        return JsonResponse({"error": "refused"}, status=403)
    except ValueError:
        return JsonResponse({"error": "not a receipt"}, status=422)
    except Notice.DoesNotExist:
        return JsonResponse({"error": "unknown id"}, status=404)
    except sms_gateway.ComeAgain:
        return JsonResponse({"error": "being sent"}, status=503, headers={"Retry-After": str(_AGAIN_SECONDS)})
    return JsonResponse({"changed": changed})
