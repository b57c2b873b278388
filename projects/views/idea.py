"""One idea on the desk: what was said, who may be told, what is like it, and the verbs of its life."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import rules
from django import forms as django_forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts import audit
from accounts.models import Role
from core.text import mask_name, mask_phone
from core.views import VerbView
from core.workflow import NotAllowed, WrongState
from opinions.models import Opinion, PostRecord
from opinions.public_views import send_photo
from opinions.views.page import leaf_categories
from projects import forms, notify, workflow
from projects.ballots.present import ballots_of
from projects.council.present import results_of
from projects.models import ProjectIdea
from projects.polls import present as polls
from projects.present import keeper_of, mark_of, place_of, road_of, support_words
from projects.similar import visible_like
from projects.states import TABLE, State
from projects.views.base import ProjectMixin, list_query, with_list
from projects.views.pool import KEPT
from projects.works.models import Work

SEES_INTERNAL = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)
FORMS: dict[str, type[django_forms.Form] | None] = {
    "pool": forms.PoolForm,
    "reword": forms.PoolForm,
    "shelve": forms.ShelveForm,
    "merge": forms.MergeForm,
    "unmerge": forms.UnmergeForm,
    "withdraw": None,
}
TITLES = {
    "pool": ("收进储备库", "入库"),
    "reword": ("改公开的话", "改好"),
    "shelve": ("暂缓", "暂缓这一件"),
    "merge": ("和别的放在一起", "归到那一件"),
    "unmerge": ("拆开单独看", "拆开"),
    "withdraw": ("撤回", "撤回我提的这件"),
}
FRONT = {State.IDEA: "pool", State.SHELVED: "", State.POOLED: "", State.MERGED: "unmerge"}


@dataclass(frozen=True)
class Panel:
    """One act on the page, ready to draw."""

    verb: str
    title: str
    button: str
    form: Any
    url: str
    is_danger: bool


@dataclass(frozen=True)
class Refusal:
    """A verb that was refused: its sentence, its form as typed, the status of the answer."""

    verb: str
    sentence: str
    form: Any
    status: int


def verbs_for(user: Any, idea: ProjectIdea) -> list[str]:
    """Return the verbs that table and rules allow now, in the order of the table."""
    verbs = [verb for verb in TABLE.verbs(idea.state) if verb in FORMS]
    allowed = [verb for verb in verbs if rules.has_perm(f"projects.{verb}_idea", user, idea)]
    is_lead = "merge" in allowed and idea.followers.filter(state=State.MERGED).exists()
    return [verb for verb in allowed if verb != "merge" or not is_lead]


def arguments(verb: str, user: Any, idea: ProjectIdea) -> dict[str, Any]:
    """Return what a verb's form needs besides the sent data."""
    found: dict[str, Any] = {"auto_id": f"{verb}_%s"}
    if verb in ("pool", "reword"):
        found["categories"] = leaf_categories()
        found["initial"] = {
            "title": idea.title or idea.heading[:40],
            "summary": idea.summary,
            "category": idea.category_id,
        }
    elif verb == "merge":
        seen = ProjectIdea.objects.visible_to(user)
        found |= {"leads": [row.merged_into or row for row in visible_like(user, idea)], "seen": seen}
    return found


def page(request: HttpRequest, idea: ProjectIdea, refusal: Refusal | None = None, **more: Any) -> dict[str, Any]:
    """Gather all that the page shows to this user."""
    user = request.user
    sees_internal = user.has_role(*SEES_INTERNAL)
    panels = [_panel(verb, request, idea, refusal) for verb in verbs_for(user, idea)]
    front = FRONT.get(State(idea.state), "")
    matter = Opinion.objects.visible_to(user).filter(pk=idea.opinion_id).first() if idea.opinion_id else None
    followers = idea.followers.filter(state=State.MERGED).select_related("region").order_by("created_at", "pk")
    return {
        "idea": idea,
        "mark": mark_of(idea),
        "place": place_of(idea),
        "keeper": keeper_of(idea),
        "road": road_of(idea),
        "list_query": list_query(request.GET, KEPT),
        "support": support_words(idea, followers.count()),
        "name": mask_name(idea.name) if sees_internal else "",
        "phone": mask_phone(idea.phone) if sees_internal else "",
        "is_reached": notify.reaches(idea),
        "sees_internal": sees_internal,
        "may_reveal": bool(idea.name or idea.phone) and rules.has_perm("projects.reveal_idea", user, idea),
        "reveal_form": forms.RevealForm(auto_id="reveal_%s"),
        "holds_receipt": sees_internal or idea.recorded_by_id == user.pk,
        "photos": list(idea.photos.all()),
        "matter": matter,
        "record": PostRecord.objects.visible_to(user).filter(idea=idea).first() if idea.post_record_id else None,
        "lead": _seen(user).filter(pk=idea.merged_into_id).first() if idea.merged_into_id else None,
        "followers": list(followers[:50]),
        "seen": set(_seen(user).filter(merged_into=idea).values_list("pk", flat=True)),
        "similar": visible_like(user, idea) if sees_internal and idea.state == State.IDEA else [],
        "history": _history(idea, sees_internal),
        "judged": polls.beside(user, idea, timezone.localdate()),
        "results": results_of(idea),
        "ballots": ballots_of(idea),
        "may_read_ballots": rules.has_perm("projects.read_ballots", user),
        "front": [panel for panel in panels if panel.verb == front],
        "folded": [panel for panel in panels if panel.verb != front],
        "has_work": Work.objects.visible_to(user).filter(pk=idea.pk).exists(),
        "may_adopt": TABLE.allows("adopt", idea.state) and rules.has_perm("projects.adopt_idea", user, idea),
        "refusal": refusal,
        "open_verb": refusal.verb if refusal else "",
    } | more


def _seen(user: Any) -> "QuerySet[ProjectIdea]":
    return ProjectIdea.objects.visible_to(user)


def _panel(verb: str, request: HttpRequest, idea: ProjectIdea, refusal: Refusal | None) -> Panel:
    form_class = FORMS[verb]
    form = form_class(**arguments(verb, request.user, idea)) if form_class else None
    if refusal is not None and refusal.verb == verb and refusal.form is not None:
        form = refusal.form
    title, button = TITLES[verb]
    if verb == "pool" and idea.state == State.SHELVED:
        title, button = "重新收进储备库", "重新入库"
    url = with_list(reverse(f"projects:{verb}", args=[idea.pk]), request.GET, KEPT)
    return Panel(verb, title, button, form, url, verb == "withdraw")


def _history(idea: ProjectIdea, sees_internal: bool) -> list[Any]:
    rows = list(idea.history.order_by("-at", "-id"))
    if sees_internal:
        return rows
    for row in rows:
        row.internal_text = ""
    return [row for row in rows if row.public_text]


class Detail(ProjectMixin, View):
    """The page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the idea. Name and telephone are masked."""
        return render(request, "projects/idea.html", page(request, self.find_idea(pk)))


class IdeaVerb(ProjectMixin, VerbView):
    """Runs one verb on a visible idea; a refusal is answered on the idea's page with everything typed kept."""

    verb = ""
    done = "办好了。"

    @property
    def done_message(self) -> str:  # type: ignore[override]
        """The sentence when done."""
        return self.done

    @cached_property
    def idea(self) -> ProjectIdea:
        """The idea of the address."""
        return self.find_idea(self.kwargs["pk"])

    def get_form(self) -> Any:
        """The bound form of the verb; state and permission are checked first, so that the sentence is the right one."""
        TABLE.check(self.verb, self.idea.state)
        if not rules.has_perm(f"projects.{self.verb}_idea", self.request.user, self.idea):
            raise NotAllowed("这一步不归您办。")
        form_class = FORMS[self.verb]
        if form_class is None:
            return None
        return form_class(self.request.POST, **arguments(self.verb, self.request.user, self.idea))

    def back_url(self) -> str:
        """The idea's page, and from there the same list."""
        return with_list(self.idea.get_absolute_url(), self.request.GET, KEPT)

    def refused(self, sentence: str, form: Any, status: int) -> HttpResponse:
        """Show the idea as it is now, the sentence on top, and the typed input in its place."""
        fresh = self.find_idea(self.kwargs["pk"])
        refusal = Refusal(self.verb, sentence, form, status)
        return render(self.request, "projects/idea.html", page(self.request, fresh, refusal), status=status)


class Pool(IdeaVerb):
    """入库."""

    verb, verb_name = "pool", "入库"
    done = "收进储备库了，大家看得到，能附议。提议的人会收到通知。"

    def run(self, form: Any, at: datetime) -> ProjectIdea:
        """Put it into the pool."""
        return workflow.pool(self.idea.pk, actor=self.request.user, at=at, **form.cleaned_data)


class Reword(IdeaVerb):
    """改公开的话."""

    verb, verb_name = "reword", "改公开的话"
    done = "改好了，大家看到的就是新的。"

    def run(self, form: Any, at: datetime) -> ProjectIdea:
        """Mend the public words."""
        return workflow.reword(self.idea.pk, actor=self.request.user, at=at, **form.cleaned_data)


class Shelve(IdeaVerb):
    """暂缓."""

    verb, verb_name = "shelve", "暂缓"
    done = "暂缓了，原因已经告诉提议的人。以后条件够了，可以重新入库。"

    def run(self, form: Any, at: datetime) -> ProjectIdea:
        """Shelve it."""
        return workflow.shelve(self.idea.pk, actor=self.request.user, at=at, reason=form.cleaned_data["reason"])


class Merge(IdeaVerb):
    """归并."""

    verb, verb_name = "merge", "归并"
    done = "放到一起了，有了进展两边都会告诉。"

    def run(self, form: Any, at: datetime) -> ProjectIdea:
        """Put it under another one that this user sees."""
        lead = get_object_or_404(_seen(self.request.user), pk=form.cleaned_data["lead_id"])
        return workflow.merge(self.idea.pk, actor=self.request.user, at=at, lead_id=lead.pk)


class Unmerge(IdeaVerb):
    """拆开."""

    verb, verb_name = "unmerge", "拆开"
    done = "拆开了，回到归并以前的样子。"

    def run(self, form: Any, at: datetime) -> ProjectIdea:
        """Take it out again."""
        return workflow.unmerge(self.idea.pk, actor=self.request.user, at=at, reason=form.cleaned_data["reason"])


class Withdraw(IdeaVerb):
    """撤回 by the representative who proposed it."""

    verb, verb_name = "withdraw", "撤回"
    done = "撤回了。"

    def run(self, form: Any, at: datetime) -> ProjectIdea:
        """Take it back."""
        return workflow.withdraw(self.idea.pk, actor=self.request.user, at=at)


class Reveal(ProjectMixin, View):
    """看电话: the page once with name and telephone in full; leaving it hides them again."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Lead back to the page, masked."""
        return Detail.as_view()(request, pk=pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write the reason down, then show."""
        idea, form = self.find_idea(pk), forms.RevealForm(request.POST, auto_id="reveal_%s")
        if not form.is_valid():
            return render(request, "projects/idea.html", page(request, idea, reveal_form=form), status=422)
        try:
            workflow.reveal(
                pk, actor=request.user, at=timezone.now(), reason=form.cleaned_data["reason"],
                ip=audit.address_of(request),
            )  # fmt: skip
        except (NotAllowed, WrongState) as error:
            refusal = Refusal("reveal", error.message, None, 403)
            return render(request, "projects/idea.html", page(request, idea, refusal), status=403)
        shown = {"name": idea.name, "phone": idea.phone, "may_reveal": False, "is_revealed": True}
        return render(request, "projects/idea.html", page(request, idea, **shown))


class PhotoFile(ProjectMixin, View):
    """A photo of a visible idea."""

    def get(self, request: HttpRequest, pk: int, token: str, size: str = "image") -> HttpResponseBase:
        """Send it."""
        return send_photo(get_object_or_404(self.find_idea(pk).photos, token=token), size)
