"""The ballots at the desk: which there are, a new one, one with what may be done, papers entered, a recount."""

from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any

import rules
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View

from accounts import audit
from accounts.models import Role
from core.views import VerbView
from core.workflow import BadInput, VerbError
from projects.ballots import closing, forms, preparing, voting
from projects.ballots.models import Ballot
from projects.ballots.present import lines_of, mark_of, rule_of
from projects.ballots.slips import papers
from projects.ballots.states import State
from projects.ballots.tally import agrees, tally
from projects.files import WORD, attachment, pdf
from projects.onetime import WrongCode
from projects.views.base import ProjectMixin
from stations.models import Region

PAGE_ROWS = 30
CAME = {
    voting.Came.FIRST: (messages.SUCCESS, "第一遍记下了。请另一位同事再登记一遍，两遍一样才算一票。"),
    voting.Came.DIFFERS: (messages.WARNING, "两遍登记的不一样，还没有记成票。请两位都把这张纸票再读一遍。"),
    voting.Came.COUNTED: (messages.SUCCESS, "两遍一样，记成一张票了。"),
}


class BallotMixin(ProjectMixin):
    """A page for the county; a ballot out of sight is 404."""

    permission = "projects.read_ballots"
    kwargs: dict[str, Any]

    @cached_property
    def ballot(self) -> Ballot:
        """The ballot of the address."""
        rows = Ballot.objects.visible_to(self.request.user).select_related("region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def must(self, verb: str) -> None:
        """Refuse whom the rule of the verb does not name."""
        if not rules.has_perm(f"projects.{verb}_ballot", self.request.user, self.ballot):
            raise PermissionDenied("这一步不归您办。")


class Ballots(BallotMixin, View):
    """All of them, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        rows = Ballot.objects.visible_to(request.user).with_counts()
        page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
        may_open = rules.has_perm("projects.run_campaigns", request.user)
        context = {"page": page, "rows": [(row, mark_of(row)) for row in page], "may_open": may_open}
        return render(request, "projects/ballots/list.html", context)


class New(ProjectMixin, View):
    """开始票决."""

    permission = "projects.run_campaigns"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self._page(forms.NewForm(ideas=self._candidates))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin it, or show what is wrong with everything typed kept."""
        form = forms.NewForm(request.POST, ideas=self._candidates)
        if not form.is_valid():
            return self._page(form, 422)
        try:
            plan = preparing.Plan(**form.cleaned_data)
            ballot = preparing.open_ballot(actor=request.user, at=timezone.now(), region=self._county, plan=plan)
        except VerbError as error:
            name = getattr(error, "field", "")
            form.add_error(name if name in form.fields else None, error.message)
            return self._page(form, 422 if isinstance(error, BadInput) else 409)
        messages.success(request, "开始了。先印票，发给到会的代表。")
        return redirect(ballot)

    @cached_property
    def _county(self) -> Region:
        prefix = self.request.user.prefixes(Role.COUNTY_STAFF)[0]
        rows = Region.objects.filter(code__startswith=prefix[:6], level=Region.Level.COUNTY).order_by("code")
        return get_object_or_404(rows[:1])

    @property
    def _candidates(self) -> Any:
        return preparing.candidates(self._county.pk)

    def _page(self, form: Any, status: int = 200) -> HttpResponse:
        context = {"form": form, "has_some": len(form.fields["ideas"].choices) > 1}
        return render(self.request, "projects/ballots/new.html", context, status=status)


def page(request: HttpRequest, ballot: Ballot, refused: dict[str, Any] | None = None) -> dict[str, Any]:
    """Gather what the page of a ballot shows; `refused` holds the form that was sent, by its verb."""
    runs = ballot.state == State.OPEN and rules.has_perm("projects.close_ballot", request.user, ballot)
    once, differs = voting.waiting(ballot)
    room = ballot.eligible - ballot.codes_made
    offered: dict[str, Any] = {}
    if runs:
        offered = {
            "print": forms.PrintForm(initial={"number": room or None}, auto_id="print_%s"),
            "close": forms.CloseForm(auto_id="close_%s"),
            "cancel": forms.CancelForm(auto_id="cancel_%s"),
        }
    if runs and (once or differs):
        offered["discard"] = forms.DiscardForm(auto_id="discard_%s")
    return {
        "ballot": ballot,
        "mark": mark_of(ballot),
        "rule": rule_of(ballot),
        "lines": lines_of(ballot),
        "returned": ballot.voices.count(),
        "once": once,
        "differs": differs,
        "room": room,
        "runs": runs,
        "offered": offered | (refused or {}),
    }


class Detail(BallotMixin, View):
    """One ballot."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; voices for a candidate only when it is closed."""
        return render(request, "projects/ballots/ballot.html", page(request, self.ballot))


class BallotVerb(BallotMixin, VerbView):
    """Runs one verb on a visible ballot; a refusal is answered on its page with what was typed."""

    verb = ""

    def back_url(self) -> str:
        """The ballot's page."""
        return self.ballot.get_absolute_url()

    def get_form(self) -> Any:
        """The form of the verb, after asking who may."""
        self.must(self.verb)
        return self.form_class(self.request.POST, auto_id=f"{self.verb}_%s") if self.form_class else None

    def refused(self, sentence: str, form: Any, status: int) -> HttpResponse:
        """The page with the sentence on top."""
        self.__dict__.pop("ballot", None)  # as it is now
        context = page(self.request, self.ballot, {self.verb: form} if form else None) | {"refusal": sentence}
        return render(self.request, "projects/ballots/ballot.html", context, status=status)


class Print(BallotVerb):
    """印票: answers with the file."""

    verb, verb_name = "print", "印票"
    form_class = forms.PrintForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Make the codes and send the papers."""
        form = self.get_form()
        if not form.is_valid():
            return self.refused("请写要印几张。", form, 422)
        try:
            codes = preparing.hand_out(self.ballot.pk, actor=request.user, at=timezone.now(), **form.cleaned_data)
        except VerbError as error:
            return self.refused_by_verb(error, form)
        return pdf(f"ballot-{self.ballot.pk}", papers(self.ballot, codes, settings.SITE_URL))


class Discard(BallotVerb):
    """不计没对上的."""

    verb, verb_name, done_message = "discard", "不计没对上的", "不计了，原因记在审计里。"
    form_class = forms.DiscardForm

    def run(self, form: Any, at: datetime) -> int:
        """Leave them out."""
        return voting.discard(self.ballot.pk, actor=self.request.user, at=at, reason=form.cleaned_data["reason"])


class Close(BallotVerb):
    """公布票决结果."""

    verb, verb_name, done_message = "close", "公布票决结果", "结果公布了，提议的人都会收到通知。"
    form_class = forms.CloseForm

    def run(self, form: Any, at: datetime) -> Ballot:
        """Close it."""
        return closing.close(self.ballot.pk, actor=self.request.user, at=at, left=form.cleaned_data["left"])


class Cancel(BallotVerb):
    """取消票决."""

    verb, verb_name, done_message = "cancel", "取消票决", "取消了，各个项目照旧。"
    form_class = forms.CancelForm

    def run(self, form: Any, at: datetime) -> Ballot:
        """Call it off."""
        return preparing.cancel(self.ballot.pk, actor=self.request.user, at=at, reason=form.cleaned_data["reason"])


class Paper(BallotMixin, View):
    """登记纸票: one paper after the other."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An empty form; a ballot that is over leads to its page."""
        self.must("enter")
        if self.ballot.state != State.OPEN:
            return redirect(self.ballot)
        return self._page(forms.PaperForm(ballot=self.ballot))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write down what was read, and say whether a colleague read the same."""
        self.must("enter")
        form = forms.PaperForm(request.POST, ballot=self.ballot)
        if not form.is_valid():
            return self._page(form, 422)
        read = form.cleaned_data
        try:
            came = voting.enter(
                pk, actor=request.user, typed=read["code"], ticks=read["ticks"], is_spoiled=read["is_spoiled"]
            )
        except WrongCode:
            form.add_error("code", "这个码没有对上，也可能已经用过了。请照着纸票再看一遍。")
            return self._page(form, 409)
        except VerbError as error:
            form.add_error("code", error.message)
            return self._page(form, 409)
        messages.add_message(request, *CAME[came])
        return redirect("projects:ballot_paper", pk)

    def _page(self, form: Any, status: int = 200) -> HttpResponse:
        once, differs = voting.waiting(self.ballot)
        context = {"ballot": self.ballot, "form": form, "once": once, "differs": differs}
        return render(self.request, "projects/ballots/paper.html", context, status=status)


class Protocol(BallotMixin, View):
    """结果报告单 as Word; asked for by a button, because it leaves an audit line."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Lead back to the ballot."""
        return redirect(self.ballot)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send it; before the result is announced there is none."""
        from projects.ballots import protocol  # noqa: PLC0415 - heavy, and most web workers never need it

        at, ballot = timezone.now(), self.ballot
        if ballot.state != State.CLOSED:
            messages.warning(request, "公布结果以后才有报告单。")
            return redirect(ballot)
        buffer = BytesIO()
        protocol.write(buffer, ballot)
        audit.record(
            "ballot_exported", actor=request.user, at=at, subject=f"ballot:{ballot.pk}",
            detail={"what": ballot.title}, ip=audit.address_of(request),
        )  # fmt: skip
        return attachment(buffer, WORD, protocol.title_of(ballot), "docx", at)


class Recount(BallotMixin, View):
    """重新点票: the voices counted again from the rows, beside what was stored."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Count and compare; before the close there is nothing to compare."""
        if self.ballot.state != State.CLOSED:
            return redirect(self.ballot)
        counted = tally(self.ballot)
        context = {
            "ballot": self.ballot,
            "counted": counted,
            "agrees": agrees(self.ballot, counted),
            "lines": lines_of(self.ballot, counted),
            "now": timezone.now(),
        }
        return render(request, "projects/ballots/recount.html", context)
