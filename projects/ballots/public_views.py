"""票决 without an account: a representative votes with the code of his slip; everybody reads what came of it.

Every page works without JavaScript. What was ticked is on every page that refuses it, and the code stays good.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.once import has_just_said, remember_said
from core.workflow import BadInput, VerbError
from opinions import public_access
from projects.ballots import voting
from projects.ballots.forms import TicksForm
from projects.ballots.models import Ballot
from projects.ballots.present import lines_of, mark_of, rule_of
from projects.ballots.states import Result
from projects.onetime import WrongCode
from projects.polls.public_views import HELD

PRESSED = "要是您刚才点过“投票”，多半那一次已经记下了，不用再投。"


@require_http_methods(["GET", "HEAD", "POST"])
def by_slip(request: HttpRequest) -> HttpResponse:
    """Whoever holds a slip scans it, or types the code that stands on it."""
    if request.GET.get("said") == "1" and has_just_said(request, "ballot"):
        return _page(request, {"is_done": True})
    given = request.POST if request.method == "POST" else request.GET
    typed = given.get("code", "")[:40]
    if not typed.strip():
        refusal = "请把票上的码写在下面。" if request.method == "POST" else ""
        return _page(request, {"refusal": refusal}, 422 if refusal else 200)
    try:
        public_access.refuse_held(request)
        ballot = Ballot.objects.get(pk=voting.ballot_of(typed))
        if request.method != "POST" or "look" in request.POST:
            return _form(request, ballot, TicksForm(ballot=ballot), typed)
        return _vote(request, ballot, typed)
    except public_access.TooManyTries:
        return _page(request, {"refusal": HELD, "typed": typed}, 429)
    except WrongCode as error:
        public_access.count_wrong(request)
        pressed = PRESSED if request.method == "POST" and "look" not in request.POST else ""
        return _page(request, {"refusal": error.message, "pressed": pressed, "typed": typed}, 404)
    except VerbError as error:
        return _page(request, {"refusal": error.message, "typed": typed}, 409)


def _vote(request: HttpRequest, ballot: Ballot, typed: str) -> HttpResponse:
    form = TicksForm(request.POST, ballot=ballot)
    if not form.is_valid():
        return _form(request, ballot, form, typed, 422)
    try:
        voting.vote(typed, ticks=form.cleaned_data["ticks"])
    except BadInput as error:
        form.add_error("ticks", error.message)
        return _form(request, ballot, form, typed, 422)
    response = redirect(f"{request.path}?said=1")
    response.status_code = 303
    remember_said(request, response, "ballot")
    return response


def _form(request: HttpRequest, ballot: Ballot, form: TicksForm, code: str, status: int = 200) -> HttpResponse:
    return _page(request, {"ballot": ballot, "form": form, "code": code}, status)


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, "projects/ballots/vote.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What a ballot is about, and its numbers once it is closed."""
    ballot = get_object_or_404(Ballot.objects.select_related("region"), pk=pk)
    lines = lines_of(ballot)
    context = {"ballot": ballot, "mark": mark_of(ballot), "rule": rule_of(ballot), "lines": lines}
    context["has_tie"] = any(line.item.result == Result.TIED for line in lines)
    return render(request, "projects/ballots/public.html", context)
