"""One POST view per verb on a suggestion. Each hands the checked form to the verb and says nothing else."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rules
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from core.views import VerbView
from core.workflow import NotAllowed, WrongState
from opinions.models import FormalSuggestion
from opinions.states import PROMISES
from opinions.suggestions import forms, workflow
from opinions.suggestions.states import TABLE, VERB_LABELS
from opinions.suggestions.views import acts, page
from opinions.views.base import DeskMixin
from opinions.views.page import Refusal


class SuggestionVerb(DeskMixin, VerbView):
    """Runs one verb on a visible suggestion; a refusal is answered on its page with everything typed kept."""

    verb = ""
    done_message = ""
    suggestion: FormalSuggestion

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take words and form from the table of acts."""
        super().__init_subclass__(**kwargs)
        if cls.verb in acts.SPECS:
            cls.form_class = acts.SPECS[cls.verb].form_class
        cls.verb_name = VERB_LABELS.get(cls.verb, "")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the suggestion through `visible_to`."""
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.suggestion = page.visible_or_404(request.user, kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check state and permission before the input, as the verb does, so that the sentence is the right one."""
        try:
            TABLE.check(self.verb, self.suggestion.state)
            if not rules.has_perm(f"opinions.{self.verb}_suggestion", request.user, self.suggestion):
                raise NotAllowed("这一步不归您办。")
        except (WrongState, NotAllowed) as error:
            typed = self.form_class(request.POST, **self.form_kwargs()) if self.form_class else None
            return self.refused_by_verb(error, typed)
        return super().post(request, *args, **kwargs)

    def form_kwargs(self) -> dict[str, Any]:
        """Give the form its choices and its ids."""
        return acts.form_arguments(self.verb, self.request.user, self.suggestion)

    def back_url(self) -> str:
        """Lead back to the suggestion."""
        return reverse("suggestions:detail", args=[self.suggestion.pk])

    def success_url(self, result: Any) -> str:
        """Back to the suggestion; the sentence is shown there."""
        spec = acts.SPECS.get(self.verb)
        messages.success(self.request, self.done_message or (spec.done if spec else "办好了。"))
        return self.back_url()

    def run(self, form: Any, at: datetime) -> FormalSuggestion:
        """Call the verb of that name with the form's data."""
        data = self.arguments(form.cleaned_data if form else {})
        done: FormalSuggestion = getattr(workflow, self.verb)(
            self.suggestion.pk, actor=self.request.user, at=at, **data
        )
        return done

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the verb's own arguments."""
        return data

    def refused(self, sentence: str, form: Any, status: int) -> HttpResponse:
        """Show the suggestion as it is now, the sentence on top, and the typed input in its place."""
        fresh = page.visible_or_404(self.request.user, self.suggestion.pk)
        refusal = Refusal(self.verb, sentence, form, status)
        context = page.context(self.request.user, fresh, timezone.now(), refusal)
        return render(self.request, "opinions/suggestions/detail.html", context, status=status)


class Submit(SuggestionVerb):
    """提交."""

    verb = "submit"


class Withdraw(SuggestionVerb):
    """撤回."""

    verb = "withdraw"


class SendBack(SuggestionVerb):
    """退回修改."""

    verb = "send_back"


class Accept(SuggestionVerb):
    """立案."""

    verb = "accept"


class Assign(SuggestionVerb):
    """交办."""

    verb = "assign"


class RequestExtension(SuggestionVerb):
    """申请延期."""

    verb = "request_extension"


class GrantExtension(SuggestionVerb):
    """同意延期."""

    verb = "grant_extension"


class RefuseExtension(SuggestionVerb):
    """不同意延期."""

    verb = "refuse_extension"


class Reply(SuggestionVerb):
    """答复."""

    verb = "reply"

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Leave a promise out where the outcome has none."""
        return data if data["outcome"] in PROMISES else data | {"promised_on": None}


class Judge(SuggestionVerb):
    """对答复的意见."""

    verb = "judge"


class Invite(SuggestionVerb):
    """请人联名."""

    verb = "invite"
    form_class = forms.InviteForm
    done_message = "请他了。"

    def success_url(self, result: Any) -> str:
        """Say who was asked and whether a message reached him."""
        has_account = (
            self.get_form()
            .fields["representative"]
            .queryset.model.objects.filter(pk=self.request.POST["representative"], user__isnull=False)
        )
        self.done_message = (
            "请他了，他会收到通知。" if has_account.exists() else "请他了。他没有账号，请站点问他再记下来。"
        )
        return super().success_url(result)


class LetOff(SuggestionVerb):
    """不请了."""

    verb = "let_off"
    form_class = forms.CosignerForm
    done_message = "不请他了。"

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Name the co-signer by his id."""
        return {"cosigner_id": data["cosigner"]}


class AnswerInvitation(SuggestionVerb):
    """回复联名."""

    verb = "answer_invitation"

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Name the co-signer by his id."""
        return {"cosigner_id": data["cosigner"], "agrees": data["agrees"], "how": data.get("how", "")}


class LeaveOut(SuggestionVerb):
    """去掉一件."""

    verb = "leave_out"
    form_class = forms.MatterForm
    done_message = "去掉了。"

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Name the matter by its id."""
        return {"opinion_id": data["matter"]}


VIEWS: Mapping[str, type[SuggestionVerb]] = {
    view.verb: view
    for view in (
        Submit, Withdraw, SendBack, Accept, Assign, RequestExtension, GrantExtension, RefuseExtension, Reply, Judge,
        Invite, LetOff, AnswerInvitation, LeaveOut,
    )
}  # fmt: skip
