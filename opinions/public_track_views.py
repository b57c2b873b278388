"""What a resident does with a receipt in hand: follow the matter, rate it, add to it, withdraw it.

Pages carry no identity. A page that has not changed is answered by `opinions.middleware`, before it comes here.
"""

import hashlib
from collections import defaultdict
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from core import limits
from core.prepared import PreparedRows
from core.workflow import BadInput, VerbError
from opinions import deadlines, present, workflow
from opinions.actors import RESIDENT
from opinions.middleware import checked_each_time, etag_of, may_be_kept
from opinions.models import Extension, FormalSuggestion, HistoryEntry, Opinion, Photo, Reply, Verdict
from opinions.public_access import (
    HOUR,
    TooManyTries,
    WrongReceipt,
    by_receipt,
    elsewhere,
    find,
    too_many_page,
    wrong_page,
)
from opinions.public_forms import RateForm, WordsForm
from opinions.public_present import for_public
from opinions.states import OPEN, TABLE, WITH_UNIT, State, Step
from opinions.suggestions import present as suggestions

ADDITIONS_AN_HOUR = 20  # to one matter
_SOME_MATTER = 8_888_888
_TOKEN = "the-token-of-who-asks"  # noqa: S105 - a place in a kept page
_entries = PreparedRows(
    lambda pk: HistoryEntry.objects.filter(opinion_id=pk).exclude(public_text="").order_by("-at", "-id"),
    _SOME_MATTER,
    without=["internal_text", "actor_label"],
)
_answers = PreparedRows(
    lambda pk: Reply.objects.filter(opinion_id=pk, verdict=Reply.Verdict.APPROVED).order_by("id"), _SOME_MATTER
)
_photos = PreparedRows(lambda pk: Photo.objects.filter(opinion_id=pk, is_public=True).order_by("id"), _SOME_MATTER)


@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """查进度: type the code from the receipt; whoever holds only a paper slip may give the last four digits too."""
    typed = request.GET.get("code", "")
    if not typed.strip():
        return render(request, "opinions/public/lookup.html")
    try:
        opinion = find(request, typed, request.GET.get("digits", "").strip())
    except WrongReceipt:
        address = elsewhere(typed)
        return redirect(address) if address else wrong_page(request, typed)
    except TooManyTries:
        return too_many_page(request, typed)
    return redirect("resident:track", opinion.receipt)


@require_safe
@by_receipt
def track(request: HttpRequest, opinion: Opinion) -> HttpResponse:
    """One matter by its receipt: where it stands, what was done, and the two questions at the end."""
    etag = etag_of(request, opinion)
    response = get_conditional_response(request, etag=etag) or _page(request, opinion, etag)
    return checked_each_time(response, etag)


def _page(request: HttpRequest, opinion: Opinion, etag: str) -> HttpResponse:
    """Make the page, or hand out the one this process made of the same state of the matter within the last minute.

    The e-tag names everything the page depends on but the form's token, which is put in anew, and what a reference
    table says; a page with a waiting message is never kept.
    """
    if "messages" in request.COOKIES or opinion.state == State.MERGED:
        return _track_page(request, opinion)
    if opinion.state not in OPEN:  # a closed matter has no form, and so no token
        return may_be_kept(HttpResponse(_html(request, opinion, csrf_token=None)))
    token = get_token(request)
    pages = caches["process"]
    key = hashlib.sha256(f"track {request.path} {etag}".encode()).hexdigest()
    html = pages.get(key)
    if html is None:
        html = _html(request, opinion, csrf_token=token)
        pages.set(key, html.replace(token, _TOKEN))
        return HttpResponse(html)
    return HttpResponse(html.replace(_TOKEN, token))


def _track_page(request: HttpRequest, opinion: Opinion, *, status: int = 200, **extra: Any) -> HttpResponse:
    return HttpResponse(_html(request, opinion, **extra), status=status)


def _html(request: HttpRequest, opinion: Opinion, **extra: Any) -> str:
    at = timezone.now()
    answers = {row.reviewed_at: row for row in _answers(opinion.pk)} if opinion.replied_at else {}
    entries = _entries(opinion.pk)
    photos: dict[int | None, list[Photo]] = defaultdict(list)
    for photo in _photos(opinion.pk):
        photos[photo.entry_id].append(photo)
    for entry in entries:
        entry.answer = answers.get(entry.at) if entry.to_state == State.FED_BACK and entry.verb != "suggest" else None
        entry.shown = photos[entry.pk]
    lead = opinion.merged_into if opinion.state == State.MERGED else None
    latest = max(answers.values(), key=lambda row: row.pk, default=None)
    context = {
        "opinion": opinion,
        "entries": entries,
        "photos": photos[None],
        "latest": latest,
        "latest_photos": next((entry.shown for entry in entries if latest is not None and entry.answer is latest), []),
        "five": present.five(for_public(lead or opinion), at),
        "lead": lead,
        "moved": _moved(opinion, entries),
        "suggested": _suggested(opinion, entries),
        "reckoning": _reckoning(opinion),
        "is_open": opinion.state in OPEN,
        "may_rate": opinion.state == State.FED_BACK,
        "may_withdraw": TABLE.allows("withdraw", opinion.state),
        "rate_form": RateForm(),
        "words_form": WordsForm(),
    } | extra
    return render_to_string("opinions/public/track.html", context, request)


def _moved(opinion: Opinion, entries: list[Any]) -> Extension | None:
    """Return the last granted extension of this round; asked for only where the history says there is one."""
    if not any(entry.verb in ("grant_extension", "move_promise") and entry.round == opinion.round for entry in entries):
        return None
    granted = opinion.extensions.filter(verdict=Verdict.GRANTED, round=opinion.round)
    return granted.order_by("-pk").first()


def _suggested(opinion: Opinion, entries: list[Any]) -> dict[str, str] | None:
    """Return the formal suggestion that the matter is part of, and how it stands; asked only where history says so."""
    if not any(entry.verb == "suggest" for entry in entries):
        return None
    rows = FormalSuggestion.objects.filter(matters__opinion=opinion, state__in=list(suggestions.FOR_RESIDENTS))
    row = rows.order_by("-submitted_at").values("title", "state", "number").first()
    return row and row | {"stands": suggestions.FOR_RESIDENTS[row["state"]]}


def _reckoning(opinion: Opinion) -> Any:
    """Explain the reply's date, when today's table of limits still counts to the same day."""
    if opinion.assigned_at is None or opinion.reply_due_at is None or opinion.state not in WITH_UNIT:
        return None
    due = deadlines.due(Step.REPLY, opinion.assigned_at, kind=opinion.kind, category_id=opinion.category_id)
    return due.reckoning if due.due_at == opinion.reply_due_at else None


@require_http_methods(["GET", "HEAD", "POST"])
@by_receipt
def rate(request: HttpRequest, opinion: Opinion) -> HttpResponse:
    """评价. In the elder mode the second question comes on a page of its own."""
    if request.method != "POST":
        return redirect("resident:track", opinion.receipt)  # a tab that the phone opened again after a refusal
    if not TABLE.allows("rate", opinion.state):
        return _too_late(request, opinion, "rate", "comment")
    form = RateForm(request.POST)
    if not form.is_valid():
        if request.COOKIES.get("mode") == "elder" and list(form.errors) == ["solved"] and not request.POST.get("asked"):
            return render(request, "opinions/public/rate_solved.html", {"opinion": opinion, "form": form})
        return _track_page(request, opinion, status=422, rate_form=form)
    try:
        workflow.rate(opinion.pk, actor=RESIDENT, at=timezone.now(), **form.cleaned_data)
    except VerbError as error:
        opinion.refresh_from_db()
        return _track_page(request, opinion, status=409, refusal=error.message, kept=form.cleaned_data["comment"])
    return _see(opinion)


def _too_late(request: HttpRequest, opinion: Opinion, verb: str, field: str) -> HttpResponse:
    """The matter moved on while the page lay open: say so, and give back what was typed, whatever it was."""
    try:
        TABLE.check(verb, opinion.state)
    except VerbError as error:
        return _track_page(request, opinion, status=409, refusal=error.message, kept=request.POST.get(field, ""))
    return _see(opinion)


def _see(opinion: Opinion) -> HttpResponse:
    response = redirect("resident:track", opinion.receipt)
    response.status_code = 303
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@by_receipt
def add_words(request: HttpRequest, opinion: Opinion) -> HttpResponse:
    """补充情况, with photos."""
    if request.method != "POST":
        return redirect("resident:track", opinion.receipt)  # a tab that the phone opened again after a refusal
    if not TABLE.allows("add_words", opinion.state):
        return _too_late(request, opinion, "add_words", "words")
    form = WordsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _track_page(request, opinion, status=422, words_form=form)
    if not limits.is_allowed("words", opinion.receipt, most=ADDITIONS_AN_HOUR, seconds=HOUR):
        form.add_error("words", "一小时内补充得太多了，请过一会儿再写。")
        return _track_page(request, opinion, status=429, words_form=form)
    try:
        workflow.add_words(opinion.pk, actor=RESIDENT, at=timezone.now(), **form.cleaned_data)
    except BadInput as error:
        form.add_error("words", error.message)
        return _track_page(request, opinion, status=422, words_form=form)
    except VerbError as error:
        opinion.refresh_from_db()
        return _track_page(request, opinion, status=409, refusal=error.message, kept=form.cleaned_data["words"])
    return _see(opinion)


@require_http_methods(["GET", "HEAD", "POST"])
@by_receipt
def withdraw(request: HttpRequest, opinion: Opinion) -> HttpResponse:
    """撤回: asked once, named; the first button is 先不."""
    if request.method != "POST":
        if not TABLE.allows("withdraw", opinion.state):
            return redirect("resident:track", opinion.receipt)
        return render(request, "opinions/public/withdraw.html", {"opinion": opinion})
    try:
        workflow.withdraw(opinion.pk, actor=RESIDENT, at=timezone.now())
    except VerbError as error:
        opinion.refresh_from_db()
        return _track_page(request, opinion, status=409, refusal=error.message)
    return _see(opinion)
