"""What a month is made from: when a station sits, who sits which post, days off; and the county's numbers."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from accounts import audit
from accounts.access import PermissionMixin
from core.views import VerbView
from core.workdays import local_date
from duties import workflow
from duties.access import DutyMixin, refuse_page
from duties.forms import DaysOffForm, DutyRulesForm, PostsForm, RhythmForm
from duties.gathering import posts_at
from duties.models import DutyRules, Unavailable, month_of
from duties.reading import rhythm_words, span_words
from duties.views.month import month_url
from stations.models import Representative, Station


class _SetupMixin(DutyMixin):
    kwargs: dict[str, Any]

    @cached_property
    def station(self) -> Station:
        """The station of the address; 403 for those who only read."""
        station = self.find_station(self.kwargs["station"])
        refuse_page("duties.arrange_station", self.request.user, station)
        return station

    @cached_property
    def people(self) -> list[Representative]:
        """Who serves here now."""
        return list(Representative.objects.serving(self.station))

    def posts_form(self, data: Any = None) -> PostsForm:
        """The ticks as they are, or as they were sent."""
        return PostsForm(data, people=self.people, posts=posts_at(self.station, self.people))

    def back_url(self) -> str:
        """The page itself."""
        return reverse("duties:setup", args=[self.station.code])


class Setup(_SetupMixin, View):
    """Three panels: when, who, and not when."""

    def get(self, request: HttpRequest, station: str) -> HttpResponse:
        """Show them."""
        today = local_date(timezone.now())
        days_off = Unavailable.objects.visible_to(request.user).filter(
            representative__in=self.people, last_day__gte=today
        )
        rhythms = self.station.rhythms.visible_to(request.user)
        context = {
            "station": self.station,
            "rhythms": [(row, rhythm_words(row)) for row in rhythms.order_by("id")],
            "rhythm_form": RhythmForm(),
            "posts_form": self.posts_form(),
            "days_form": DaysOffForm(station=self.station),
            "days_off": [
                (row, span_words(row.first_day, row.last_day))
                for row in days_off.select_related("representative").distinct()
            ],
            "month_url": month_url(self.station, month_of(today)),
        }
        return render(request, "duties/setup.html", context)


class AddRhythm(_SetupMixin, VerbView):
    """加一条."""

    form_class = RhythmForm
    verb_name = "加值班安排"
    done_message = "加好了。以后排的月份按这个来。"

    def run(self, form: Any, at: datetime) -> Any:
        """Add it."""
        return workflow.add_rhythm(self.station, form.save(commit=False), actor=self.request.user)


class DropRhythm(_SetupMixin, VerbView):
    """不要这一条."""

    verb_name = "去掉值班安排"
    done_message = "去掉了。已经排好的月份不变。"

    def run(self, form: Any, at: datetime) -> None:
        """Only one of this very station."""
        workflow.drop_rhythm(self.station.rhythms.get(pk=self.kwargs["pk"]), actor=self.request.user)


class AllowPosts(_SetupMixin, VerbView):
    """保存能坐的岗."""

    verb_name = "能坐的岗"
    done_message = "保存了。"

    def get_form(self) -> PostsForm:
        """The ticks that were sent."""
        return self.posts_form(self.request.POST)

    def run(self, form: Any, at: datetime) -> None:
        """Store them."""
        workflow.allow_posts(self.station, form.chosen(), actor=self.request.user)


class BlockDays(_SetupMixin, VerbView):
    """记不能来的日子."""

    form_class = DaysOffForm
    verb_name = "记不能来的日子"
    done_message = "记下了。没公布的月份可以重新排一遍。"

    def form_kwargs(self) -> dict[str, Any]:
        """Who serves here."""
        return {"station": self.station}

    def run(self, form: Any, at: datetime) -> Unavailable:
        """Write them down."""
        given = form.cleaned_data
        return workflow.block_days(
            self.station, given["representative"], actor=self.request.user, at=at, first_day=given["first_day"],
            last_day=given["last_day"] or given["first_day"], note=given["note"],
        )  # fmt: skip


class UnblockDays(_SetupMixin, VerbView):
    """能来了."""

    verb_name = "去掉不能来的日子"
    done_message = "去掉了。"

    def run(self, form: Any, at: datetime) -> None:
        """Only what is in sight and of somebody who serves here."""
        rows = Unavailable.objects.visible_to(self.request.user).distinct().filter(representative__in=self.people)
        workflow.unblock_days(get_object_or_404(rows, pk=self.kwargs["pk"]), actor=self.request.user)


class RulesPage(PermissionMixin, View):
    """The county's numbers: how early to publish, when to remind."""

    permission = "duties.edit_rules"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return render(request, "duties/rules.html", {"form": DutyRulesForm(instance=DutyRules.current())})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Store them with an audit line, or show what is wrong."""
        form = DutyRulesForm(request.POST, instance=DutyRules.current())
        if not form.is_valid():
            return render(request, "duties/rules.html", {"form": form}, status=422)
        form.save()
        detail = {name: str(form.cleaned_data[name]) for name in form.changed_data}
        audit.record("duty_rules_changed", actor=request.user, at=timezone.now(), subject="duties", detail=detail,
                     ip=audit.address_of(request))  # fmt: skip
        messages.success(request, "保存了。")
        return redirect("duties:rules")
