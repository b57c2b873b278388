"""/desk/posts/<pk>/: one record, how the mediation went on, the names behind a reason, and what was a mistake."""

from datetime import datetime
from typing import Any

import rules
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts import audit
from core.views import VerbView
from core.workdays import local_date
from core.workflow import VerbError
from opinions import beside
from opinions.models import Opinion, PostRecord
from opinions.posts import present, workflow
from opinions.posts.forms import FollowUpForm, ReasonForm
from opinions.posts.states import TABLE, VERB_LABELS
from opinions.posts.views.base import Reader, visible_or_404


def page_of(request: HttpRequest, record: PostRecord, *, revealed: bool = False) -> dict[str, Any]:
    """All that the page shows to this user."""
    user, today = request.user, local_date(timezone.now())
    may = {
        verb: TABLE.allows(verb, record.state) and rules.has_perm(f"opinions.{verb}_post_record", user, record)
        for verb in VERB_LABELS
    }
    is_turned = record.opinion_id is not None
    reads_words = rules.has_perm("opinions.read_post_words", user, record)
    people = present.people(record, user, revealed=revealed)
    return {
        "row": record,
        "words": present.WORDS[record.kind],
        "mark": present.mark(record),
        "ask": present.when_to_ask(record, today),
        "facts": present.facts(record, user),
        "people": people,
        "count": record.people.count(),
        "revealed": revealed,
        "may": may | {"turn": may["turn"] and not is_turned, "void": may["void"] and not is_turned},
        "may_reveal": may["reveal"] and bool(people) and not revealed,
        "opinion": Opinion.objects.visible_to(user).filter(pk=record.opinion_id).first() if is_turned else None,
        "beside": beside.links(user, record),
        "history": record.history.all() if reads_words else (),
        "follow_up_form": FollowUpForm(auto_id="follow_%s") if may["follow_up"] else None,
        "reveal_form": ReasonForm(auto_id="reveal_%s"),
        "void_form": ReasonForm(auto_id="void_%s"),
    }


class Detail(Reader, View):
    """The record's page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        return render(request, "opinions/posts/detail.html", page_of(request, visible_or_404(request.user, pk)))


class RecordVerb(Reader, VerbView):
    """A verb on one record; out of sight is 404."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look first whether the record is in sight."""
        self.record = visible_or_404(request.user, kwargs["pk"])
        return super().post(request, *args, **kwargs)

    def back_url(self) -> str:
        """The record's page."""
        return reverse("posts:detail", args=[self.kwargs["pk"]])


class FollowUp(RecordVerb):
    """How it went on."""

    verb_name, done_message, form_class = "记回访", "回访记下了。", FollowUpForm

    def run(self, form: FollowUpForm, at: datetime) -> PostRecord:
        """Write it down."""
        return workflow.follow_up(self.record.pk, actor=self.request.user, at=at, **form.cleaned_data)


class Void(RecordVerb):
    """A mistake."""

    verb_name, done_message, form_class = "记错了", "标成记错了，哪里也不算它。", ReasonForm

    def run(self, form: ReasonForm, at: datetime) -> PostRecord:
        """Say so."""
        return workflow.void(self.record.pk, actor=self.request.user, at=at, reason=form.cleaned_data["reason"])


class Reveal(RecordVerb):
    """看姓名和电话: shown once, for a reason; history and audit log keep who looked."""

    verb_name, form_class = "看姓名和电话", ReasonForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the right and the reason, write both down, and answer with the page itself: it is at no address."""
        self.record, at = visible_or_404(request.user, kwargs["pk"]), timezone.now()
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.refused("请写明为什么要看，至少两个字。", form, 422)
        reason = form.cleaned_data["reason"]
        try:
            with transaction.atomic():
                workflow.reveal(self.record.pk, actor=request.user, at=at, reason=reason)
                audit.record(
                    "identity_revealed", actor=request.user, at=at, subject=f"post_record:{self.record.pk}",
                    detail={"reason": reason}, ip=audit.address_of(request),
                )  # fmt: skip
        except VerbError as error:
            return self.refused_by_verb(error, form)
        response = render(request, "opinions/posts/detail.html", page_of(request, self.record, revealed=True))
        response["Cache-Control"] = "no-store, private"
        return response
