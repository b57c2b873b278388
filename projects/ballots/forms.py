"""What is typed into a ballot: a new one, papers to print, a paper read, what is left out, the end."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet

from core.forms import PlainForm
from opinions.forms import DeskForm, words
from projects.ballots import preparing
from projects.ballots.models import FEWEST, MOST, Ballot
from projects.models import ProjectIdea


class NewForm(DeskForm):
    """开始票决: which projects, how many of them at most, how many representatives there are."""

    shown_as = {"ideas": "choices"}

    title = forms.CharField(label="名称", max_length=preparing.TITLE)
    ideas = forms.TypedMultipleChoiceField(
        label="哪几件", coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选要票决的项目。"},
    )  # fmt: skip
    places = forms.IntegerField(
        label="选几件", min_value=1, max_value=preparing.MOST_ITEMS, help_text="每张票最多勾几件，也最多通过几件。"
    )
    eligible = forms.IntegerField(
        label="应到代表几人", min_value=FEWEST, max_value=MOST, help_text="赞成要过应到人数的一半才通过。"
    )

    def __init__(self, *args: Any, ideas: "QuerySet[ProjectIdea]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(ideas)
        field = self.fields["ideas"]
        field.choices = [(row.pk, row.named) for row in rows]  # type: ignore[attr-defined]
        field.hints = {row.pk: f"{row.year} 年，{row.region.short_name}" for row in rows}  # type: ignore[attr-defined]


class PrintForm(DeskForm):
    """印票: how many, and whether the unused ones are worth nothing from now on."""

    number = forms.IntegerField(label="印几张", min_value=1, max_value=MOST)
    renew = forms.BooleanField(label="没用过的旧票全部作废，重新印", required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)  # one page, one batch


class TicksForm(PlainForm):
    """The ticks of one paper or telephone."""

    ticks = forms.TypedMultipleChoiceField(
        label="赞成哪几件", coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = ballot.items.select_related("idea")
        self.fields["ticks"].choices = [(item.pk, item.idea.title) for item in items]  # type: ignore[attr-defined]


class PaperForm(TicksForm):
    """登记纸票: the code on the paper, its ticks, and whether it is spoiled."""

    code = forms.CharField(label="票上的码", max_length=40, error_messages={"required": "请写票上的码。"})
    is_spoiled = forms.BooleanField(label="废票（涂改、认不清）", required=False)


class DiscardForm(DeskForm):
    """不计没对上的: why."""

    reason = words("为什么不计", rows=2, most=preparing.REASON, help_text="记入审计。比如：纸破了，两个人都认不清。")


class CloseForm(DeskForm):
    """公布票决结果: how many papers never went out."""

    left = forms.IntegerField(
        label="没发出去的票有几张", min_value=0, initial=0, help_text="印了没发的，数一数，好算发出几张。"
    )


class CancelForm(DeskForm):
    """取消票决: why."""

    reason = words("为什么取消", rows=2, most=preparing.REASON, help_text="大家看得到。")
