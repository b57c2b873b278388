"""The two forms of 民情收集簿: a photographed page, and one line of it."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from opinions.book_models import MOST_LINES, BookPage
from opinions.books import book_name
from opinions.forms import DeskForm, day_field
from opinions.forms_walkin import WalkInForm
from opinions.photos_field import PhotosField
from opinions.states import Channel
from stations.models import Station

BY_SELF, BY_SCRIBE = "self", "scribe"
WHO_WROTE = ((BY_SELF, "本人写的"), (BY_SCRIBE, "别人代录"))
_FIRST_YEAR = 2000


class PageForm(DeskForm):
    """A page of a station's book with its photo."""

    station = forms.ModelChoiceField(Station.objects.none(), label="哪个站点的簿", empty_label=None)
    book = forms.CharField(label="第几簿", max_length=20, help_text="封面上的编号，比如 3 或者 2026-1")
    page = forms.IntegerField(label="第几页", min_value=1, max_value=999)
    photos = PhotosField(
        label="这一页的照片",
        required=True,
        help_text="放平了拍，字看得清就行；一页拍不下可以拍两张",
        error_messages={"required": "请先拍这一页，或者选一张照片。"},
    )

    def __init__(self, *args: Any, stations: "QuerySet[Station]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]
        self.fields["page"].widget.attrs.update({"min": 1, "max": 999, "inputmode": "numeric"})

    def clean_book(self) -> str:
        """Return the number as it is kept."""
        name = book_name(self.cleaned_data["book"])
        if not name:
            raise forms.ValidationError("请写这是第几簿。")
        return name


class MorePhotosForm(DeskForm):
    """Another photo of the same page."""

    photos = PhotosField(label="再添一张照片", required=True, error_messages={"required": "请先选一张照片。"})


class LineForm(WalkInForm):
    """One line: a visit whose station and channel are the page's, with its place on paper and its day."""

    line = forms.IntegerField(label="第几行", min_value=1, max_value=MOST_LINES)
    written_on = day_field("哪天写的")
    writer = forms.ChoiceField(label="谁写的", choices=WHO_WROTE, widget=forms.RadioSelect, initial=BY_SELF)
    scribe = forms.CharField(label="代录的人", max_length=40, required=False)

    def __init__(self, *args: Any, page: BookPage, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.today = page, today
        for name in ("channel", "station", "photos"):
            del self.fields[name]
        self.fields["line"].widget.attrs.update({"min": 1, "max": MOST_LINES, "inputmode": "numeric"})
        self.fields["written_on"].widget.attrs["max"] = today.isoformat()
        self.fields["name"].widget.attrs["placeholder"] = "簿上写的名字"
        self.fields["scribe"].widget.attrs.update({"placeholder": "谁代他写的", "aria-label": "代录的人"})

    def clean_written_on(self) -> date | None:
        """Refuse a day to come, and one that can only be a slip."""
        day: date | None = self.cleaned_data["written_on"]
        if day is not None and day > self.today:
            raise forms.ValidationError("这一天还没到，请看看簿上写的是哪天。")
        if day is not None and day.year < _FIRST_YEAR:
            raise forms.ValidationError("年份写得太早了，请看看簿上写的是哪天。")
        return day

    def clean(self) -> dict[str, Any]:
        """Fill in what the page says, then check as at the counter."""
        self.cleaned_data |= {"station": self.page.station, "channel": Channel.BOOK, "photos": []}
        cleaned = super().clean()
        if cleaned.get("writer") != BY_SCRIBE:
            cleaned["scribe"] = ""
        elif not (cleaned.get("scribe") or "").strip():
            self.add_error("scribe", "请写是谁代录的，或者选“本人写的”。")
        return cleaned
