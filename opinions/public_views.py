"""What a resident does first, without an account: leave a message and keep the receipt.

Every page works without JavaScript. What was typed is on every page that refuses it.
"""

from typing import Any
from uuid import uuid4

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from core import limits
from core.codes import normalise, spell
from core.once import remember_sent, sent_before
from core.prepared import PreparedRows
from core.qr import qr_png
from core.work import is_solved, new_challenge
from core.workflow import VerbError
from opinions import consent, deadlines, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.public_access import HOUR, by_receipt
from opinions.public_forms import MessageForm
from opinions.public_present import nearby
from opinions.receipt_picture import receipt_picture
from opinions.states import Channel, Kind, State, Step
from stations.models import EntryCode, Region, Station

# One address may be a whole town behind one router, so these are high; beyond them the device works a second for each.
FROM_AN_ADDRESS = 120
AT_A_STATION = 1500
BY_A_CODE = 600
TOO_MANY = "这会儿送来的特别多。请等一会儿再点“送出”，或者到窗口说，我们替您记。"


_at_code = PreparedRows(lambda code: Station.objects.active().filter(code=code), "a-code", related=["contact"])


def _station(code: str) -> Station:
    found = _at_code(code)
    if not found:
        raise Http404
    return found[0]


def _entry(code: str, station: Station) -> EntryCode | None:
    """Return the live entry code of this station; a forged or revoked one counts as none."""
    code = normalise(code)
    if not code:
        return None
    return EntryCode.objects.live().select_related("region").filter(code=code, station=station).first()


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, station: str) -> HttpResponse:
    """我要留言: one page, sent once however often one taps."""
    place = _station(station)
    if request.method != "POST":
        entry = _entry(request.GET.get("q", ""), place)
        return _message_page(request, place, MessageForm(initial=_first_words(entry)), entry)
    form = MessageForm(request.POST, request.FILES)
    entry = _entry(request.POST.get("q", ""), place)
    if not form.is_valid():
        return _message_page(request, place, form, entry, status=422)
    if not _is_welcome(request, place, entry) and not is_solved(request.POST.get("altcha", "")):
        form.add_error(None, TOO_MANY)
        return _message_page(request, place, form, entry, status=429)
    return _send(request, place, form, entry)


def _first_words(entry: EntryCode | None) -> dict[str, object]:
    """What the page starts with: a fresh key, and the place when the code hangs at one."""
    initial: dict[str, object] = {"client_key": uuid4(), "hide_identity": True}
    if entry:
        place = entry.location or (entry.region.short_name if entry.region else "")
        initial |= {"q": entry.code, "location": place, "region": entry.region_id or ""}
    return initial


def _is_welcome(request: HttpRequest, station: Station, entry: EntryCode | None) -> bool:
    """Count this message by address, station and code, and tell whether all three stay in their room."""
    counted = [("address", limits.caller(request), FROM_AN_ADDRESS), ("station", station.code, AT_A_STATION)]
    if entry is not None:
        counted.append(("code", entry.code, BY_A_CODE))
    times = limits.count_all([(f"message-{name}", who) for name, who, _ in counted], seconds=HOUR)
    return all(number <= most for number, (_, _, most) in zip(times, counted, strict=True))


def _send(request: HttpRequest, station: Station, form: MessageForm, entry: EntryCode | None) -> HttpResponse:
    data = form.cleaned_data
    words = workflow.Message(
        body=data["body"],
        channel=Channel.QR if entry else Channel.WEB,
        region=Region.objects.filter(pk=data["region"]).first() if data["region"] else None,
        location=data["location"],
        entry_code=entry,
        name=data["name"],
        phone=data["phone"],
        hide_identity=data["hide_identity"],
        consent_version=consent.VERSION,
        photos=data["photos"],
    )
    key = sent_before(request, station.code, data["body"]) or data["client_key"]
    try:
        opinion = workflow.submit(station=station, actor=RESIDENT, at=timezone.now(), message=words, client_key=key)
    except workflow.AlreadySent as error:
        form.data = form.data.copy()
        form.data["client_key"] = str(uuid4())
        form.add_error(None, error.message)
        return _message_page(request, station, form, entry, status=409, sent=error.opinion)
    except VerbError as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, error.message)
        return _message_page(request, station, form, entry, status=422)
    response = redirect("resident:receipt", opinion.receipt)
    response.status_code = 303
    remember_sent(request, response, station.code, data["body"], opinion.client_key, path="/s/")
    return response


def _message_page(
    request: HttpRequest,
    station: Station,
    form: MessageForm,
    entry: EntryCode | None,
    *,
    status: int = 200,
    sent: Opinion | None = None,
) -> HttpResponse:
    context = {
        "station": station,
        "form": form,
        "entry": entry,
        "sent": sent,
        "had_photos": bool(request.FILES),
        "wrong_count": len([name for name in form.errors if name != "__all__"]) if form.is_bound else 0,
        "challenge": new_challenge(timezone.now()) if status == 429 else "",
    }
    response = render(request, "opinions/public/message.html", context, status=status)
    patch_cache_control(response, private=True, no_cache=True)  # not no-store: the back button must find the words
    return response


@require_safe
@by_receipt
def receipt(request: HttpRequest, opinion: Opinion) -> HttpResponse:
    """收到了: the code, its QR, and what happens next with dates. Once it is accepted the tracking page says more."""
    if opinion.state != State.SUBMITTED or opinion.step_due_at is None:
        return redirect("resident:track", opinion.receipt)
    assign_by = deadlines.due(Step.ASSIGN, opinion.step_due_at).due_at
    expected = deadlines.due(Step.REPLY, assign_by, kind=Kind.ORDINARY).due_at
    context = {
        "opinion": opinion,
        "expected": expected,
        "has_phone": bool(opinion.phone_hash),
        "nearby": nearby(opinion),
    }
    response = render(request, "opinions/public/receipt.html", context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
@by_receipt
def photo(request: HttpRequest, opinion: Opinion, token: str, size: str = "image") -> FileResponse:
    """A photo of the matter, for whoever holds the receipt; internal ones stay inside."""
    return send_photo(get_object_or_404(opinion.photos.filter(is_public=True), token=token), size)


def send_photo(row: Any, size: str) -> FileResponse:
    """Send a kept photo or its small copy as the picture it is, and nothing that a browser would run."""
    stored = row.image if size == "image" else row.thumb
    try:
        opened = stored.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(opened, content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, private=True, max_age=HOUR)
    return response


def _track_address(request: HttpRequest, opinion: Opinion) -> str:
    return request.build_absolute_uri(reverse("resident:track", args=[opinion.receipt]))


@require_safe
@by_receipt
def qr(request: HttpRequest, opinion: Opinion) -> HttpResponse:
    """The receipt's QR: the address of its tracking page."""
    response = HttpResponse(qr_png(_track_address(request, opinion), box=6), content_type="image/png")
    patch_cache_control(response, private=True, max_age=HOUR)
    return response


@require_safe
@by_receipt
def picture(request: HttpRequest, opinion: Opinion) -> HttpResponse:
    """The receipt as a picture to keep on the phone."""
    made = receipt_picture(
        code=spell(opinion.receipt),
        title=opinion.title,
        station=opinion.station.name,
        phone=opinion.station.phone,
        address=_track_address(request, opinion),
        on=timezone.localdate(opinion.created_at),
    )
    response = HttpResponse(made, content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="huizhi-{opinion.receipt}.png"'
    return response
