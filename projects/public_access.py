"""How a proposer comes to his idea: by the receipt. Wrong tries are counted with those of the matters' receipts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.codes import RECEIPT_LENGTH, normalise
from opinions import public_access
from projects.models import ProjectIdea


def address_of(code: str) -> str:
    """Return where a receipt of an idea leads, "" for any other code."""
    known = ProjectIdea.objects.filter(receipt=code).exists()
    return reverse("projects_public:track", args=[code]) if known else ""


def by_receipt(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the idea of the receipt in its address, and answer a wrong receipt the same way everywhere."""

    @wraps(view)
    def guarded(request: HttpRequest, receipt: str, **more: Any) -> HttpResponse:
        try:
            public_access.refuse_held(request)
        except public_access.TooManyTries:
            return public_access.too_many_page(request, receipt)
        code = normalise(receipt)
        rows = ProjectIdea.objects.select_related("station", "region", "merged_into").defer("body_folded", "name")
        idea = rows.filter(receipt=code if len(code) == RECEIPT_LENGTH else public_access.UNKNOWN).first()
        if idea is None:
            public_access.count_wrong(request)
            return public_access.wrong_page(request, receipt)
        response = view(request, idea, **more)
        response["X-Robots-Tag"] = "noindex, nofollow"
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return guarded
