"""民生实事总览: the county's projects of a year at a glance, for those who answer for more than one of them."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from core.forms import PlainForm
from projects.overview import Asked, Overseer, overview_of, years_of
from projects.views.base import ProjectMixin

NAMES = ("year", "town", "unit")


class ScopeForm(PlainForm):
    """Which year, which town, which unit; what is not among the choices is refused."""

    def __init__(self, data: Any, choices: dict[str, list[tuple[str, str]]]) -> None:
        super().__init__(data)
        labels = {"year": "哪一年", "town": "乡镇、街道", "unit": "责任单位"}
        for name in NAMES:
            select = forms.Select(attrs={"class": "input"})
            needed = name == "year"
            self.fields[name] = forms.ChoiceField(
                label=labels[name], choices=choices[name], widget=select, required=needed
            )


class Overview(ProjectMixin, View):
    """The page."""

    permission = "projects.oversee"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Count for the year, town and unit of the address; without a year, this one or the last that has anything."""
        today = timezone.localdate()
        known = years_of(request.user)
        current = next((year for year in known if year <= today.year), known[0] if known else today.year)
        given = {name: request.GET.get(name, "") for name in NAMES}
        asked = Asked(given["year"] or f"{current}", given["town"], given["unit"])
        overseer = Overseer(request.user, today, asked)
        form = ScopeForm(
            {"year": asked.year, "town": asked.town, "unit": asked.unit},
            {
                "year": [(f"{year}", f"{year} 年") for year in known or [current]],
                "town": [("", "全部乡镇、街道"), *overseer.towns.items()],
                "unit": [("", "全部单位"), *overseer.works.units],
            },
        )
        is_valid = form.is_valid()
        shown = overview_of(overseer) if is_valid else None
        return render(request, "projects/overview.html", {"form": form, "is_valid": is_valid, "shown": shown})
