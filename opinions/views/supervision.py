"""/desk/supervision/: the county's cards, filtered by the address bar; clearing one; the 督办单 as a Word file."""

from datetime import datetime
from typing import Any

import django_filters
import rules
from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts.access import PermissionMixin
from core.filters import RegisterFilter
from core.forms import PlainForm
from core.workdays import local_date
from opinions import workflow
from opinions.filters import place_choices, unit_choices
from opinions.models import Assignment, Opinion, SupervisionCard, Verdict
from opinions.papers import contexts
from opinions.papers.kinds import SUPERVISION
from opinions.papers.store import template_of
from opinions.supervision.levels import Cause, Level
from opinions.supervision.shown import prepared, standing
from opinions.views.base import DeskMixin, OpinionVerb
from opinions.views.papers import word_file

PAGE_ROWS = 30
ORDERED = "请马上办，并在回话期限前把办理情况书面告诉县人大。"
CLEARED = [("cleared", "已经消号的"), ("all", "全部")]


class CardFilter(RegisterFilter):
    """Which cards: colour, unit, town, and whether they still stand."""

    level = django_filters.ChoiceFilter(label="颜色", choices=Level.choices, empty_label="都要")
    unit = django_filters.ChoiceFilter(label="责任单位", field_name="unit_id", empty_label="都要")
    place = django_filters.ChoiceFilter(label="地方", method="by_place", empty_label="都要")
    cause = django_filters.ChoiceFilter(label="原因", choices=Cause.choices, empty_label="都要")
    standing = django_filters.ChoiceFilter(
        label="消号没有", choices=CLEARED, method="by_standing", empty_label="还亮着的"
    )

    class Meta:
        model = SupervisionCard
        fields: list[str] = []

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        for name, choices in (("unit", unit_choices()), ("place", place_choices(self.user))):
            self.form.fields[name].choices = [("", "都要"), *choices]
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "input"

    def by_place(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Keep the cards of a town or village."""
        return rows.filter(opinion__region__code__startswith=value)

    def by_standing(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Keep the cleared ones, or all."""
        return rows.filter(cleared_at__isnull=False) if value == "cleared" else rows

    @property
    def shown(self) -> "QuerySet[Any]":
        """Return the filtered rows; the open ones unless asked otherwise."""
        rows = self.qs
        return rows if self.form.is_valid() and self.form.cleaned_data["standing"] else rows.filter(cleared_at=None)


class Cards(PermissionMixin, View):
    """The list of cards in sight, most serious and oldest first."""

    permission = "opinions.see_cards"

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of cards, with how many of each colour stand."""
        at = timezone.now()
        seen = SupervisionCard.objects.visible_to(request.user)
        found = CardFilter(request.GET, queryset=seen, user=request.user)
        rows = found.shown.select_related("opinion__station", "unit", "cleared_by")
        page = Paginator(rows.order_by("-level", "raised_at", "id"), PAGE_ROWS).get_page(request.GET.get("page"))
        query = request.GET.copy()
        query.pop("page", None)
        context = {
            "filter": found,
            "page": page,
            "rows": [prepared(card, at) for card in page],
            "counts": standing(seen),
            "query": query.urlencode(),
            "may_clear": rules.has_perm("opinions.edit_deadlines", request.user),
        }
        return render(request, "opinions/cards.html", context)


class ClearForm(PlainForm):
    """Why a card ends though its work is not done."""

    reason = forms.CharField(
        label="为什么消号",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        error_messages={"required": "请写明为什么消号。"},
    )

    kept: list[tuple[str, str]] = []


class ClearCard(OpinionVerb):
    """消号."""

    verb = "clear_card"
    verb_name = "消号"
    form_class = ClearForm
    done_message = "消号了，原因记在办理记录里。期限和超期不变。"

    def form_kwargs(self) -> dict[str, Any]:
        """One form on the page, and one for each card of the list."""
        return {"auto_id": f"clear-{self.opinion.pk}-%s"}

    def success_url(self, result: Any) -> str:
        """Back to where the button was."""
        return reverse("opinions:cards") if self.request.POST.get("back") == "cards" else self.back_url()

    def run(self, form: Any, at: datetime) -> Opinion:
        """Call the verb."""
        return workflow.clear_card(self.opinion.pk, actor=self.request.user, at=at, reason=form.cleaned_data["reason"])


class CardPaper(DeskMixin, View):
    """The 督办单 of a red card as a Word file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it to whoever sees the card."""
        from opinions.papers.filling import fill  # noqa: PLC0415 - heavy, and most web workers never need it

        rows = SupervisionCard.objects.visible_to(request.user).filter(level=Level.RED)
        card = get_object_or_404(rows.select_related("opinion__station", "unit"), pk=pk)
        return word_file(fill(template_of(SUPERVISION.key), order_texts(card)), f"督办单-{card.number}")


def order_texts(card: SupervisionCard) -> dict[str, str]:
    """Return the texts of a 督办单, all plain values of the card and its matter."""
    opinion = card.opinion
    charge = opinion.assignments.filter(role=Assignment.Part.LEAD).order_by("-pk").first()
    moved = opinion.extensions.filter(verdict=Verdict.GRANTED).order_by("pk").values_list("old_due_at", flat=True)
    return contexts.supervision(
        number=card.number,
        level="红色督办",
        reasons=[card.get_cause_display()],
        title=opinion.title,
        unit=card.unit.name if card.unit else opinion.station.name,
        assigned_on=local_date(charge.assigned_at) if charge else None,
        due_on=local_date(card.due_at) if card.due_at else None,
        earlier_dates=[local_date(day) for day in moved],
        demand=f"{charge.demand}\n{ORDERED}" if charge else ORDERED,
        reply_by=local_date(card.answer_by) if card.answer_by else None,
        issuer=contexts.county_office(opinion),
        issued_on=local_date(card.raised_at),
    )
