"""/desk/posts/new/<post>/: one form for each post, filled in from today's roster; beside it what was written today."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views import View

from core.views import UNUSABLE_INPUT
from core.workdays import local_date
from core.workflow import BadInput, NotAllowed, VerbError
from opinions import deadlines
from opinions.models import PostRecord
from opinions.posts import queries, workflow
from opinions.posts.forms import FORMS, RecordForm
from opinions.posts.models import Kind
from opinions.posts.present import POSTS, WORDS, mark
from opinions.posts.views.base import Reader
from opinions.supervision.levels import Threshold
from stations.models import Region, Station

_SHOWN_TODAY = 8


class New(Reader, View):
    """Write one record; then the empty form for the next."""

    def get(self, request: HttpRequest, post: str) -> HttpResponse:
        """Show the form with whoever sits at the post today."""
        at, kind = timezone.now(), kind_of(post)
        return self._page(kind, self._form(kind, initial=self._initial(kind, at)), at)

    def post(self, request: HttpRequest, post: str) -> HttpResponse:
        """Write it down."""
        at, kind = timezone.now(), kind_of(post)
        form = self._form(kind, request.POST)
        if not form.is_valid():
            return self._page(kind, form, at, UNUSABLE_INPUT)
        station = form.cleaned_data["station"]
        key = form.cleaned_data["client_key"]
        try:
            record = workflow.write(station, kind, form.facts(), actor=request.user, at=at, client_key=key)
        except NotAllowed as error:
            raise PermissionDenied(error.message) from error
        except workflow.AlreadyWritten as error:
            form = self._form(kind, self._with_new_key())
            form.add_error(None, error.message)
            return self._page(kind, form, at, UNUSABLE_INPUT)
        except VerbError as error:
            field = error.field if isinstance(error, BadInput) and error.field in form.fields else None
            form.add_error(field, error.message)
            return self._page(kind, form, at, UNUSABLE_INPUT)
        sentence = format_html("记好了：{}。<a href='{}'>看这一条</a>", record.subject[:30], record.get_absolute_url())
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse("posts:new", args=[post]) + f"?station={station.code}")

    def _initial(self, kind: Kind, at: datetime) -> dict[str, Any]:
        stations, day = queries.stations_to_write(self.request.user), local_date(at)
        station = stations.filter(code=self.request.GET.get("station", "")).first() or stations.first()
        initial: dict[str, Any] = {"day": day, "station": station}
        if station is None:
            return initial
        own = None if queries.keeps_posts(self.request.user) else queries.people_at(stations, self.request.user).first()
        initial["representative"] = own.pk if own is not None else queries.sits_at(station, kind, day)
        if kind == Kind.MEDIATION:
            initial["follow_up_on"] = local_date(deadlines.due(Threshold.FOLLOW_UP, at).due_at)
        return initial

    def _with_new_key(self) -> Any:
        data = self.request.POST.copy()
        data["client_key"] = str(RecordForm.base_fields["client_key"].initial())
        return data

    def _form(self, kind: Kind, *args: Any, **kwargs: Any) -> RecordForm:
        user = self.request.user
        stations = queries.stations_to_write(user)
        if not stations.exists():
            raise PermissionDenied("在服务岗记事是站点工作人员和进站代表的事。")
        kwargs |= {"stations": stations, "people": queries.people_at(stations, user)}
        if kind == Kind.PROJECT:
            kwargs["regions"] = villages(list(stations))
        return FORMS[kind](*args, for_himself=not queries.keeps_posts(user), **kwargs)

    def _page(self, kind: Kind, form: RecordForm, at: datetime, status: int = 200) -> HttpResponse:
        today = local_date(at)
        written = PostRecord.objects.visible_to(self.request.user).filter(recorder=self.request.user, kind=kind)
        context = {
            "form": form,
            "words": WORDS[kind],
            "slug": kind.lower(),
            "posts": POSTS,
            "has_one_station": form.fields["station"].queryset.count() == 1,  # type: ignore[attr-defined]
            "today": [
                {"row": row, "mark": mark(row)}
                for row in written.filter(recorded_at__date=today).order_by("-pk")[:_SHOWN_TODAY]
            ],
        }
        return render(self.request, "opinions/posts/new.html", context, status=status)


def kind_of(slug: str) -> Kind:
    """The post an address names. Raises Http404."""
    if slug.upper() not in Kind.values or slug != slug.lower():
        raise Http404("没有这个服务岗。")
    return Kind(slug.upper())


def villages(stations: list[Station]) -> Any:
    """The villages of some stations."""
    found = Region.objects.none()
    for station in stations:
        found = found | Region.objects.filter(code__startswith=station.region_id, level=Region.Level.VILLAGE)
    return found.order_by("code")
