"""The polls at the desk: which run, one of them with what may be done, the slips to print, the county's numbers."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import rules
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View

from accounts import audit
from accounts.models import Role
from core.views import VerbView
from core.workflow import BadInput, VerbError
from projects.files import pdf
from projects.models import ProjectIdea
from projects.polls import forms, workflow
from projects.polls.models import Poll
from projects.polls.present import mark_of, shown
from projects.polls.rulebook import Numbers, change, numbers_of
from projects.polls.slips import poster, slips
from projects.states import TABLE
from projects.views.base import ProjectMixin
from stations.models import Region

PAGE_ROWS = 30
USUAL_DAYS = 14


class Polls(ProjectMixin, View):
    """All of them, those that run first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list, and the finished projects that wait to be judged."""
        rows = Poll.objects.visible_to(request.user).select_related("idea__region").order_by("-opened_at", "-id")
        page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
        seen = ProjectIdea.objects.visible_to(request.user).filter(state="COMPLETED").select_related("region")
        waiting = seen.exclude(polls__closed_at=None, polls__isnull=False).order_by("-changed_at")[:50]
        today = timezone.localdate()
        context = {
            "page": page,
            "rows": [(row, mark_of(row, today)) for row in page],
            "waiting": list(waiting) if rules.has_perm("projects.print", request.user) else [],
            "may_set": rules.has_perm("projects.run_campaigns", request.user),
        }
        return render(request, "projects/polls/list.html", context)


class Open(ProjectMixin, View):
    """请大家评: the form of a new poll on a finished project."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The form, two weeks long unless said otherwise; where there is nothing to judge now, the project's page."""
        idea = self._idea(pk)
        if not TABLE.allows("open_poll", idea.state) or idea.polls.taking().exists():
            return redirect("projects:work", pk)
        return self._page(idea, forms.OpenForm(initial={"closes_on": timezone.localdate() + timedelta(USUAL_DAYS)}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open it."""
        idea, form = self._idea(pk), forms.OpenForm(request.POST)
        if not form.is_valid():
            return self._page(idea, form, 422)
        try:
            poll = workflow.open_poll(
                idea.pk, actor=request.user, at=timezone.now(), closes_on=form.cleaned_data["closes_on"],
                questions=form.questions,
            )  # fmt: skip
        except VerbError as error:
            name = getattr(error, "field", "")
            form.add_error(name if name in form.fields else None, error.message)
            return self._page(idea, form, 422 if isinstance(error, BadInput) else 409)
        messages.success(request, "开好了。把墙上的码贴出去，纸条印好发下去。")
        return redirect(poll)

    def _idea(self, pk: int) -> ProjectIdea:
        idea = self.find_idea(pk)
        if not rules.has_perm("projects.open_poll_idea", self.request.user, idea):
            raise Http404
        return idea

    def _page(self, idea: ProjectIdea, form: Any, status: int = 200) -> HttpResponse:
        context = {"idea": idea, "form": form, "numbers": numbers_of(idea.region_id)}
        return render(self.request, "projects/polls/open.html", context, status=status)


class PollMixin(ProjectMixin):
    """A page about one poll that the user sees; others get 404."""

    kwargs: dict[str, Any]

    @cached_property
    def poll(self) -> Poll:
        """The poll of the address."""
        rows = Poll.objects.visible_to(self.request.user).select_related("idea__station", "idea__region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])


def page(request: HttpRequest, poll: Poll, today: Any, refused: dict[str, Any] | None = None) -> dict[str, Any]:
    """Gather all that the page of a poll shows to this user; `refused` holds the form that was sent, by its verb."""

    def may(verb: str) -> bool:
        can = TABLE.allows(verb, poll.idea.state) and rules.has_perm(f"projects.{verb}_idea", request.user, poll.idea)
        return bool(can)

    runs, is_over = poll.is_taking(today), poll.closed_at is None and today > poll.closes_on
    offered: dict[str, Any] = {}
    if runs and may("vote") and not workflow.has_spoken(poll, f"user:{request.user.pk}"):
        offered["vote"] = forms.VoiceForm(poll=poll)
    if runs and may("hand_out"):
        offered["hand_out"] = forms.SlipsForm(auto_id="slips_%s")
    if is_over and may("evaluate"):
        offered["evaluate"] = forms.CloseForm(auto_id="close_%s")
    if poll.verdict == "BAD" and poll.rectified_at is None and may("report_rectified"):
        offered["report_rectified"] = forms.MendedForm(auto_id="mended_%s")
    return {
        "poll": poll,
        "idea": poll.idea,
        "mark": mark_of(poll, today),
        "shown": shown(poll, today) if poll.closed_at else None,
        "voices": poll.voices.exclude(door="REP").count() if poll.closed_at is None else 0,
        "words": poll.voices.exclude(words="").values_list("words", flat=True) if poll.closed_at else [],
        "has_spoken": poll.closed_at is None and workflow.has_spoken(poll, f"user:{request.user.pk}"),
        "offered": offered | (refused or {}),
    }


class Detail(PollMixin, View):
    """One poll."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; sums only when it is closed."""
        return render(request, "projects/polls/poll.html", page(request, self.poll, timezone.localdate()))


class PollVerb(PollMixin, VerbView):
    """Runs one verb on a visible poll; a refusal is answered on the poll's page with what was typed."""

    verb = ""

    def back_url(self) -> str:
        """The poll's page."""
        return self.poll.get_absolute_url()

    def refused(self, sentence: str, form: Any, status: int) -> HttpResponse:
        """The page with the sentence on top."""
        self.__dict__.pop("poll", None)  # as it is now
        context = page(self.request, self.poll, timezone.localdate(), {self.verb: form} if form else None)
        context |= {"refusal": sentence}
        return render(self.request, "projects/polls/poll.html", context, status=status)


class Vote(PollVerb):
    """A representative's voice."""

    verb, verb_name, done_message = "vote", "评议", "评好了，谢谢您。"

    def get_form(self) -> Any:
        """The voice."""
        return forms.VoiceForm(self.request.POST, poll=self.poll)

    def run(self, form: Any, at: datetime) -> Poll:
        """Take it."""
        return workflow.speak_as_representative(self.poll.pk, actor=self.request.user, at=at, said=form.said)


class HandOut(PollVerb):
    """印纸条: answers with the file, for the codes can be read this once only."""

    verb, verb_name = "hand_out", "印纸条"
    form_class = forms.SlipsForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Make the codes and send the slips."""
        form = forms.SlipsForm(request.POST, auto_id="slips_%s")
        if not form.is_valid():
            return self.refused("请写要印几张。", form, 422)
        try:
            codes = workflow.hand_out(self.poll.pk, actor=request.user, at=timezone.now(), **form.cleaned_data)
        except VerbError as error:
            return self.refused_by_verb(error, form)
        return pdf(f"slips-{self.poll.pk}", slips(self.poll, codes, settings.SITE_URL))


class Evaluate(PollVerb):
    """结束评议."""

    verb, verb_name, done_message = "evaluate", "结束评议", "结束了，结果已经公布。"
    form_class = forms.CloseForm

    def run(self, form: Any, at: datetime) -> Poll:
        """Close it."""
        return workflow.evaluate(self.poll.pk, actor=self.request.user, at=at, left=form.cleaned_data["left"])


class ReportRectified(PollVerb):
    """报整改."""

    verb, verb_name, done_message = "report_rectified", "报整改", "记下了。可以再请大家评一次。"
    form_class = forms.MendedForm

    def run(self, form: Any, at: datetime) -> Poll:
        """Write it down."""
        words = form.cleaned_data["words"]
        return workflow.report_rectified(self.poll.pk, actor=self.request.user, at=at, words=words)


class Poster(PollMixin, View):
    """The sheet for the wall."""

    permission = "projects.print"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it."""
        return pdf(f"poll-{pk}", [poster(self.poll, settings.SITE_URL)])


class Rules(ProjectMixin, View):
    """The county's numbers."""

    permission = "projects.run_campaigns"

    def get(self, request: HttpRequest) -> HttpResponse:
        """What is in force."""
        return self._page(self._fresh())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Put others in force for polls opened from now on."""
        form = forms.NumbersForm(request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        seen = form.cleaned_data["seen"].split("-")
        if len(seen) != 3 or not all(one.isascii() and one.isdigit() and len(one) < 5 for one in seen):
            seen = ["0", "0", "0"]
        try:
            is_new = change(
                self._county, form.wanted, seen=Numbers(*map(int, seen)), actor=request.user, at=timezone.now(),
                ip=audit.address_of(request),
            )  # fmt: skip
        except BadInput as error:
            form.add_error(error.field, error.message)
            return self._page(form, 422)
        except VerbError as error:
            fresh = self._fresh()
            return self._page(fresh, 409, error.message)
        messages.success(request, "存好了，以后开的评议照这个来。" if is_new else "和原来一样，没有改。")
        return redirect("projects:poll_rules")

    @cached_property
    def _county(self) -> Region:
        prefix = self.request.user.prefixes(Role.COUNTY_STAFF)[0]
        rows = Region.objects.filter(code__startswith=prefix[:6], level=Region.Level.COUNTY).order_by("code")
        return get_object_or_404(rows[:1])

    def _fresh(self) -> forms.NumbersForm:
        numbers = numbers_of(self._county.pk)
        return forms.NumbersForm(initial=vars(numbers) | {"seen": forms.seen_words(numbers)})

    def _page(self, form: Any, status: int = 200, refusal: str = "") -> HttpResponse:
        context = {"form": form, "county": self._county, "refusal": refusal}
        return render(self.request, "projects/polls/rules.html", context, status=status)
