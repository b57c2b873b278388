"""Which act stands in front on a matter's page, which are folded, and how each is named. No queries but those named."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms

from opinions import forms, forms_together
from opinions.states import WITH_UNIT, State, Step


@dataclass(frozen=True)
class Spec:
    """How a verb looks on the page: title of its panel, words on its button, form, and the sentence when done."""

    title: str
    button: str
    done: str
    form_class: type[django_forms.Form] | None = None
    intro: str = ""
    is_danger: bool = False
    template: str = "opinions/_form.html"


_TAKEN_BACK = "撤回了，回到办这一步以前的样子。已经收到通知的人会再收到一条更正。"
_MAY_TAKE_BACK = "办了 10 分钟以内、后来没有人动过，您自己可以撤回。办理记录里两笔都留着。"
SPECS: Mapping[str, Spec] = {
    "accept": Spec("受理", "受理", "受理了，接着交给单位办。", forms.AcceptForm),
    "decline": Spec(
        "不予受理", "不受理这件事", "已经按“不予受理”办结。", forms.DeclineForm,
        "群众会看到原因和去处。这件事就此办结；办错了，10 分钟以内可以撤回。", True,
    ),
    "merge": Spec(
        "和别的一件一起办", "并过去一起办", "并过去了，有了结果一起告诉两边。", forms_together.MergeForm,
        "两位群众各有各的回执，各评各的，互相看不到。", template="opinions/_act_merge.html",
    ),
    "unmerge": Spec("拆开单独办", "拆开", "拆开了，回到并案以前的样子。", forms_together.UnmergeForm),
    "answer_on_spot": Spec("当场答复", "当场答复", "答复记下了，等群众评价。", forms.AnswerForm),
    "refer": Spec("提请县里交办", "提请县里交办", "已经提请县里交办。", forms.ReferForm),
    "assign": Spec("交办", "交办", "交办了，期限从今天算起。", forms.AssignForm, template="opinions/_act_assign.html"),
    "sign": Spec("签收", "签收这件事", "签收了。", None, "签收后就由您单位办。期限从交办那天算，签收早晚都不变。"),
    "co_sign": Spec(
        "协办签收", "签收协办", "签收了。", None,
        "本单位是协办，签收的期限写在上面。主办单位另外签收，答复的期限不变。",
    ),
    "give_part": Spec("协办意见", "交给主办单位", "交给主办单位了。", forms_together.PartForm),
    "request_return": Spec(
        "申请退回", "申请退回这件事", "退回申请交上去了，等站点核。", forms.ReturnRequestForm, "", True,
    ),
    "grant_return": Spec("同意退回", "同意退回", "同意退回了，请重新找单位。", forms.GrantReturnForm),
    "refuse_return": Spec("不同意退回", "仍由它办", "仍由原单位办，期限不变。", forms.RefuseReturnForm),
    "report_progress": Spec("写进展", "写上进展", "进展写上了。", forms.ProgressForm),
    "request_extension": Spec(
        "申请延期", "申请延期", "申请交上去了，等交办的人定。", forms_together.ExtensionForm,
    ),
    "grant_extension": Spec(
        "同意延期", "同意延期", "同意了，新的日子已经告诉群众。", forms_together.GrantExtensionForm,
        template="opinions/_act_extension.html",
    ),
    "refuse_extension": Spec(
        "不同意延期", "不同意", "没有同意，期限不变。", forms_together.RefuseExtensionForm,
    ),
    "report_fulfilment": Spec("报告兑现", "报告办到了", "报上去了，等站点核实。", forms.FulfilmentForm),
    "reply": Spec("答复", "交给站点审核", "答复交上去了，站点先看一遍。", forms.ReplyForm),
    "approve_reply": Spec("审核", "审核通过，告诉群众", "审核通过，已经告诉群众。", forms.ApproveForm),
    "reject_reply": Spec("退回补充", "退回补充", "退回单位补充了。", forms.RejectForm),
    "feed_back": Spec(
        "告知", "记下：已告知", "记下了：已告知本人。", forms.ToldForm, "没有短信可发，请打电话或当面告诉本人。",
    ),
    "miss": Spec(
        "没找到人", "记下：没找到人", "记下了，改天再问。", forms.MissForm, "只记一笔，期限不变，群众看不到。",
    ),
    "rate": Spec("代记评价", "记下评价", "评价记下了。", forms.RateForm, "照群众说的原话记，页面上会标明是站点代记。"),
    "move_promise": Spec(
        "改承诺日期", "改日期", "日期改了，原因已经告诉群众。", forms_together.MovePromiseForm,
    ),
    "fulfil": Spec("确认兑现", "确认办到了", "确认兑现了，再请群众评一评。", forms.FindingForm),
    "look_back": Spec("回头看", "看过了，办结", "回头看记下了，这件事办结。", forms.FindingForm),
    "add_words": Spec("补充情况", "补充上去", "补充上去了。", forms.WordsForm),
    "explain": Spec("向群众说明", "写给群众看", "写上去了，群众看得到。", forms.ExplainForm),
    "press": Spec(
        "催办", "催一催", "催办了，单位和站点都收到了。", forms.PressForm, "期限不变。催过以后，这里会写哪天可以再催。",
    ),
    "visit": Spec("走访", "记下走访", "走访记下了。", forms.VisitForm),
    "take_back_accept": Spec("撤回受理", "撤回受理", _TAKEN_BACK, None, _MAY_TAKE_BACK),
    "take_back_decline": Spec("撤回不予受理", "撤回不予受理", _TAKEN_BACK, None, _MAY_TAKE_BACK),
    "take_back_assign": Spec("撤回交办", "撤回交办", _TAKEN_BACK, None, _MAY_TAKE_BACK),
    "take_back_merge": Spec("撤回并案", "撤回并案", _TAKEN_BACK, None, _MAY_TAKE_BACK),
    "reopen": Spec("重新办", "重新办这件事", "重新交办了。", forms.ReopenForm, "期限从今天重新算。", True),
}  # fmt: skip
FRONT: Mapping[str, tuple[str, ...]] = {
    State.SUBMITTED: ("accept",),
    State.ACCEPTED: ("assign",),
    State.ASSIGNED: ("sign", "co_sign"),
    State.RETURN_REQUESTED: ("grant_return", "refuse_return"),
    State.HANDLING: ("reply", "grant_extension", "refuse_extension", "co_sign", "give_part", "report_progress"),
    State.REPLIED: ("approve_reply", "reject_reply"),
    State.FED_BACK: ("feed_back", "rate"),
    State.TRACKING: ("look_back", "fulfil", "report_fulfilment"),
}


def fitting(verbs: list[str], opinion: Any, running: set[str], may_return: bool, may_undo: str = "") -> list[str]:
    """Drop verbs that table and rules allow but the matter's course does not: they would only be refused.

    `may_undo` is the one verb by which the last step can be taken back.
    """
    unfit = {"withdraw", "close_unrated"} | {verb for verb in verbs if verb.startswith("take_back_")} - {may_undo}
    if opinion.told_at is not None:
        unfit.add("feed_back")
    if Step.LOOK_BACK not in running:
        unfit.add("look_back")
    if Step.PROMISE not in running:
        unfit |= {"fulfil", "report_fulfilment"}
    if not may_return:
        unfit.add("request_return")
    if opinion.needs_county:
        unfit.add("refer")
    return [verb for verb in verbs if verb in SPECS and verb not in unfit]


def split(verbs: list[str], state: str, wanted: str = "") -> tuple[list[str], list[str]]:
    """Return the verbs in front and the folded ones; in front stands at most one state's own work.

    `wanted` is the verb that a link asked for. Whoever has no work of the state explains, if he may.
    """
    front = [verb for verb in FRONT.get(state, ()) if verb in verbs] or [verb for verb in verbs if verb == "explain"]
    if wanted in verbs and wanted not in front:
        return [wanted], [verb for verb in verbs if verb != wanted]
    if state == State.HANDLING and front:
        front = front[:2] if front[0] == "grant_extension" else front[:1]
    return front, [verb for verb in verbs if verb not in front]


WAITING: Mapping[str, str] = {
    State.SUBMITTED: "等站点受理。",
    State.ACCEPTED: "等站点交给单位办。",
    State.ASSIGNED: "等单位签收。",
    State.RETURN_REQUESTED: "单位申请退回，等交办的人核。",
    State.HANDLING: "单位正在办。",
    State.REPLIED: "单位答复了，等站点审核。",
    State.FED_BACK: "已经告诉群众，等评价。",
    State.TRACKING: "答应的事还没办完，站点盯着。",
    State.CLOSED: "这件事办结了。",
    State.DECLINED: "这件事没有受理。",
    State.MERGED: "这件事并到另一件里一起办。",
    State.WITHDRAWN: "群众自己撤回了。",
}


def waiting_for(opinion: Any) -> str:
    """Say in one sentence whom the matter waits for, by his name where it is known."""
    unit = opinion.lead_unit.short_name if opinion.lead_unit else "单位"
    if opinion.state == State.ACCEPTED and opinion.needs_county:
        return "等县里交办。"
    if opinion.state == State.TRACKING and opinion.round >= 2 and opinion.satisfaction == "DISSATISFIED":
        return "群众两次不满意，等站点回头看。"
    return WAITING[opinion.state].replace("单位", unit, 1) if opinion.state in WITH_UNIT else WAITING[opinion.state]
