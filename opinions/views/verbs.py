"""One POST view per verb. Each hands the checked form to the verb and says nothing else."""

from datetime import datetime
from typing import Any

from django.contrib import messages

from opinions import forms, workflow
from opinions.models import Opinion
from opinions.views import acts
from opinions.views.base import OpinionVerb


class _Verb(OpinionVerb):
    """Takes words and form from the verb's `Spec`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Fill in what the table of acts says about the verb."""
        super().__init_subclass__(**kwargs)
        if cls.verb:
            spec = acts.SPECS[cls.verb]
            cls.form_class = spec.form_class
            cls.verb_name = spec.title

    def success_url(self, result: Any) -> str:
        """Back to the matter; the sentence is shown there."""
        messages.success(self.request, acts.SPECS[self.verb].done)
        return self.back_url()

    def run(self, form: Any, at: datetime) -> Opinion:
        """Call the verb of that name with the form's data."""
        verb = getattr(workflow, self.verb)
        return verb(
            self.opinion.pk, actor=self.request.user, at=at, **self.arguments(form.cleaned_data if form else {})
        )

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the verb's own arguments."""
        return data


class Accept(_Verb):
    """受理."""

    verb = "accept"


class Decline(_Verb):
    """不予受理."""

    verb = "decline"


class AnswerOnSpot(_Verb):
    """当场答复."""

    verb = "answer_on_spot"

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Leave a promise out where the outcome has none."""
        return data | {"promised_on": forms.promise_of(data)}


class Merge(_Verb):
    """并案."""

    verb = "merge"

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Name the lead matter, chosen from the list or found by its receipt."""
        return {"lead_id": data["lead_id"]}


class Unmerge(_Verb):
    """拆开."""

    verb = "unmerge"


class Refer(_Verb):
    """提请县里交办."""

    verb = "refer"


class Assign(_Verb):
    """交办."""

    verb = "assign"

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Name the lead, the co-units of the county, the demand and the kind."""
        co_units = list(data.get("co_units") or ())
        return {"lead": data["unit"], "co_units": co_units, "demand": data["demand"], "kind": data["kind"]}


class Sign(_Verb):
    """签收."""

    verb = "sign"


class CoSign(_Verb):
    """协办签收."""

    verb = "co_sign"


class GivePart(_Verb):
    """协办意见."""

    verb = "give_part"


class RequestExtension(_Verb):
    """申请延期."""

    verb = "request_extension"


class GrantExtension(_Verb):
    """同意延期."""

    verb = "grant_extension"


class RefuseExtension(_Verb):
    """不同意延期."""

    verb = "refuse_extension"


class MovePromise(_Verb):
    """改承诺日期."""

    verb = "move_promise"


class RequestReturn(_Verb):
    """申请退回."""

    verb = "request_return"


class GrantReturn(_Verb):
    """同意退回."""

    verb = "grant_return"


class RefuseReturn(_Verb):
    """不同意退回."""

    verb = "refuse_return"


class ReportProgress(_Verb):
    """写进展."""

    verb = "report_progress"


class ReportFulfilment(_Verb):
    """报告兑现."""

    verb = "report_fulfilment"


class Reply(_Verb):
    """答复."""

    verb = "reply"

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Leave a promise out where the outcome has none."""
        return data | {"promised_on": forms.promise_of(data)}


class ApproveReply(_Verb):
    """审核通过."""

    verb = "approve_reply"


class RejectReply(_Verb):
    """退回补充."""

    verb = "reject_reply"


class FeedBack(_Verb):
    """告知."""

    verb = "feed_back"


class Miss(_Verb):
    """没找到人."""

    verb = "miss"


class Rate(_Verb):
    """代记评价."""

    verb = "rate"


class Fulfil(_Verb):
    """确认兑现."""

    verb = "fulfil"


class LookBack(_Verb):
    """回头看."""

    verb = "look_back"


class AddWords(_Verb):
    """补充情况."""

    verb = "add_words"


class Explain(_Verb):
    """向群众说明."""

    verb = "explain"


class Press(_Verb):
    """催办."""

    verb = "press"


class Visit(_Verb):
    """走访."""

    verb = "visit"


class Reopen(_Verb):
    """重新办."""

    verb = "reopen"


class TakeBackAccept(_Verb):
    """撤回受理."""

    verb = "take_back_accept"


class TakeBackDecline(_Verb):
    """撤回不予受理."""

    verb = "take_back_decline"


class TakeBackAssign(_Verb):
    """撤回交办."""

    verb = "take_back_assign"


class TakeBackMerge(_Verb):
    """撤回并案."""

    verb = "take_back_merge"


VIEWS: dict[str, type[OpinionVerb]] = {
    view.verb: view
    for view in (
        Accept, Decline, AnswerOnSpot, Refer, Assign, Sign, RequestReturn, GrantReturn, RefuseReturn, ReportProgress,
        Merge, Unmerge, CoSign, GivePart, RequestExtension, GrantExtension, RefuseExtension, MovePromise,
        ReportFulfilment, Reply, ApproveReply, RejectReply, FeedBack, Miss, Rate, Fulfil, LookBack, AddWords, Reopen,
        Explain, Press, Visit,
        TakeBackAccept, TakeBackDecline, TakeBackAssign, TakeBackMerge,
    )
}  # fmt: skip
