"""The input of the service posts: one form for each post, short enough to be filled in while the visitor sits there."""

import uuid
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BoundField

from core.forms import speak_plainly
from core.text import clean_phone
from core.widgets import PlainSelect
from opinions.forms import DeskForm, day_field, words
from opinions.forms_walkin import WalkInForm
from opinions.posts.models import Kind
from opinions.posts.states import FollowUp, Referral, Result
from opinions.posts.workflow import MOST_PEOPLE, Facts
from stations.models import Region, Representative, Station


class PersonRow(NamedTuple):
    """One person's line in the form."""

    number: int
    name: BoundField
    phone: BoundField


class RecordForm(DeskForm):
    """What all posts ask: where, when, who served. `own` names the fields of the post, in their order."""

    own: tuple[str, ...] = ("subject", "answer")
    people_most = 0

    station = forms.ModelChoiceField(Station.objects.none(), label="哪个站点", empty_label=None, widget=PlainSelect)
    representative = forms.ModelChoiceField(
        Representative.objects.none(), label="在岗代表", required=False, empty_label="没有代表在场",
        widget=PlainSelect,
    )  # fmt: skip
    day = day_field("哪天")
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(
        self, *args: Any, stations: "QuerySet[Station]", people: "QuerySet[Representative]", for_himself: bool,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]
        person = self.fields["representative"]
        person.queryset = people  # type: ignore[attr-defined]
        self.fields["day"].required = True
        if for_himself:
            person.required, person.empty_label = True, None  # type: ignore[attr-defined]
        for number in range(1, self.people_most + 1):
            self._add_person(number)

    def _add_person(self, number: int) -> None:
        name = forms.CharField(label=f"第 {number} 位怎么称呼", max_length=40, required=False)
        phone = forms.CharField(label=f"第 {number} 位电话", max_length=30, required=False)
        name.widget.attrs |= {
            "class": "input",
            "autocomplete": "off",
            "aria-label": name.label,
            "placeholder": "怎么称呼",
        }
        phone.widget.attrs |= {"class": "input", "autocomplete": "off", "inputmode": "tel", "aria-label": phone.label}
        phone.widget.attrs["placeholder"] = "电话，可不填"
        for field in (name, phone):
            field.shown_as = "text"  # type: ignore[attr-defined]
        speak_plainly({"name": name, "phone": phone})
        self.fields |= {f"name{number}": name, f"phone{number}": phone}

    @property
    def main(self) -> list[BoundField]:
        """The fields of the post."""
        return [self[name] for name in self.own]

    @property
    def people_rows(self) -> list[PersonRow]:
        """The lines for people; those after the second are folded away."""
        numbers = range(1, self.people_most + 1)
        return [PersonRow(number, self[f"name{number}"], self[f"phone{number}"]) for number in numbers]

    @property
    def folded_open(self) -> bool:
        """Whether something was typed in a folded line."""
        return any(row.name.value() or row.phone.value() for row in self.people_rows[2:])

    def clean(self) -> dict[str, Any]:
        """Bring the telephones into one shape, each refused beside its field."""
        cleaned = super().clean() or self.cleaned_data
        for number in range(1, self.people_most + 1):
            try:
                cleaned[f"phone{number}"] = clean_phone(cleaned.get(f"phone{number}") or "")
            except ValueError as error:
                self.add_error(f"phone{number}", ValidationError(str(error)))
        return cleaned

    def facts(self) -> Facts:
        """What was told, for the verb."""
        cleaned = self.cleaned_data
        numbers = range(1, self.people_most + 1)
        people = [(cleaned[f"name{number}"], cleaned[f"phone{number}"]) for number in numbers]
        own = {name: cleaned[name] for name in self.own if cleaned[name] is not None}
        return Facts(day=cleaned["day"], representative=cleaned["representative"], people=people, **own)


class InformationForm(RecordForm):
    """信息服务岗: what was asked, what was said, which forms were filled in for him."""

    own = ("subject", "answer", "forms_filled", "form_names")

    subject = words("问了什么", rows=2, most=500, help_text="一句话就行，不写名字和电话。")
    answer = words("怎么答的", rows=2, most=1000, required=False)
    forms_filled = forms.IntegerField(label="帮他填了几张表", min_value=0, max_value=50, required=False)
    form_names = forms.CharField(label="哪几张表", max_length=200, required=False)


class MediationForm(RecordForm):
    """矛盾化解岗: who with whom, what about, agreed or not, when somebody asks again."""

    own = ("subject", "result", "answer", "follow_up_on")
    people_most = MOST_PEOPLE

    subject = words("为了什么事", rows=2, most=500, help_text="一句话就行。名字和电话写在上面，不写在这里。")
    result = forms.ChoiceField(label="谈拢了没有", choices=Result.choices, widget=forms.RadioSelect)
    answer = words("说定了什么", rows=2, most=1000, required=False, help_text="谈拢了要写；没谈拢写卡在哪里。")
    follow_up_on = day_field("哪天回访一声")


class LegalForm(RecordForm):
    """法律服务岗: the question, who answered, what was said, where he was sent on."""

    own = ("subject", "answer", "answered_by", "referral", "referred_to")

    subject = words("问的什么法律问题", rows=2, most=500, help_text="一句话就行，不写名字和案号。")
    answer = words("怎么答的", rows=2, most=1000, required=False)
    answered_by = forms.CharField(
        label="哪位律师答的", max_length=40, required=False, help_text="在岗代表自己答的，不用填。"
    )
    referral = forms.ChoiceField(
        label="让他再去哪里", choices=[("", "不用再去"), *Referral.choices], required=False, widget=PlainSelect
    )
    referred_to = forms.CharField(
        label="具体去哪里", max_length=100, required=False, help_text="比如窗口、地址、带什么去。"
    )


class ProjectForm(RecordForm):
    """民生项目征集岗: the idea, where, whom it helps, and whether he wants to hear of it."""

    own = ("subject", "region", "place", "beneficiaries", "wants_word")
    people_most = 1

    subject = words("想办什么事", rows=3, most=500, help_text="一两句话：想建什么、修什么、为什么。")
    region = forms.ModelChoiceField(
        Region.objects.none(), label="哪个村、社区", required=False, empty_label="不说哪个村", widget=PlainSelect
    )
    place = forms.CharField(label="具体在哪里", max_length=100, required=False)
    beneficiaries = forms.CharField(
        label="谁能受益", max_length=100, required=False, help_text="比如 东街二百来户、上下学的孩子。"
    )
    wants_word = forms.BooleanField(label="有了结果告诉他（要留电话）", required=False)

    def __init__(self, *args: Any, regions: "QuerySet[Region]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]


FORMS: dict[Kind, type[RecordForm]] = {
    Kind.INFORMATION: InformationForm,
    Kind.MEDIATION: MediationForm,
    Kind.LEGAL: LegalForm,
    Kind.PROJECT: ProjectForm,
}


class FollowUpForm(DeskForm):
    """How it went on since they agreed."""

    found = forms.ChoiceField(label="现在怎么样", choices=FollowUp.choices, widget=forms.RadioSelect)
    note = words("他们怎么说", rows=2, most=300, required=False, help_text="不写名字和电话。")
    again_on = day_field("再过些日子还要问一次")


class ReasonForm(DeskForm):
    """Why something is done that cannot be taken back."""

    reason = forms.CharField(label="为什么", min_length=2, max_length=100)


class TurnForm(WalkInForm):
    """登记来访, filled in from a record; in whose name is chosen among the people in it, who stay masked."""

    who = forms.ChoiceField(label="用谁的名字", required=False, widget=PlainSelect)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", "不带名字和电话"), *people]  # type: ignore[attr-defined]
