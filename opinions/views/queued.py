"""Answers for a form that was sent by script, perhaps hours after it was written: data instead of a page."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from core.codes import spell
from core.views import UNUSABLE_INPUT
from opinions.models import Opinion


def wants_data(request: HttpRequest) -> bool:
    """Tell whether a script asks, which shows the answer itself."""
    return request.headers.get("Accept") == "application/json"


def is_from_queue(request: HttpRequest) -> bool:
    """Tell whether nobody waits for the next page: then no message is left for it."""
    return "X-Queued" in request.headers


def stored(opinion: Opinion, next_page: str) -> JsonResponse:
    """Say what became of it; the same for the same client key, however often it is asked."""
    return JsonResponse(
        {
            "receipt": spell(opinion.receipt),
            "title": opinion.title,
            "slip": reverse("opinions:slip", args=[opinion.pk]),
            "next": next_page,
        }
    )


def refused(form: BaseForm, earlier: Opinion | None = None) -> JsonResponse:
    """Say what is wrong, field by field, and which matter stands there already where there is one."""
    errors = [
        {"name": name if name in form.fields else "", "label": _label(form, name), "words": str(sentences[0])}
        for name, sentences in form.errors.items()
    ]
    told: dict[str, Any] = {"errors": errors, "client_key": str(form["client_key"].value())}
    if earlier is not None:
        told["earlier"] = {"title": earlier.title, "page": earlier.get_absolute_url()}
    return JsonResponse(told, status=UNUSABLE_INPUT)


def _label(form: BaseForm, name: str) -> str:
    return str(form.fields[name].label) if name in form.fields and not form.fields[name].widget.is_hidden else ""
