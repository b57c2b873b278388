"""The input of the suggestion's verbs. Choices and lengths are checked here, meaning by the verb."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from opinions.forms import OUTCOME_HINTS, DeskForm, day_field, words
from opinions.states import Outcome, Satisfaction
from stations.models import Representative, Unit

LONG = 4000
_HOW = "代表本人是怎么说的"


def _how() -> forms.CharField:
    return forms.CharField(
        label=_HOW, max_length=100, required=False, help_text="您是替代表记的，比如“当面签了字”“打电话说的”。"
    )


class PaperForm(DeskForm):
    """The words of the paper. Only the title is needed to begin; the rest before it is handed in."""

    title = forms.CharField(label="标题", max_length=80, help_text="比如“关于修复东街片区路灯的建议”，不写群众的姓名。")
    why = words("案由", rows=4, most=LONG, required=False, help_text="为什么提：群众反映了什么，影响多少人。")
    analysis = words("分析", rows=5, most=LONG, required=False, help_text="问题出在哪里。")
    proposal = words("具体建议", rows=6, most=LONG, required=False, help_text="希望怎么办，一条一条写。")


class DraftForm(PaperForm):
    """起草: whose paper it is, its words, the matters it begins with."""

    field_order = ["author", "title", "why", "analysis", "proposal"]
    author = forms.ChoiceField(label="领衔代表", help_text="写进页面和文书里的是他。")

    def __init__(
        self, *args: Any, authors: Sequence[tuple[str, str]] = (), himself: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["author"]
        field.choices = list(authors)  # type: ignore[attr-defined]
        if himself and len(authors) == 1:
            field.required, field.widget = False, forms.HiddenInput()
            field.initial = authors[0][0]


class HimselfForm(DeskForm):
    """A form whose last field is asked only of the station that writes for the representative."""

    def __init__(self, *args: Any, himself: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if himself:
            self.fields.pop("how", None)


class SubmitForm(HimselfForm):
    """提交."""

    how = _how()


class WithdrawForm(HimselfForm):
    """撤回."""

    reason = words("为什么撤回", rows=2, help_text="联名的代表和县人大看得到。")
    how = _how()


class JudgeForm(HimselfForm):
    """The representative's opinion on the reply."""

    satisfaction = forms.ChoiceField(label="满意吗", choices=Satisfaction.choices, widget=forms.RadioSelect)
    comment = words("想说的话", rows=3, most=1000, required=False, help_text="不满意的要写哪里不满意，单位照着重新办。")
    how = _how()


class SendBackForm(DeskForm):
    """退回修改."""

    reason = words("要改什么", rows=3, help_text="写给代表看，改好可以再提交。")


class AssignForm(DeskForm):
    """交办."""

    shown_as = {"co_units": "ticks"}

    lead = forms.ModelChoiceField(Unit.objects.none(), label="主办单位", empty_label="请选单位")
    co_units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="协办单位", required=False, widget=forms.CheckboxSelectMultiple
    )
    demand = words("给单位的要求", rows=3, required=False, help_text="比如：办理前先和代表见一面。")

    def __init__(self, *args: Any, units: "QuerySet[Unit] | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead", "co_units"):
            field = self.fields[name]
            field.queryset = Unit.objects.filter(is_active=True) if units is None else units  # type: ignore[attr-defined]
            field.label_from_instance = lambda unit: unit.short_name  # type: ignore[attr-defined]


class ExtensionForm(DeskForm):
    """申请延期."""

    months = forms.TypedChoiceField(
        label="再要几个月", choices=[(1, "1 个月"), (2, "2 个月"), (3, "3 个月")], coerce=int, widget=forms.RadioSelect,
        initial=1, help_text="从现在的期限往后算；从第一次交办起最多六个月，到顶为止。",
    )  # fmt: skip
    reason = words("为什么要延期", rows=3, help_text="县人大和代表看得到。")


class GrantForm(DeskForm):
    """同意延期."""

    note = words("给单位留一句", rows=2, required=False)


class RefuseForm(DeskForm):
    """不同意延期."""

    reason = words("为什么不同意", rows=2, help_text="原来的期限不变。")


class ReplyForm(DeskForm):
    """答复: the unit's letter to the representative."""

    shown_as = {"outcome": "choices"}

    body = words("给代表的答复", rows=8, most=8000, help_text="会印在答复函里。说清办了什么、结果怎样、下一步。")
    outcome = forms.ChoiceField(label="办得怎么样", choices=Outcome.choices, widget=forms.RadioSelect)
    promised_on = day_field("承诺日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].hints = OUTCOME_HINTS  # type: ignore[attr-defined]
        self.fields["promised_on"].help_text = "“正在解决”和“列入计划”要写。"


class AnswerForm(DeskForm):
    """回复联名: the representative's own answer, or what he said as the station writes it down."""

    agrees = forms.TypedChoiceField(
        label="联名吗", choices=[("1", "同意联名"), ("0", "不联名")], coerce=lambda said: said == "1",
        widget=forms.RadioSelect,
    )  # fmt: skip
    cosigner = forms.IntegerField(widget=forms.HiddenInput)
    how = forms.CharField(label="他本人怎么说的", max_length=100, required=False)

    def __init__(self, *args: Any, himself: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if himself:
            self.fields.pop("how")


class InviteForm(DeskForm):
    """请人联名."""

    representative = forms.ModelChoiceField(Representative.objects.none(), label="请哪位代表", empty_label="请选代表")

    def __init__(self, *args: Any, people: "QuerySet[Representative] | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["representative"]
        field.queryset = Representative.objects.none() if people is None else people  # type: ignore[attr-defined]


class CosignerForm(DeskForm):
    """Names one co-signer."""

    cosigner = forms.IntegerField(widget=forms.HiddenInput)


class MatterForm(DeskForm):
    """Names one matter."""

    matter = forms.IntegerField(widget=forms.HiddenInput)


class MattersForm(DeskForm):
    """Names some matters, as ticked in a list."""

    matters = forms.TypedMultipleChoiceField(
        coerce=int, required=False, error_messages={"invalid_choice": "请从单子里选。"}
    )

    def __init__(self, *args: Any, offered: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matters"].choices = [(pk, pk) for pk in offered]  # type: ignore[attr-defined]
