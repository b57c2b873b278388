"""Which act stands in front on a suggestion's page, which are folded, and how each is named."""

from collections.abc import Mapping
from typing import Any

import rules

from opinions.models import FormalSuggestion, Verdict
from opinions.suggestions import forms
from opinions.suggestions.states import TABLE, Consent, State
from opinions.views.acts import Spec
from stations.models import Representative, Unit

SPECS: Mapping[str, Spec] = {
    "submit": Spec(
        "提交", "提交给县人大", "提交了，县人大核过就立案。", forms.SubmitForm,
        "提交以后，反映这些事的群众会看到。",
    ),
    "withdraw": Spec("撤回", "撤回这份建议", "撤回了。", forms.WithdrawForm, "撤回后不能恢复，要提请另起草。", True),
    "send_back": Spec("退回修改", "退回给代表改", "退回去了。", forms.SendBackForm),
    "accept": Spec("立案", "立案，编上号", "立案了，接着交给单位办。", None, "立案后得到编号，代表不再改稿。"),
    "assign": Spec(
        "交办", "交办", "交办了，期限从今天算起。", forms.AssignForm,
        template="opinions/suggestions/_act_assign.html",
    ),
    "request_extension": Spec("申请延期", "申请延期", "申请交上去了，等县人大定。", forms.ExtensionForm),
    "grant_extension": Spec("同意延期", "同意延期", "同意了，日子改了。", forms.GrantForm,
                            template="opinions/suggestions/_act_extension.html"),
    "refuse_extension": Spec("不同意延期", "不同意", "没有同意，期限不变。", forms.RefuseForm),
    "reply": Spec("答复代表", "把答复交给代表", "答复交给代表了，也告诉了群众。", forms.ReplyForm),
    "judge": Spec(
        "对答复的意见", "记下意见", "意见记下了。", forms.JudgeForm,
        "满意、基本满意就办结；不满意，单位重新办一次。",
    ),
    "answer_invitation": Spec("请您联名", "回话", "回话了。", forms.AnswerForm),
}  # fmt: skip
FRONT: Mapping[str, tuple[str, ...]] = {
    State.DRAFT: ("submit", "answer_invitation"),
    State.RETURNED: ("submit", "answer_invitation"),
    State.SUBMITTED: ("accept",),
    State.ACCEPTED: ("assign",),
    State.ASSIGNED: ("reply", "grant_extension", "refuse_extension"),
    State.REPLIED: ("judge",),
}


def speaks_himself(user: Any, suggestion: FormalSuggestion) -> bool:
    """Tell whether this user is the representative whose paper it is."""
    return suggestion.representative.user_id == user.pk


def open_verbs(user: Any, suggestion: FormalSuggestion) -> list[str]:
    """Return the verbs with a panel that table, rules and course allow this user now."""
    waits = suggestion.extensions.filter(verdict=Verdict.PENDING).exists()
    unfit = {"request_extension"} if waits else {"grant_extension", "refuse_extension"}
    if own_invitation(user, suggestion) is None:
        unfit.add("answer_invitation")  # what others said is written down beside their names
    return [
        verb
        for verb in TABLE.verbs(suggestion.state)
        if verb in SPECS and verb not in unfit and rules.has_perm(f"opinions.{verb}_suggestion", user, suggestion)
    ]


def split(verbs: list[str], state: str) -> tuple[list[str], list[str]]:
    """Return the verbs in front and the folded ones."""
    front = [verb for verb in FRONT.get(State(state), ()) if verb in verbs]
    return front, [verb for verb in verbs if verb not in front]


def own_invitation(user: Any, suggestion: FormalSuggestion) -> Any:
    """Return this user's own unanswered place among the co-signers."""
    return suggestion.cosigners.filter(representative__user_id=user.pk, answer=Consent.ASKED).first()


def form_arguments(verb: str, user: Any, suggestion: FormalSuggestion) -> dict[str, Any]:
    """Return what a verb's form needs besides the sent data."""
    arguments: dict[str, Any] = {"auto_id": f"{verb}_%s"}
    if verb in ("submit", "withdraw", "judge"):
        arguments["himself"] = speaks_himself(user, suggestion)
    elif verb == "assign":
        arguments["units"] = units_for(suggestion)
        arguments["initial"] = {"lead": usual_unit(suggestion)}
    elif verb == "invite":
        arguments["people"] = may_be_asked(suggestion)
    elif verb == "answer_invitation":
        own = own_invitation(user, suggestion)
        arguments |= {"himself": own is not None, "initial": {"cosigner": own.pk if own else None}}
    return arguments


def units_for(suggestion: FormalSuggestion) -> Any:
    """Return the units that may get it: those of the county and of its own town."""
    codes = [suggestion.station.region_id[:length] for length in (4, 6, 9, 12)]
    return Unit.objects.filter(is_active=True, region_id__in=codes).order_by("region_id", "id")


def usual_unit(suggestion: FormalSuggestion) -> int | None:
    """Return the unit that usually handles most of the matters behind it."""
    usual = suggestion.matters.exclude(opinion__category__usual_unit=None)
    units = list(usual.values_list("opinion__category__usual_unit", flat=True))
    return max(set(units), key=units.count) if units else None


def may_be_asked(suggestion: FormalSuggestion) -> Any:
    """Return the county's other representatives who were not asked yet, those of the same town first."""
    inside = Representative.objects.filter(
        is_active=True, services__until=None, services__station__region__code__startswith=suggestion.county_code
    )
    asked = suggestion.cosigners.values("representative")
    others = inside.exclude(pk=suggestion.representative_id).exclude(pk__in=asked)
    return others.order_by("name", "pk").distinct()
