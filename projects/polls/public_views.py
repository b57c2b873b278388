"""大家评 without an account: by the code on the wall, one voice a device; by a slip, one voice a code.

Every page works without JavaScript and lies in no cache. What was chosen is on every page that refuses it.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core import limits
from core.once import device_of, has_just_said, remember_device, remember_said
from core.workdays import local_date
from core.workflow import BadInput, VerbError
from opinions import public_access
from projects.models import ProjectIdea
from projects.onetime import WrongCode
from projects.polls import workflow
from projects.polls.forms import VoiceForm
from projects.polls.models import Poll

VOICES_FROM_AN_ADDRESS = 60  # an hour; a village hall behind one router has room, a script has not
PRESSED = "要是您刚才点过“就这么评”，多半那一次已经记下了，不用再评。"
HELD = "这里写错的次数太多了，请过一小时再来，或者找站点的工作人员。"


@require_http_methods(["GET", "HEAD", "POST"])
def by_device(request: HttpRequest, pk: int) -> HttpResponse:
    """The page behind the code on the wall of the station or the place."""
    idea = get_object_or_404(ProjectIdea.objects.published(), pk=pk)
    if request.GET.get("said") == "1" and has_just_said(request, f"poll:{pk}"):
        return _page(request, {"idea": idea, "is_done": True})
    poll = idea.polls.taking().select_related("idea").first()
    if poll is None or not poll.is_taking(local_date(timezone.now())):
        return redirect("projects_public:project", pk)
    device = device_of(request)
    if workflow.has_spoken(poll, f"device:{device}"):
        return _page(request, {"idea": idea, "is_done": True, "was_before": True})
    if request.method != "POST":
        return _form(request, poll, VoiceForm(poll=poll))
    form = VoiceForm(request.POST, poll=poll)
    if not form.is_valid():
        return _form(request, poll, form, 422)
    if not limits.is_allowed("poll", limits.caller(request), most=VOICES_FROM_AN_ADDRESS, seconds=public_access.HOUR):
        form.add_error(None, "这会儿来评的人特别多，请过一会儿再点，或者到站点领一张纸条。")
        return _form(request, poll, form, 429)
    try:
        workflow.speak_by_device(poll.pk, at=timezone.now(), said=form.said, device=device)
    except workflow.AlreadySpoken:
        return _page(request, {"idea": idea, "is_done": True, "was_before": True})
    except VerbError as error:
        form.add_error(None, error.message)
        return _form(request, poll, form, 409)
    response = _thanks(request, pk)
    remember_device(response, device)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def by_slip(request: HttpRequest) -> HttpResponse:
    """Whoever holds a slip scans it, or types the code that stands on it."""
    given = request.POST if request.method == "POST" else request.GET
    typed = given.get("code", "")[:40]
    if not typed.strip():
        refusal = "请把纸条上的码写在下面。" if request.method == "POST" else ""
        return _page(request, {"refusal": refusal}, 422 if refusal else 200)
    try:
        public_access.refuse_held(request)
        poll = Poll.objects.select_related("idea").get(pk=workflow.poll_of(typed))
        if request.method != "POST" or "look" in request.POST:
            return _form(request, poll, VoiceForm(poll=poll), code=typed)
        form = VoiceForm(request.POST, poll=poll)
        if not form.is_valid():
            return _form(request, poll, form, 422, code=typed)
        workflow.speak_by_code(typed, at=timezone.now(), said=form.said)
    except public_access.TooManyTries:
        return _page(request, {"refusal": HELD, "typed": typed}, 429)
    except WrongCode as error:
        public_access.count_wrong(request)
        pressed = PRESSED if request.method == "POST" and "look" not in request.POST else ""
        return _page(request, {"refusal": error.message, "pressed": pressed, "typed": typed}, 404)
    except BadInput as error:
        form.add_error(None, error.message)
        return _form(request, poll, form, 422, code=typed)
    except VerbError as error:
        return _page(request, {"refusal": error.message, "typed": typed}, 409)
    return _thanks(request, poll.idea_id)


def _thanks(request: HttpRequest, pk: int) -> HttpResponse:
    response = redirect(f"/projects/{pk}/poll/?said=1")
    response.status_code = 303
    remember_said(request, response, f"poll:{pk}")
    return response


def _form(request: HttpRequest, poll: Poll, form: VoiceForm, status: int = 200, *, code: str = "") -> HttpResponse:
    return _page(request, {"idea": poll.idea, "poll": poll, "form": form, "code": code}, status)


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, "projects/polls/speak.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
