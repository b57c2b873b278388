"""What everybody sees of the projects, without an account: the campaign, the pool, proposing, seconding, following.

Every page works without JavaScript. What was typed is on every page that refuses it; no page carries an identity.
"""

from typing import Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from core import limits
from core.codes import normalise
from core.once import device_of, has_just_said, remember_device, remember_said, remember_sent, sent_before
from core.work import is_solved, new_challenge
from core.workdays import local_date
from core.workflow import VerbError, WrongState
from opinions import consent
from opinions.actors import RESIDENT
from opinions.public_access import HOUR
from opinions.public_forms import SecondForm
from opinions.public_views import send_photo
from projects import workflow
from projects.ballots.models import BallotItem
from projects.ballots.present import ballots_of, days_tied
from projects.board.year import Year, the_year
from projects.council.present import results_of
from projects.filters import PublicFilter
from projects.forms import ProposeForm
from projects.models import Campaign, ProjectIdea
from projects.places import own_town
from projects.polls import present as polls
from projects.present import mark_of, place_of, support_words
from projects.similar import published_like
from projects.states import TABLE
from projects.works.models import WorkPhoto
from projects.works.present import building_of
from stations.models import EntryCode, Region, Station

PAGE_ROWS = 20
# One address may be a whole village behind one router; beyond these the device works a second for each.
FROM_AN_ADDRESS, BY_A_CODE = 60, 600
SECONDS_FROM_AN_ADDRESS, LOOKS_FROM_AN_ADDRESS = 60, 600
TOO_MANY = "这会儿送来的特别多。请等一会儿再点“送出”，或者到窗口说，我们替您记。"
SAID = {"1": "记下了，您也盼着。", "2": "您已经附议过这一件，不用再点。"}


def _campaign() -> Campaign | None:
    return Campaign.objects.running(local_date(timezone.now())).select_related("region").first()


def _towns(county: str = "") -> list[tuple[str, str]]:
    return [(row.code, row.short_name) for row in Region.objects.inside(county).townships().order_by("code")]


def _kept(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_cache=True)  # not no-store: the back button must find the words
    return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """民生实事: what is asked now, and what the people have put into the pool."""
    towns = _towns()
    found = PublicFilter(request.GET, queryset=ProjectIdea.objects.published(), towns=towns)
    rows = found.qs.order_by("-seconds", "-pooled_at", "-id").with_list_columns().defer("body", "name", "phone")
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    is_shelved = bool(found.form.cleaned_data.get("shelved")) if found.form.is_valid() else False
    station = _station(request)
    town = own_town(station.region_id) if station and "town" not in request.GET else found.chosen_town
    has_list = not is_shelved and "q" not in found.chips and page.number == 1
    context = {
        "campaign": _campaign(),
        "year": _year(request, town) if has_list else None,
        "has_list": has_list,
        "town": town,
        "towns": towns,
        "filter": found,
        "page": page,
        "rows": [(row, place_of(row), support_words(row, row.gathered)) for row in page],
        "query": kept.urlencode(),
        "station": station.code if station else "",
        "is_shelved": is_shelved,
        "is_asked": bool(set(found.chips) & {"q", "town"}),
    }
    return render(request, "projects/public/home.html", context)


def _station(request: HttpRequest) -> Station | None:
    """Return the station one came from: its town's list is shown first, and the buttons lead back to it."""
    code = request.GET.get("station", "")[:50]
    return Station.objects.active().filter(code=code).first() if code else None


def _year(request: HttpRequest, town: str) -> Year | None:
    asked = {name: request.GET.get(name, "") for name in ("year", "stage")}
    return the_year(local_date(timezone.now()), town=town, **asked)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """我要提一件: one page, sent once however often one taps. Only while a campaign runs."""
    campaign = _campaign()
    given = request.POST if request.method == "POST" else request.GET
    entry = _entry(given.get("q", ""))
    if campaign is None:
        return render(request, "projects/public/closed.html", {"station": entry.station if entry else None})
    places = [*_towns(campaign.region_id), (campaign.region_id, "全县都用得上")]
    if request.method != "POST":
        first = _first_words(entry, request.GET.get("station", ""))
        return _form_page(request, campaign, ProposeForm(initial=first, places=places), entry)
    form = ProposeForm(request.POST, request.FILES, places=places)
    if "look" in request.POST:
        return _look(request, campaign, form, entry)
    if not form.is_valid():
        return _form_page(request, campaign, form, entry, status=422)
    if not _is_welcome(request, entry) and not is_solved(request.POST.get("altcha", "")):
        form.add_error(None, TOO_MANY)
        return _form_page(request, campaign, form, entry, status=429)
    return _send(request, campaign, form, entry)


def _entry(typed: str) -> EntryCode | None:
    """Return a live entry code; a forged or revoked one counts as none."""
    code = normalise(typed)[:12]
    return EntryCode.objects.live().select_related("station", "region").filter(code=code).first() if code else None


def _first_words(entry: EntryCode | None, station_code: str) -> dict[str, Any]:
    """What the page starts with: a fresh key, and the town where the code hangs or the station is."""
    station = entry.station if entry else Station.objects.active().filter(code=station_code[:50]).first()
    first: dict[str, Any] = {"client_key": uuid4(), "q": entry.code if entry else ""}
    return first | ({"region": station.region_id[:9]} if station else {})


def _is_welcome(request: HttpRequest, entry: EntryCode | None) -> bool:
    """Count this idea by address and code, and tell whether both stay in their room."""
    counted = [("address", limits.caller(request), FROM_AN_ADDRESS)]
    if entry is not None:
        counted.append(("code", entry.code, BY_A_CODE))
    times = limits.count_all([(f"idea-{name}", who) for name, who, _ in counted], seconds=HOUR)
    return all(number <= most for number, (_, _, most) in zip(times, counted, strict=True))


def _look(request: HttpRequest, campaign: Campaign, form: ProposeForm, entry: EntryCode | None) -> HttpResponse:
    """看看有没有人提过: the same page with the words kept, and what others proposed beside them."""
    asked = limits.is_allowed("idea-look", limits.caller(request), most=LOOKS_FROM_AN_ADDRESS, seconds=HOUR)
    similar = published_like(str(request.POST.get("body", ""))[:5000], campaign.region_id) if asked else []
    typed: dict[str, Any] = {
        name: request.POST.get(name, "") for name in ("body", "region", "location", "name", "phone", "client_key")
    }
    typed |= {"q": entry.code if entry else "", "consent": bool(request.POST.get("consent"))}
    shown = ProposeForm(initial=typed, places=form.fields["region"].choices[1:])  # type: ignore[attr-defined]
    return _form_page(request, campaign, shown, entry, similar=similar, has_looked=True)


def _send(request: HttpRequest, campaign: Campaign, form: ProposeForm, entry: EntryCode | None) -> HttpResponse:
    data = form.cleaned_data
    wish = workflow.Wish(
        body=data["body"], region=Region.objects.get(pk=data["region"]), location=data["location"], entry_code=entry,
        name=data["name"], phone=data["phone"], consent_version=consent.VERSION, photos=data["photos"],
    )  # fmt: skip
    key = sent_before(request, "ideas", data["body"]) or data["client_key"]
    try:
        idea = workflow.propose(actor=RESIDENT, at=timezone.now(), wish=wish, client_key=key)
    except workflow.AlreadySent as error:
        form.data = form.data.copy()
        form.data["client_key"] = str(uuid4())
        form.add_error(None, error.message)
        return _form_page(request, campaign, form, entry, status=409, sent=error.idea)
    except VerbError as error:
        name = getattr(error, "field", "")
        form.add_error(name if name in form.fields else None, error.message)
        return _form_page(request, campaign, form, entry, status=422)
    response = redirect("projects_public:track", idea.receipt)
    response.status_code = 303
    remember_sent(request, response, "ideas", data["body"], idea.client_key, path="/projects/")
    return response


def _form_page(
    request: HttpRequest,
    campaign: Campaign,
    form: ProposeForm,
    entry: EntryCode | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "campaign": campaign,
        "form": form,
        "entry": entry,
        "had_photos": bool(request.FILES),
        "wrong_count": len([name for name in form.errors if name != "__all__"]) if form.is_bound else 0,
        "challenge": new_challenge(timezone.now()) if status == 429 else "",
    } | more
    return _kept(render(request, "projects/public/new.html", context, status=status))


def _published(pk: int) -> ProjectIdea:
    stood = Exists(BallotItem.objects.filter(idea_id=OuterRef("pk")))
    rows = ProjectIdea.objects.published().with_list_columns().annotate(was_voted_on=stood)
    return get_object_or_404(rows, pk=pk)


@require_safe
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One published idea; the address of one that was put under another leads on to that one."""
    lead = ProjectIdea.objects.published().filter(followers=pk).exclude(pk=pk).first()
    if lead is not None:
        return redirect("projects_public:project", lead.pk)
    said = SAID.get(request.GET.get("said", ""), "") if has_just_said(request, f"idea:{pk}") else ""
    return _project_page(request, _published(pk), SecondForm(), said=said)


def _project_page(
    request: HttpRequest, idea: ProjectIdea, form: SecondForm, *, status: int = 200, said: str = ""
) -> HttpResponse:
    today = local_date(timezone.now())
    ballots = ballots_of(idea) if idea.was_voted_on else []  # type: ignore[attr-defined]  # most never were
    context = {
        "idea": idea,
        "mark": mark_of(idea),
        "place": place_of(idea),
        "support": support_words(idea, idea.gathered),
        "may_second": TABLE.allows("second", idea.state),
        "building": building_of(idea, today),
        "form": form,
        "said": said,
        "judged": polls.for_everybody(idea, idea.gathered, today, days_tied(ballots)),
        "results": results_of(idea),
        "ballots": ballots,
    }
    return _kept(render(request, "projects/public/project.html", context, status=status))


@require_safe
def work_photo(request: HttpRequest, pk: int, token: str, size: str = "image") -> HttpResponseBase:
    """A photo of the building: everybody sees it."""
    return send_photo(get_object_or_404(WorkPhoto, work=_published(pk).pk, token=token), size)


@require_http_methods(["POST"])
def second(request: HttpRequest, pk: int) -> HttpResponse:
    """我也盼着."""
    idea, form = _published(pk), SecondForm(request.POST)
    if not form.is_valid():
        return _project_page(request, idea, form, status=422)
    if not limits.is_allowed("idea-second", limits.caller(request), most=SECONDS_FROM_AN_ADDRESS, seconds=HOUR):
        form.add_error(None, "这会儿点的人特别多，请过一会儿再点。")
        return _project_page(request, idea, form, status=429)
    device = device_of(request)
    try:
        is_new = workflow.second(pk, at=timezone.now(), device=device, phone=form.cleaned_data["phone"])
    except WrongState as error:
        form.add_error(None, error.message)
        return _project_page(request, idea, form, status=409)
    response = redirect(f"{request.path.removesuffix('second/')}?said={1 if is_new else 2}")
    response.status_code = 303
    remember_device(response, device)
    remember_said(request, response, f"idea:{pk}")
    return response
