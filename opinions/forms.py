"""The input of the desk's verbs. Choices and lengths are checked here, meaning by the verb; no form writes a row."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from core.forms import PlainForm
from opinions.photos_field import PhotosField
from opinions.states import Kind, Outcome, Satisfaction, Solved
from stations.models import Category, Unit

OUTCOME_HINTS = {
    "A": "办好了。群众看结果、评满意不满意，说满意就办结。",
    "B": "动手了，还没办完。要写哪天办好；到那天站点去核实，没办到要督办。",
    "C": "还没动手，排进了计划。要写承诺的日子；到那天站点去核实，没办到要督办。",
    "D": "眼下办不到。不写日子，答复里要说清为什么、群众现在能怎么办。",
}
OTHER = "other"


class DeskForm(PlainForm):
    """A form drawn by `opinions/_form.html`: every widget carries the look's class and says how it is shown."""

    shown_as: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.shown_as = self.shown_as.get(name, _usual_look(field))  # type: ignore[attr-defined]
            if field.shown_as in ("text", "photos"):  # type: ignore[attr-defined]
                field.widget.attrs.setdefault("class", "input")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was typed, as label and text, to be shown when the form itself no longer fits the matter."""
        typed = [
            (str(field.label), str(self.data.get(name, "")).strip())
            for name, field in self.fields.items()
            if type(field) is forms.CharField
        ]
        return [(label, text) for label, text in typed if text]


def _usual_look(field: forms.Field) -> str:
    if isinstance(field, PhotosField):
        return "photos"
    if isinstance(field, forms.BooleanField):
        return "tick"
    return "seg" if isinstance(field.widget, forms.RadioSelect) else "text"


def words(
    label: str, *, rows: int = 3, most: int = 2000, help_text: str = "", required: bool = True
) -> forms.CharField:
    """Return a field for a few sentences."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=area, max_length=most, help_text=help_text, required=required)


def day_field(label: str) -> forms.DateField:
    """Return an optional date with the browser's own calendar."""
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=picker, required=False)


class AcceptForm(DeskForm):
    """受理: where the matter belongs, what it is called in public."""

    category = forms.ModelChoiceField(Category.objects.none(), label="归入哪一类", empty_label="请选")
    kind = forms.ChoiceField(label="缓急", choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.ORDINARY)
    title = forms.CharField(label="标题", max_length=80, help_text="公示栏上显示的就是它，不要写人名、电话、门牌。")
    is_public = forms.BooleanField(label="办理进度公示出来", required=False, initial=True)

    def __init__(self, *args: Any, categories: "QuerySet[Category] | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        field.queryset = Category.objects.all() if categories is None else categories  # type: ignore[attr-defined]
        field.label_from_instance = lambda category: category.path  # type: ignore[attr-defined]


class DeclineForm(DeskForm):
    """不予受理: the reason and the place to go, both shown to the resident."""

    reason = words("为什么不受理", help_text="群众看得到。诉讼、复议、仲裁的事不受理。")
    where_to_go = forms.CharField(label="该去哪里", max_length=200, help_text="写明单位、地址或电话，群众看得到。")


class AnswerForm(DeskForm):
    """An answer with its outcome class; B and C carry a promised date (the verb checks it)."""

    shown_as = {"outcome": "choices"}

    body = words("答复", rows=5, help_text="群众会看到。说清办了什么、结果怎样、还要等多久。")
    outcome = forms.ChoiceField(label="办得怎么样", choices=Outcome.choices, widget=forms.RadioSelect)
    promised_on = day_field("承诺日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].hints = OUTCOME_HINTS  # type: ignore[attr-defined]
        self.fields["promised_on"].help_text = "“正在解决”和“列入计划”要写。"


class ReplyForm(AnswerForm):
    """答复 by the unit, with photos of the result."""

    photos = PhotosField()


class ReferForm(DeskForm):
    """提请县里交办."""

    reason = words("为什么要县里交办", help_text="比如：要几个单位一起办，或者乡镇找不到承办单位。")


class AssignForm(DeskForm):
    """交办: one of the suggested units or another one, what to do, and the kind that sets the days."""

    shown_as = {"lead": "choices", "kind": "kinds"}

    lead = forms.ChoiceField(label="主办单位", widget=forms.RadioSelect)
    other_lead = forms.ModelChoiceField(Unit.objects.none(), label="别的单位", required=False, empty_label="请选单位")
    co_units = forms.ModelMultipleChoiceField(Unit.objects.none(), label="协办单位", required=False)
    demand = words("请办什么", help_text="写清要单位办到什么程度，不要写群众的姓名和电话。")
    kind = forms.ChoiceField(label="哪一类", choices=Kind.choices, widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        suggested: Sequence[tuple[Unit, str]] = (),
        units: "QuerySet[Unit] | None" = None,
        may_join: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        pool = Unit.objects.filter(is_active=True) if units is None else units
        lead = self.fields["lead"]
        lead.choices = [(str(unit.pk), unit.short_name) for unit, _why in suggested]  # type: ignore[attr-defined]
        lead.choices += [(OTHER, "别的单位")]  # type: ignore[attr-defined]
        lead.hints = {str(unit.pk): why for unit, why in suggested} | {OTHER: "在下面的单子里选"}  # type: ignore[attr-defined]
        lead.initial = str(suggested[0][0].pk) if suggested else OTHER
        self._suggested = {str(unit.pk): unit for unit, _why in suggested}
        for name in ("other_lead", "co_units"):
            self.fields[name].queryset = pool  # type: ignore[attr-defined]
            self.fields[name].label_from_instance = lambda unit: unit.short_name  # type: ignore[attr-defined]
        if not may_join:
            del self.fields["co_units"]

    def clean(self) -> dict[str, Any]:
        """Put the chosen unit, suggested or other, into `unit`."""
        cleaned = super().clean() or self.cleaned_data
        choice = cleaned.get("lead")
        cleaned["unit"] = self._suggested.get(choice or "") or cleaned.get("other_lead")
        if choice == OTHER and cleaned["unit"] is None and "other_lead" not in self.errors:
            self.add_error("other_lead", "请选一个单位。")
        return cleaned


class ReturnRequestForm(DeskForm):
    """申请退回: the rule it rests on."""

    legal_basis = words("依据哪条规定不归本单位办", help_text="只能申请一次，站点核过才算数。")


class GrantReturnForm(DeskForm):
    """同意退回, with an optional note for colleagues."""

    note = words("给同事留一句", rows=2, required=False)


class RefuseReturnForm(DeskForm):
    """不同意退回: why it stays with the unit; the old date stands."""

    reason = words("为什么还归它办", rows=2, help_text="原来的期限不变。")


class ProgressForm(DeskForm):
    """写进展: for the resident, or for staff only."""

    note = words("办到哪一步了", help_text="一两句话就行。")
    is_public = forms.BooleanField(label="群众也能看到", required=False, initial=True)
    photos = PhotosField()


def spoken(label: str, help_text: str) -> forms.CharField:
    """Return a large field for a telephone: the keyboard's own microphone writes into it."""
    area = forms.Textarea(attrs={"rows": 6, "class": "input spoken"})
    return forms.CharField(label=label, widget=area, max_length=2000, help_text=help_text)


class ExplainForm(DeskForm):
    """A representative's explanation to the resident; always public."""

    note = spoken("您想跟群众说什么", "点一下框，再点键盘上的话筒，说出来就行。群众看得到，署您的名字。")
    photos = PhotosField()


class PressForm(DeskForm):
    """催办: nothing has to be said; whoever presses may say why."""

    note = words("想说的话", rows=2, most=300, required=False, help_text="比如：学校快开学了，灯还没亮。")
    is_public = forms.BooleanField(label="群众也能看到有人催办", required=False, initial=True)


class VisitForm(DeskForm):
    """走访: what was seen on the spot; no person is named here."""

    note = spoken("去看了，看到什么", "点一下框，再点键盘上的话筒，说出来就行。不写人名和电话。")
    photos = PhotosField()
    is_public = forms.BooleanField(label="群众也能看到", required=False, initial=True)


class FulfilmentForm(DeskForm):
    """报告兑现: what was done of the promise."""

    note = words("答应的事办到了什么")
    photos = PhotosField()


class ApproveForm(DeskForm):
    """审核通过, with an optional note for colleagues."""

    note = words("给同事留一句", rows=2, required=False)


class RejectForm(DeskForm):
    """退回补充: what is missing; the old date stands."""

    missing = words("还缺什么", rows=2, help_text="写给单位看。原来的期限不变。")


class ToldForm(DeskForm):
    """告知 by telephone or in person."""

    shown_as = {"how": "seg"}
    HOW = (("打电话", "打电话"), ("上门", "上门"), ("当面", "当面"))

    how = forms.ChoiceField(label="怎么告诉的", choices=HOW, widget=forms.RadioSelect, initial="打电话")


class MissForm(DeskForm):
    """没找到人: when to try again, if he knows."""

    note = words("再约什么时候", rows=2, most=300, required=False)


class RateForm(DeskForm):
    """代评: what the resident said on the telephone; two questions, attitude apart."""

    solved = forms.ChoiceField(label="问题解决了吗", choices=Solved.choices, widget=forms.RadioSelect)
    satisfaction = forms.ChoiceField(label="满意吗", choices=Satisfaction.choices, widget=forms.RadioSelect)
    comment = words("还说了什么", rows=2, most=500, required=False)


class FindingForm(DeskForm):
    """What was seen on the spot or heard on the telephone: 确认兑现, 回头看."""

    finding = words("看到什么、听到什么", help_text="群众看得到。")


class WordsForm(DeskForm):
    """补充情况 on the resident's behalf."""

    words = words("群众补充了什么", most=5000)
    photos = PhotosField()


class ReopenForm(DeskForm):
    """重新办: county staff, with a reason, to its unit or another."""

    reason = words("为什么要重新办", help_text="写进办理记录，单位看得到。")
    lead = forms.ModelChoiceField(
        Unit.objects.none(), label="换一个单位", required=False, empty_label="还交给原来的单位"
    )

    def __init__(self, *args: Any, units: "QuerySet[Unit] | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lead"]
        field.queryset = Unit.objects.filter(is_active=True) if units is None else units  # type: ignore[attr-defined]
        field.label_from_instance = lambda unit: unit.short_name  # type: ignore[attr-defined]


class RevealForm(DeskForm):
    """看电话: the reason goes into the audit log."""

    reason = forms.CharField(
        label="为什么要看",
        min_length=2,
        max_length=100,
        help_text="记入审计，群众也会看到哪个单位看过。比如：回电核实地点。",
    )


def promise_of(cleaned: dict[str, Any]) -> date | None:
    """Return the promised date only where the outcome has one, so that a left-over date does no harm."""
    return cleaned.get("promised_on") if cleaned.get("outcome") in ("B", "C") else None
