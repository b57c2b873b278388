"""What a proposer does with the receipt in hand: keep it, see how far his idea is, take it back."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from core.codes import spell
from core.qr import qr_png
from core.workdays import local_date
from core.workflow import WrongState
from opinions.actors import RESIDENT
from opinions.public_access import HOUR
from opinions.public_views import send_photo
from opinions.receipt_picture import receipt_picture
from projects import workflow
from projects.models import ProjectIdea
from projects.present import keeper_of, mark_of, place_of, road_of
from projects.public_access import by_receipt
from projects.states import TABLE


@require_safe
@by_receipt
def track(request: HttpRequest, idea: ProjectIdea) -> HttpResponse:
    """One idea by its receipt: the code itself, where it stands on the whole road, what was done."""
    return _page(request, idea)


def _page(request: HttpRequest, idea: ProjectIdea, *, refusal: str = "", status: int = 200) -> HttpResponse:
    lead = idea.merged_into
    shown = lead or idea
    poll = shown.polls.taking().first()
    context = {
        "idea": idea,
        "lead": lead,
        "public": shown if shown.is_published else None,
        "poll": poll,
        "is_taking": poll is not None and poll.is_taking(local_date(timezone.now())),
        "mark": mark_of(idea),
        "road": road_of(idea),
        "place": place_of(idea),
        "keeper": keeper_of(idea),
        "entries": idea.history.exclude(public_text="").defer("internal_text").order_by("-at", "-id"),
        "photos": idea.photos.all(),
        "may_withdraw": TABLE.allows("withdraw", idea.state),
        "refusal": refusal,
    }
    return render(request, "projects/public/track.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@by_receipt
def withdraw(request: HttpRequest, idea: ProjectIdea) -> HttpResponse:
    """撤回: asked once, with the thing named."""
    if request.method != "POST":
        if not TABLE.allows("withdraw", idea.state):
            return redirect("projects_public:track", idea.receipt)
        return render(request, "projects/public/withdraw.html", {"idea": idea})
    try:
        workflow.withdraw(idea.pk, actor=RESIDENT, at=timezone.now())
    except WrongState as error:
        idea.refresh_from_db()
        return _page(request, idea, refusal=error.message, status=409)
    return redirect("projects_public:track", idea.receipt)


@require_safe
@by_receipt
def photo(request: HttpRequest, idea: ProjectIdea, token: str, size: str = "image") -> FileResponse:
    """A photo of the idea, for whoever holds the receipt."""
    return send_photo(get_object_or_404(idea.photos, token=token), size)


def _address(request: HttpRequest, idea: ProjectIdea) -> str:
    return request.build_absolute_uri(reverse("projects_public:track", args=[idea.receipt]))


@require_safe
@by_receipt
def qr(request: HttpRequest, idea: ProjectIdea) -> HttpResponse:
    """The receipt's QR: the address of its page."""
    response = HttpResponse(qr_png(_address(request, idea), box=6), content_type="image/png")
    patch_cache_control(response, private=True, max_age=HOUR)
    return response


@require_safe
@by_receipt
def picture(request: HttpRequest, idea: ProjectIdea) -> HttpResponse:
    """The receipt as a picture to keep on the phone."""
    made = receipt_picture(
        code=spell(idea.receipt),
        title=idea.heading,
        station=keeper_of(idea),
        phone=idea.station.phone if idea.station else "",
        address=_address(request, idea),
        on=timezone.localdate(idea.created_at),
    )
    response = HttpResponse(made, content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="minsheng-{idea.receipt}.png"'
    return response
