"""Matters as rows of a list: one statement for the page, plain values in, ready strings out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.models import Role
from opinions.models import Assignment, Deadline, Opinion
from opinions.present import Due, Five, Mark, due_chip, five, limit_chip, press_words, state_mark
from opinions.states import PRESSED, Channel, State, Step
from stations.queries import category_names, region_names
from stations.queries import units as unit_marks

COLUMNS = (
    "pk", "receipt", "accepted_at", "title", "state", "step_due_at", "reply_due_at", "is_provisional", "created_at",
    "told_at", "needs_county", "channel", "round", "satisfaction", "promised_on", "region_id", "category_id",
    "lead_unit_id", "rep_presses", "staff_presses",
)  # fmt: skip
CHANNELS = dict(Channel.choices)
STATION_ACTS = {
    State.SUBMITTED: "受理",
    State.ACCEPTED: "交办",
    State.RETURN_REQUESTED: "看理由",
    State.REPLIED: "审核",
    State.TRACKING: "去看看",
}
UNIT_ACTS = {State.ASSIGNED: "签收", State.HANDLING: "答复", State.TRACKING: "报告兑现"}


@dataclass(frozen=True)
class Row:
    """One matter in a list."""

    pk: int
    url: str
    title: str
    second: str
    due: Due
    mark: Mark
    five: Five
    action: str
    receipt: str
    created_at: datetime
    is_urgent_act: bool
    pressed: str = ""


def side_of(user: Any) -> str:
    """Return from which side a person looks at a list: station, county, unit, or only reading."""
    if user.has_role(Role.STATION_STAFF, Role.TOWN_STAFF):
        return "station"
    if user.has_role(Role.COUNTY_STAFF):
        return "county"
    return "unit" if user.has_role(Role.UNIT_HANDLER) else "read"


def rows_of(
    opinions: "QuerySet[Opinion]", at: datetime, side: str, query: str = "", units: Collection[str] = ()
) -> list[Row]:
    """Run the query once and prepare its rows; `query` is the list's own address, so that one can come back to it."""
    return prepared(opinions.values_list(*COLUMNS, named=True), at, side, query, units)


def prepared(values: Iterable[Any], at: datetime, side: str, query: str = "", units: Collection[str] = ()) -> list[Row]:
    """Prepare rows from their columns. `units` are the codes a handler works for: only the lead unit acts."""
    pattern = reverse("opinions:detail", args=[0])
    tail = f"?{query}" if query else ""
    found = list(values)
    helped = {item.pk for item in found if side == "unit" and _unit(item)[0] not in units}
    charges = charges_by_matter(helped, units) if helped else {}
    rows = []
    for item in found:
        url = pattern.replace("/0/", f"/{item.pk}/") + tail
        if item.pk not in helped:
            rows.append(_row(item, at, side, url))
        else:
            rows.append(_helping(_row(item, at, "read", url), item, charges.get(item.pk), at))
    return rows


def charges_by_matter(pks: Collection[int], units: Collection[str]) -> dict[int, Assignment]:
    """Return what these units have to help with, by matter, with `sign_due_at` while they still have to sign."""
    limit = Deadline.objects.filter(opinion_id=OuterRef("opinion_id"), unit_id=OuterRef("unit_id"), ended_at=None)
    open_ones = Assignment.objects.filter(
        opinion_id__in=pks, role=Assignment.Part.CO, ended_at=None, unit__code__in=units
    ).annotate(sign_due_at=Subquery(limit.filter(step=Step.CO_SIGN).values("due_at")[:1]))
    return {charge.opinion_id: charge for charge in open_ones.order_by("-part_at", "-pk").defer("demand", "part")}


def _helping(row: Row, item: Any, charge: Assignment | None, at: datetime) -> Row:
    """Say what a unit that helps has to do (协办); it signs by a limit of its own."""
    if charge is None or item.state not in (State.ASSIGNED, State.HANDLING):
        return row
    if charge.part_at is not None:
        return replace(row, second=f"协办，意见交了 · {row.second}")
    if charge.signed_at is not None:
        return replace(row, action="交协办意见", second=f"协办：还差你们的意见 · {row.second}")
    due = limit_chip(charge.sign_due_at, at) if charge.sign_due_at else row.due  # type: ignore[attr-defined]
    return replace(row, action="签收协办", second=f"协办：还没签收 · {row.second}", due=due)


def _unit(item: Any) -> tuple[str, str]:
    return unit_marks.of(item.lead_unit_id) if item.lead_unit_id else ("", "")


def _row(item: Any, at: datetime, side: str, url: str) -> Row:
    return Row(
        pk=item.pk,
        url=url,
        title=item.title,
        second=_second_line(item),
        due=due_chip(item, at),
        mark=state_mark(item.state),
        five=five(item, at),
        action=action_of(item, side),
        receipt=item.receipt,
        created_at=item.created_at,
        is_urgent_act=item.step_due_at is not None and item.step_due_at <= at,
        pressed=press_words(item.rep_presses, item.staff_presses) if item.state in PRESSED else "",
    )


def _second_line(item: Any) -> str:
    who = _unit(item)[1] or CHANNELS[item.channel]
    parts = [region_names.of(item.region_id), category_names.of(item.category_id) if item.category_id else "", who]
    if item.round > 1:
        parts.append(f"第 {item.round} 轮")
    if item.needs_county and item.state == State.ACCEPTED:
        parts.append("提请县里交办")
    return " · ".join(part for part in parts if part)


def action_of(item: Any, side: str) -> str:
    """Name the one act that a row invites to; whether it is allowed is decided on the matter's page."""
    if side == "unit":
        return UNIT_ACTS.get(item.state, "看一看")
    if side == "read":
        return "看一看"
    if item.state == State.ACCEPTED and item.needs_county:
        return "交办" if side == "county" else "看一看"
    if side == "county":
        return "看一看"
    if item.state == State.FED_BACK:
        return "记评价" if item.told_at else "告知"
    return STATION_ACTS.get(item.state, "看一看")
