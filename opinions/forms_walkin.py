"""The form at the counter: what somebody says, where, and what becomes of it at once."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core.text import clean_phone
from opinions.forms import DeskForm, day_field, promise_of
from opinions.photos_field import PhotosField
from opinions.states import Channel, Kind, Outcome
from opinions.workflow.intake import MAX_BODY
from stations.models import Category, Region, Station, Unit

ON_SPOT, TO_UNIT, LATER, ONLY = "spot", "unit", "later", "only"
HOW = ((ON_SPOT, "当场答复"), (TO_UNIT, "转给单位办"), (LATER, "先受理，回头再定"))
CHANNELS = (
    (Channel.WINDOW, "窗口"),
    (Channel.PHONE, "电话"),
    (Channel.BOOK, "民情收集簿"),
    (Channel.VISIT, "走访"),
    (Channel.RECEPTION, "选民接待"),
)


class WalkInForm(DeskForm):
    """One visit. `how` is only offered to those who may accept; others record and the station goes on."""

    channel = forms.ChoiceField(label="从哪里来", choices=CHANNELS, widget=forms.RadioSelect, initial=Channel.WINDOW)
    station = forms.ModelChoiceField(Station.objects.none(), label="记在哪个站点", empty_label=None)
    name = forms.CharField(label="来访人", max_length=40, required=False)
    phone = forms.CharField(label="电话", max_length=30, required=False)
    body = forms.CharField(
        label="说了什么",
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "还没写说了什么。一两句就行：在哪里，怎么了。"},
    )
    region = forms.ModelChoiceField(
        Region.objects.none(), label="哪个村、社区", required=False, empty_label="不说哪个村"
    )
    location = forms.CharField(label="具体在哪里", max_length=200, required=False)
    photos = PhotosField()
    how = forms.ChoiceField(label="怎么办", choices=HOW, widget=forms.RadioSelect, initial=TO_UNIT)
    category = forms.ModelChoiceField(
        Category.objects.none(), label="类别", required=False, empty_label="按内容自动归类"
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label="交给谁", required=False, empty_label="这类事通常找的单位")
    demand = forms.CharField(label="请办什么", max_length=2000, required=False)
    kind = forms.ChoiceField(label="缓急", choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.ORDINARY)
    answer = forms.CharField(
        label="怎么答复的", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    outcome = forms.ChoiceField(
        label="办得怎么样", choices=Outcome.choices, widget=forms.RadioSelect, required=False, initial=Outcome.A
    )
    promised_on = day_field("承诺日期")
    hide_identity = forms.BooleanField(label="不向承办单位透露", required=False, initial=True)
    people = forms.IntegerField(label="几个人", min_value=1, max_value=1000, required=False, initial=1)
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(
        self,
        *args: Any,
        stations: "QuerySet[Station]",
        regions: "QuerySet[Region]",
        units: "QuerySet[Unit]",
        categories: "QuerySet[Category]",
        may_decide: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._label_widgets()
        for name, rows in {"station": stations, "region": regions, "unit": units, "category": categories}.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["unit"].label_from_instance = lambda unit: unit.short_name  # type: ignore[attr-defined]
        self.fields["category"].label_from_instance = lambda category: category.path  # type: ignore[attr-defined]
        if not may_decide:
            for name in ("how", "category", "unit", "demand", "kind", "answer", "outcome", "promised_on"):
                del self.fields[name]

    def _label_widgets(self) -> None:
        """Name the fields that stand in one line with another, and open the right keyboard on a phone."""
        attrs = {
            "name": {"placeholder": "怎么称呼", "autocomplete": "off"},
            "phone": {"placeholder": "电话", "aria-label": "电话", "inputmode": "tel", "autocomplete": "off"},
            "location": {"placeholder": "具体在哪里，比如 二巷 14 号门前", "aria-label": "具体在哪里"},
            "people": {"min": 1, "max": 1000, "aria-label": "几个人一起来的"},
            "photos": {"aria-label": "附照片"},
        }
        for name, extra in attrs.items():
            self.fields[name].widget.attrs.update(extra)

    def clean_phone(self) -> str:
        """Return the number as digits, or say how it should look."""
        try:
            return clean_phone(self.cleaned_data["phone"])
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Ask for the answer where one was given on the spot; people default to one."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["people"] = cleaned.get("people") or 1
        region, station = cleaned.get("region"), cleaned.get("station")
        if region and station and not region.pk.startswith(station.region_id):
            self.add_error("region", f"{region.short_name}不归{station.name}管，请换一个站点或村。")
        cleaned["how"] = cleaned.get("how") or ONLY
        if cleaned["how"] == ON_SPOT:
            if not (cleaned.get("answer") or "").strip():
                self.add_error("answer", "请写下当场怎么答复的。")
            cleaned["outcome"] = cleaned.get("outcome") or Outcome.A
            cleaned["promised_on"] = promise_of(cleaned)
        return cleaned
