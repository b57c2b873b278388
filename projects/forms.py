"""The forms of the projects, for residents and at the desk. Meaning is checked by the verbs; no form writes a row."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from core.codes import normalise
from core.forms import PlainForm
from opinions.forms import DeskForm, words
from opinions.photos_field import PhotosField
from opinions.public_forms import SenderForm, WordsField, key_from, one_shape
from projects.models import Campaign, ProjectIdea
from projects.states import BY_STAFF, Source
from projects.workflow import campaigns, pooling
from stations.models import Category, Region, Station


class ProposeForm(SenderForm):
    """我要提一件: what should be built or mended, in which town, and how the proposer can be told."""

    field_order = ("body", "region", "location", "photos", "name", "phone", "consent")  # as on the page

    region = forms.ChoiceField(label="哪个乡镇、街道", error_messages={"required": "请选一个乡镇、街道，或者选全县。"})

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = "想办什么"
        self.fields["region"].choices = [("", "请选"), *places]  # type: ignore[attr-defined]

    def clean_body(self) -> str:
        """Ask for a wish in the words of this page; the rest is as with a message."""
        if not self.cleaned_data["body"].strip():
            raise forms.ValidationError("还没写想办什么。写一两句就行：办什么、在哪里。")
        return super().clean_body()


class DeskIdeaForm(DeskForm):
    """An idea that somebody told a colleague, or that a representative has himself."""

    source = forms.ChoiceField(
        label="从哪来",
        choices=[(one.value, one.label) for one in Source if one in BY_STAFF],
        widget=forms.RadioSelect,
        initial=Source.PAPER,
    )
    body = words("想办什么", rows=5, most=5000, help_text="照原话记：办什么、在哪里、为什么要办。")
    region = forms.ModelChoiceField(Region.objects.none(), label="哪个地方", empty_label="请选")
    location = forms.CharField(label="具体在哪里", max_length=200, required=False)
    name = forms.CharField(label="提议人怎么称呼", max_length=40, required=False)
    phone = forms.CharField(label="电话", max_length=60, required=False, help_text="有了进展，用短信告诉他。")
    photos = PhotosField()
    client_key = WordsField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: "QuerySet[Region]", is_own: bool = False, **kwargs: Any) -> None:
        """`is_own`: a representative's own idea, or one from a matter; nobody else's name stands beside it."""
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = places  # type: ignore[attr-defined]
        if is_own:
            for name in ("source", "name", "phone"):
                del self.fields[name]

    def clean_phone(self) -> str:
        """Bring the number into one shape, or say what is wrong with it."""
        return one_shape(self.cleaned_data["phone"])

    def clean_client_key(self) -> UUID:
        """A key that no page of ours made counts as none."""
        return key_from(self.cleaned_data["client_key"])


class PoolForm(DeskForm):
    """入库: the words that everybody reads. What the proposer wrote stays inside."""

    title = forms.CharField(
        label="公开的标题", max_length=pooling.TITLE, help_text="大家看到的就是它，不要写人名、电话、门牌。"
    )
    summary = words(
        "公开的说明", rows=4, most=pooling.SUMMARY, help_text="两三句：办什么、在哪里、谁受益。不照抄原话。"
    )
    category = forms.ModelChoiceField(Category.objects.none(), label="归入哪一类", empty_label="请选")

    def __init__(self, *args: Any, categories: "QuerySet[Category]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]
        self.fields["category"].label_from_instance = lambda category: category.path  # type: ignore[attr-defined]


class ShelveForm(DeskForm):
    """暂缓: why, for the proposer to read."""

    reason = words("为什么暂缓", most=pooling.REASON, help_text="提议的人看得到；入过库的，大家也看得到。")


class MergeForm(DeskForm):
    """归并: one of the similar ideas, or another one by its receipt."""

    shown_as = {"lead": "choices"}

    lead = forms.ChoiceField(label="归到哪一件", widget=forms.RadioSelect, required=False)
    receipt = forms.CharField(label="或者写那一件的回执码", max_length=20, required=False)

    def __init__(self, *args: Any, leads: list[ProjectIdea], seen: "QuerySet[ProjectIdea]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seen = seen
        field = self.fields["lead"]
        field.choices = [(str(row.pk), row.named) for row in leads]  # type: ignore[attr-defined]
        field.hints = {str(row.pk): f"{row.region.short_name}，{row.get_state_display()}" for row in leads}  # type: ignore[attr-defined]
        if not leads:
            del self.fields["lead"]

    def clean(self) -> dict[str, Any]:
        """Put the chosen idea's number into `lead_id`; what is out of sight is not found."""
        cleaned = super().clean() or self.cleaned_data
        typed = normalise(cleaned.get("receipt") or "")
        if typed:
            cleaned["lead_id"] = self._seen.filter(receipt=typed).values_list("pk", flat=True).first()
        else:
            cleaned["lead_id"] = int(cleaned["lead"]) if cleaned.get("lead") else None
        if cleaned["lead_id"] is None and not self.errors:
            self.add_error("receipt", "没有找到这个回执码。" if typed else "请选一件，或者写它的回执码。")
        return cleaned


class UnmergeForm(DeskForm):
    """拆开: why they are not the same."""

    reason = words("为什么拆开", rows=2, most=300, help_text="只有同事看得到。")


class RevealForm(DeskForm):
    """看电话: the reason goes into the audit log."""

    reason = forms.CharField(
        label="为什么要看", min_length=2, max_length=100, help_text="记入审计。比如：回电问清地点。"
    )


class CampaignForm(DeskForm):
    """民生实事大家谈: for which year, from when to when, and what the people are told."""

    year = forms.IntegerField(label="为哪一年征集", min_value=2000, max_value=2100)
    title = forms.CharField(label="名称", max_length=campaigns.TITLE)
    words = words("写给群众的话", rows=4, most=campaigns.WORDS, help_text="说清什么样的事可以提、提了以后怎么定。")
    opens_on = forms.DateField(label="从哪天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    closes_on = forms.DateField(label="到哪天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    region = forms.ModelChoiceField(Region.objects.none(), label="哪个县", empty_label=None)

    def __init__(
        self, *args: Any, counties: "QuerySet[Region]", campaign: Campaign | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = counties  # type: ignore[attr-defined]
        if campaign is not None or counties.count() == 1:
            del self.fields["region"]


class SheetForm(PlainForm):
    """Which station's paper sheet is printed."""

    station = forms.ModelChoiceField(Station.objects.none(), label="哪个站点", required=False)

    def __init__(self, *args: Any, stations: "QuerySet[Station]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]
        self.fields["station"].widget.attrs["class"] = "input"
