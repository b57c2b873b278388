"""The building on the desk: the page of one, and the verbs of its life."""

from datetime import datetime
from functools import cached_property
from typing import Any

import rules
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from core.views import VerbView
from core.workflow import NotAllowed
from opinions.models import Opinion
from projects.models import ProjectIdea
from projects.polls.forms import MendedForm
from projects.polls.workflow import poll_to_mend, report_rectified
from projects.present import mark_of, place_of, road_of
from projects.states import TABLE
from projects.views.base import ProjectMixin, list_query, with_list
from projects.works import forms, inspecting, planning, present, reporting
from projects.works.models import Work
from projects.works.views.register import KEPT

# Each verb of the page with its heading and its button, the most usual one first.
ACTS = {
    "report": ("报进度", "报上去"),
    "report_rectified": ("整改好了", "报整改"),
    "start": ("开工", "记下开工"),
    "complete": ("完工", "记下完工"),
    "inspect": ("记一次视察", "记下视察"),
}


class WorkPage(ProjectMixin, View):
    """One building; nothing of the proposers is here. Out of sight is 404."""

    permission = "projects.supervise"

    @cached_property
    def work(self) -> Work:
        """The building of the address."""
        seen = Work.objects.visible_to(self.request.user).with_list_columns()
        return get_object_or_404(seen, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show it."""
        return self.page()

    def may(self, verb: str) -> bool:
        """Tell whether table and rules allow the verb now."""
        idea = self.work.idea
        return TABLE.allows(verb, idea.state) and rules.has_perm(f"projects.{verb}_idea", self.request.user, idea)

    def page(self, verb: str = "", form: Any = None, sentence: str = "", status: int = 200) -> HttpResponse:
        """The page, with a refused form as it was typed."""
        user, idea = self.request.user, self.work.idea
        building = present.building_of(idea, timezone.localdate())
        if building is None:
            raise Http404
        context = {
            "idea": idea,
            "mark": mark_of(idea),
            "place": place_of(idea),
            "road": road_of(idea),
            "building": building,
            "matters": present.matters_seen(building, Opinion.objects.visible_to(user)),
            "may_plan": self.may("change_plan"),
            "sees_idea": ProjectIdea.objects.visible_to(user).filter(pk=idea.pk).exists(),
            "acts": [self._act(one, form if one == verb else None) for one in ACTS if self.may(one)],
            "open_verb": verb,
            "sentence": sentence,
            "list_query": list_query(self.request.GET, KEPT),
        }
        return render(self.request, "projects/works/work.html", context, status=status)

    def _act(self, verb: str, form: Any) -> dict[str, Any]:
        title, button = ACTS[verb]
        url = with_list(reverse(f"projects:work_{verb}", args=[self.work.pk]), self.request.GET, KEPT)
        return {"verb": verb, "title": title, "button": button, "url": url, "form": form or self.form_of(verb)}

    def form_of(self, verb: str, data: Any = None, files: Any = None) -> Any:
        """Return the form of a verb, bound where something was sent."""
        if verb == "report":
            return forms.ReportForm(data, files, steps=self.work.parts, auto_id="report_%s")
        if verb == "report_rectified":
            return MendedForm(data, auto_id="mended_%s")
        kind = forms.InspectForm if verb == "inspect" else forms.DayForm
        return kind(data, files, initial={"day": timezone.localdate()}, auto_id=f"{verb}_%s")


class WorkVerb(VerbView, WorkPage):
    """Runs one verb; a refusal is answered on the page with everything typed kept."""

    verb = ""

    def get_form(self) -> Any:
        """The bound form; state and permission first, so that the sentence is the right one."""
        TABLE.check(self.verb, self.work.idea.state)
        if not self.may(self.verb):
            raise NotAllowed("这一步不归您办。")
        return self.form_of(self.verb, self.request.POST, self.request.FILES)

    def back_url(self) -> str:
        """The building's page, and from there the same list."""
        return with_list(self.work.get_absolute_url(), self.request.GET, KEPT)

    def refused(self, sentence: str, form: Any, status: int) -> HttpResponse:
        """Show the page with the sentence on top."""
        return self.page(self.verb, form, sentence, status)


class Start(WorkVerb):
    """开工."""

    verb, verb_name, done_message = "start", "开工", "记下开工了，提议的人会收到通知。"

    def run(self, form: Any, at: datetime) -> Any:
        """Begin."""
        return planning.start(self.work.pk, actor=self.request.user, at=at, day=form.cleaned_data["day"])


class Report(WorkVerb):
    """报进度."""

    verb, verb_name, done_message = "report", "报进度", "报上去了，人人看得到。"

    def run(self, form: Any, at: datetime) -> Any:
        """Report."""
        data = form.cleaned_data
        return reporting.report(
            self.work.pk, actor=self.request.user, at=at, words=data["words"], percents=form.percents(),
            photos=data["photos"], client_key=data["client_key"],
        )  # fmt: skip


class ReportRectified(WorkVerb):
    """报整改: what people were not satisfied with is mended; the unit says so here, as does whoever looks after it."""

    verb, verb_name, done_message = "report_rectified", "报整改", "记下了，人人看得到，县里会收到通知。"

    def run(self, form: Any, at: datetime) -> Any:
        """Report it of the poll that asked for it."""
        poll_id = poll_to_mend(self.work.pk)
        return report_rectified(poll_id, actor=self.request.user, at=at, words=form.cleaned_data["words"])


class Complete(WorkVerb):
    """完工."""

    verb, verb_name, done_message = "complete", "完工", "记下完工了，提议的人会收到通知。"

    def run(self, form: Any, at: datetime) -> Any:
        """Finish."""
        return reporting.complete(self.work.pk, actor=self.request.user, at=at, day=form.cleaned_data["day"])


class Inspect(WorkVerb):
    """视察."""

    verb, verb_name, done_message = "inspect", "视察", "记下视察了，没有提出问题。"

    def run(self, form: Any, at: datetime) -> Any:
        """Keep the inspection."""
        if form.cleaned_data["findings"]:
            self.done_message = "记下视察了。提出的问题都转成了意见，有期限、有答复。"
        return inspecting.inspect(self.work.pk, actor=self.request.user, at=at, **form.cleaned_data)
