"""What a resident does without an account: leave a message, keep the receipt, follow it, rate, add, withdraw.

Every page works without JavaScript. A wrong receipt gets the same answer whatever is wrong with it.
"""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from core import limits
from core.codes import normalise, spell
from core.qr import qr_png
from core.workflow import BadInput, VerbError
from opinions import deadlines, present, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion, Reply
from opinions.public_forms import CONSENT_VERSION, MessageForm, RateForm, WordsForm
from opinions.receipt_picture import receipt_picture
from opinions.states import OPEN, WITH_UNIT, Channel, Kind, State, Step
from stations.models import EntryCode, Region, Station

HOUR = 3600
MESSAGES_AN_HOUR = 60  # one address may be a whole village behind one router
LOOKUPS_AN_HOUR = 300


def _station(code: str) -> Station:
    rows = Station.objects.active().select_related("contact", "region")
    return get_object_or_404(rows, code=code)


def _entry(code: str, station: Station) -> EntryCode | None:
    if not code:
        return None
    return EntryCode.objects.live().select_related("region").filter(code=code, station=station).first()


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, station: str) -> HttpResponse:
    """我要留言: one page, sent once however often one taps."""
    place = _station(station)
    if request.method != "POST":
        entry = _entry(request.GET.get("q", ""), place)
        initial = {"client_key": uuid4(), "hide_identity": True, "q": entry.code if entry else ""}
        if entry:
            initial["location"] = entry.location or (entry.region.short_name if entry.region else "")
            initial["region"] = entry.region_id or ""
        return _message_page(request, place, MessageForm(initial=initial), entry)
    form = MessageForm(request.POST, request.FILES)
    entry = _entry(request.POST.get("q", ""), place)
    if not form.is_valid():
        return _message_page(request, place, form, entry, status=422)
    if not limits.is_allowed("message", limits.caller(request), most=MESSAGES_AN_HOUR, seconds=HOUR):
        form.add_error(None, "这里一小时内送得太多了，请过一会儿再送，或者到窗口说，我们替您记。")
        return _message_page(request, place, form, entry, status=429)
    return _send(request, place, form, entry)


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
        consent_version=CONSENT_VERSION,
        photos=data["photos"],
    )
    try:
        opinion = workflow.submit(
            station=station, actor=RESIDENT, at=timezone.now(), message=words, client_key=data["client_key"]
        )
    except workflow.AlreadySent as error:
        form.data = form.data.copy()
        form.data["client_key"] = str(uuid4())
        form.add_error(None, error.message)
        return _message_page(request, station, form, entry, status=409, sent=error.opinion)
    except VerbError as error:
        form.add_error(getattr(error, "field", "") or None, error.message)
        return _message_page(request, station, form, entry, status=422)
    response = redirect("resident:receipt", opinion.receipt)
    response.status_code = 303
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
    had_photos = bool(request.FILES)
    context = {"station": station, "form": form, "entry": entry, "sent": sent, "had_photos": had_photos}
    return render(request, "opinions/public/message.html", context, status=status)


def _opinion(receipt: str, request: HttpRequest) -> Opinion:
    """Find by receipt; wrong, unknown and too often all raise the same Http404 after the same query."""
    code = normalise(receipt)[:10]
    rows = Opinion.objects.select_related("station", "lead_unit", "first_contact", "category__parent")
    found = rows.filter(receipt=code).first()
    allowed = limits.is_allowed("lookup", limits.caller(request), most=LOOKUPS_AN_HOUR, seconds=HOUR)
    if found is None or not allowed:
        raise Http404
    return found


@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """查进度: type the code from the receipt."""
    typed = request.GET.get("code", "")
    if not typed.strip():
        return render(request, "opinions/public/lookup.html")
    try:
        opinion = _opinion(typed, request)
    except Http404:
        return _wrong(request, typed)
    return redirect("resident:track", opinion.receipt)


def _wrong(request: HttpRequest, typed: str) -> HttpResponse:
    return render(request, "opinions/public/lookup.html", {"typed": typed[:20], "is_wrong": True}, status=404)


@require_safe
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """收到了: the code, its QR, and what happens next with dates."""
    try:
        opinion = _opinion(receipt, request)
    except Http404:
        return _wrong(request, receipt)
    expected = deadlines.due(Step.REPLY, opinion.step_due_at or opinion.created_at, kind=Kind.ORDINARY).due_at
    response = render(request, "opinions/public/receipt.html", {"opinion": opinion, "expected": expected})
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def track(request: HttpRequest, receipt: str) -> HttpResponse:
    """One matter by its receipt: where it stands, what was done, and the two questions at the end."""
    try:
        opinion = _opinion(receipt, request)
    except Http404:
        return _wrong(request, receipt)
    etag = _etag(request, opinion)
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = _track_page(request, opinion)
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _etag(request: HttpRequest, opinion: Opinion) -> str:
    """Change with the matter, the day (lateness is words) and the display mode."""
    mode = request.COOKIES.get("mode", "")
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")[:8]
    told = request.COOKIES.get("messages", "")[:16]
    now = timezone.now()
    late = present.is_late(opinion, now)
    return quote_etag(f"{opinion.changed_at:%s%f}-{timezone.localdate(now)}-{late}-{mode}-{cookie}-{told}")


def _track_page(request: HttpRequest, opinion: Opinion, *, status: int = 200, **extra: Any) -> HttpResponse:
    at = timezone.now()
    answers = {
        row.reviewed_at: row
        for row in opinion.replies.filter(verdict=Reply.Verdict.APPROVED).select_related("unit").order_by("id")
    }
    entries = present.timeline(opinion, public_only=True)
    for entry in entries:
        entry.answer = answers.get(entry.at) if entry.to_state == State.FED_BACK else None
    latest = max(answers.values(), key=lambda row: row.pk, default=None)
    context = {
        "opinion": opinion,
        "entries": entries,
        "photos": [photo for photo in opinion.photos.all() if photo.entry_id is None],
        "latest": latest,
        "five": present.five(opinion, at),
        "due": present.due_chip(opinion, at),
        "reckoning": _reckoning(opinion),
        "is_open": opinion.state in OPEN,
        "may_rate": opinion.state == State.FED_BACK,
        "may_withdraw": opinion.state in (State.SUBMITTED, State.ACCEPTED),
        "rate_form": RateForm(),
        "words_form": WordsForm(),
    } | extra
    return render(request, "opinions/public/track.html", context, status=status)


def _reckoning(opinion: Opinion) -> Any:
    """Explain the reply's date, when today's table of limits still counts to the same day."""
    if opinion.assigned_at is None or opinion.reply_due_at is None or opinion.state not in WITH_UNIT:
        return None
    due = deadlines.due(Step.REPLY, opinion.assigned_at, kind=opinion.kind, category_id=opinion.category_id)
    return due.reckoning if due.due_at == opinion.reply_due_at else None


@require_POST
def rate(request: HttpRequest, receipt: str) -> HttpResponse:
    """评价. In the elder mode the second question comes on a page of its own."""
    opinion = _opinion(receipt, request)
    form = RateForm(request.POST)
    if not form.is_valid():
        if request.COOKIES.get("mode") == "elder" and list(form.errors) == ["solved"] and not request.POST.get("asked"):
            return render(request, "opinions/public/rate_solved.html", {"opinion": opinion, "form": form})
        return _track_page(request, opinion, status=422, rate_form=form)
    try:
        workflow.rate(opinion.pk, actor=RESIDENT, at=timezone.now(), **form.cleaned_data)
    except VerbError as error:
        opinion.refresh_from_db()
        return _track_page(request, opinion, status=409, refusal=error.message)
    return _see(opinion)


def _see(opinion: Opinion) -> HttpResponse:
    response = redirect("resident:track", opinion.receipt)
    response.status_code = 303
    return response


@require_POST
def add_words(request: HttpRequest, receipt: str) -> HttpResponse:
    """补充情况, with photos."""
    opinion = _opinion(receipt, request)
    form = WordsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _track_page(request, opinion, status=422, words_form=form)
    if not limits.is_allowed("words", opinion.receipt, most=20, seconds=HOUR):
        form.add_error("words", "一小时内补充得太多了，请过一会儿再写。")
        return _track_page(request, opinion, status=429, words_form=form)
    try:
        workflow.add_words(opinion.pk, actor=RESIDENT, at=timezone.now(), **form.cleaned_data)
    except BadInput as error:
        form.add_error("words", error.message)
        return _track_page(request, opinion, status=422, words_form=form)
    except VerbError as error:
        opinion.refresh_from_db()
        return _track_page(request, opinion, status=409, refusal=error.message)
    return _see(opinion)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, receipt: str) -> HttpResponse:
    """撤回: asked once, named; the first button is 先不."""
    opinion = _opinion(receipt, request)
    if request.method != "POST":
        return render(request, "opinions/public/withdraw.html", {"opinion": opinion})
    try:
        workflow.withdraw(opinion.pk, actor=RESIDENT, at=timezone.now())
    except VerbError as error:
        opinion.refresh_from_db()
        return _track_page(request, opinion, status=409, refusal=error.message)
    return _see(opinion)


@require_safe
def photo(request: HttpRequest, receipt: str, token: str, size: str = "image") -> FileResponse:
    """A photo of the matter, for whoever holds the receipt; internal ones stay inside."""
    opinion = _opinion(receipt, request)
    row = get_object_or_404(opinion.photos.filter(is_public=True), token=token)
    stored = row.image if size == "image" else row.thumb
    response = FileResponse(stored.open("rb"), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, private=True, max_age=HOUR)
    return response


def _track_address(request: HttpRequest, opinion: Opinion) -> str:
    return request.build_absolute_uri(reverse("resident:track", args=[opinion.receipt]))


@require_GET
def qr(request: HttpRequest, receipt: str) -> HttpResponse:
    """The receipt's QR: the address of its tracking page."""
    opinion = _opinion(receipt, request)
    return HttpResponse(qr_png(_track_address(request, opinion), box=6), content_type="image/png")


@require_GET
def picture(request: HttpRequest, receipt: str) -> HttpResponse:
    """The receipt as a picture to keep on the phone."""
    opinion = _opinion(receipt, request)
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
