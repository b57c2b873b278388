"""Forms of the stations' pages: facts, arrangement, people, codes, orders of prints."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms

from core.forms import PlainForm, PlainMixin
from core.text import clean_phone
from stations.models import EntryCode, Region, Representative, ServicePost, Station, Venue
from stations.prints.render import FORMATS, PRINTS
from stations.services import FACTS, may_be_contact

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[–—~-]\s*(\d{1,2}):(\d{2})")
_HOURS = "请写成 8:30–12:00 14:30–17:30 的样子，先早后晚。"


def _dress(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect):
            field.widget.attrs.setdefault("class", "input")


class StationForm(PlainMixin, forms.ModelForm):
    """What the station's page says, where its venues are and when its posts sit."""

    class Meta:
        model = Station
        fields = FACTS
        help_texts = {
            "opening_hours": "如 8:30–12:00 14:30–17:30。只写有人接待的时间，群众会按这个来。",
            "phone": "印在海报上，请打一遍确认。",
            "first_responsible": "乡镇（街道）党（工）委书记。",
            "contact": "新来的留言先由他负责到底；他停用了，就由站里别的工作人员接。",
            "is_active": "停用以后群众看不到这个站点，码也不再起作用。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = may_be_contact(self.instance)
        self.fields["contact"].empty_label = "不指定，由站里的工作人员接"
        self.fields["contact"].label_from_instance = lambda user: user.label
        venues = {row.kind: row.place or "在站内" for row in self.instance.venues.all()}
        for kind, label in Venue.Kind.choices:
            self.fields[f"venue_{kind}"] = forms.CharField(
                label=label, required=False, max_length=60, initial=venues.get(kind, "")
            )
        posts = {row.kind: row for row in self.instance.posts.all()}
        for kind, label in ServicePost.Kind.choices:
            post = posts.get(kind)
            self.fields[f"post_{kind}"] = forms.BooleanField(
                label=f"{label}岗", required=False, initial=post is not None and post.is_active
            )
            self.fields[f"hours_{kind}"] = forms.CharField(
                label=f"{label}岗的时间", required=False, max_length=80, initial=post.hours if post else ""
            )
        _dress(self)

    def clean_phone(self) -> str:
        """Keep the number as typed, once it is one."""
        typed = self.cleaned_data["phone"].strip()
        try:
            clean_phone(typed)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return typed

    def clean_opening_hours(self) -> str:
        """Spans of the day, each ending after it begins and none before the one in front of it."""
        typed = self.cleaned_data["opening_hours"].strip()
        minutes = [int(n) for span in _SPAN.findall(typed) for n in (int(span[0]) * 60 + int(span[1]),
                                                                     int(span[2]) * 60 + int(span[3]))]  # fmt: skip
        is_rising = all(a < b for a, b in zip(minutes, minutes[1:], strict=False))
        if typed and (
            not minutes or not is_rising or max(minutes) > 24 * 60 or _SPAN.sub("", typed).strip(" 、，,;；·")
        ):
            raise forms.ValidationError(_HOURS)
        return typed

    def facts(self) -> dict[str, Any]:
        """The columns of the station."""
        return {name: self.cleaned_data[name] for name in FACTS}

    def places(self) -> dict[str, str]:
        """Where each kind of venue is."""
        return {kind: self.cleaned_data[f"venue_{kind}"].strip() for kind in Venue.Kind.values}

    def hours(self) -> dict[str, str | None]:
        """When each post sits; None where it is not offered."""
        data = self.cleaned_data
        return {k: data[f"hours_{k}"].strip() if data[f"post_{k}"] else None for k in ServicePost.Kind.values}

    def fact_fields(self) -> list[forms.BoundField]:
        """The first part of the page."""
        return [self[name] for name in FACTS]

    def venue_fields(self) -> list[forms.BoundField]:
        """The second part."""
        return [self[f"venue_{kind}"] for kind in Venue.Kind.values]

    def post_fields(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """The third part: offered or not, and when."""
        return ((self[f"post_{kind}"], self[f"hours_{kind}"]) for kind in ServicePost.Kind.values)


class CodeForm(PlainForm):
    """A new code: for what, and where it will hang."""

    kind = forms.ChoiceField(label="给什么用", choices=EntryCode.Kind.choices)
    representative = forms.ModelChoiceField(label="哪位代表", queryset=Representative.objects.none(), required=False)
    post = forms.ModelChoiceField(label="哪个服务岗", queryset=ServicePost.objects.none(), required=False)
    region = forms.ModelChoiceField(
        label="哪个村、社区", queryset=Region.objects.none(), required=False, help_text="群众扫了就不用再选地点。"
    )
    label = forms.CharField(
        label="挂在哪里", max_length=60, required=False, help_text="印在纸上，也好认。不填就按种类写。"
    )

    def __init__(self, *args: Any, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["representative"].queryset = Representative.objects.serving(station)
        self.fields["post"].queryset = station.posts.filter(is_active=True)
        self.fields["region"].queryset = Region.objects.inside(station.region_id).villages()
        for name in ("representative", "post", "region"):
            self.fields[name].empty_label = "不限"
        _dress(self)


class ServiceForm(PlainForm):
    """A representative comes to the station: one who is known, or a new name."""

    representative = forms.ModelChoiceField(
        label="已登记的代表", queryset=Representative.objects.none(), required=False
    )
    name = forms.CharField(label="或者新登记一位，姓名", max_length=40, required=False)

    def __init__(self, *args: Any, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        town = station.region_id[:9]
        known = Representative.objects.filter(is_active=True, services__station__region__code__startswith=town)
        here = Representative.objects.serving(station).order_by().values("pk")
        self.fields["representative"].queryset = known.exclude(pk__in=here).distinct().order_by("name")
        self.fields["representative"].empty_label = "请选"
        _dress(self)

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if bool(data.get("representative")) == bool((data.get("name") or "").strip()):
            raise forms.ValidationError("选一位已登记的代表，或者填一个新名字，两样只要一样。")
        return data


class BatchForm(PlainForm):
    """An order of prints: which codes, what size, which format."""

    scope = forms.ChoiceField(label="哪里的码")
    size = forms.ChoiceField(label="尺寸", choices=[(row.key, row.name) for row in PRINTS.values()], initial="a4")
    form = forms.ChoiceField(label="格式", choices=[(key, key.upper()) for key in FORMATS], initial="pdf")

    def __init__(self, *args: Any, scopes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = scopes
        _dress(self)


class StationSearch(PlainForm):
    """The list's filter, in the address bar."""

    q = forms.CharField(label="名称", required=False, max_length=30)
    town = forms.ModelChoiceField(label="乡镇、街道", queryset=Region.objects.none(), required=False)

    def __init__(self, *args: Any, towns: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].queryset = towns
        self.fields["town"].empty_label = "全部"
        _dress(self)
