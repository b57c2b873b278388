"""Additions to the duty record: who writes, who vouches, who sees; typed by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from core.workflow import BadInput, NotAllowed, WrongState
from notices import texts
from notices.models import Notice
from opinions.records import workflow
from opinions.records.models import DutyRecord, DutyRecordEntry
from opinions.records.querysets import people_for, stations_for
from opinions.records.states import TABLE, VERB_LABELS, DutyKind
from stations.models import Representative, Service
from tests.opinions.receptions.world import mate, rep
from tests.world import START, World

ROLES = (
    "clerk", "town_staff", "other_clerk", "county_staff", "leader", "rep", "mate", "grid", "handler", "admin",
    "security", "audit",
)  # fmt: skip
STATION = {"clerk", "town_staff"}
LATER = START + timedelta(hours=1)


def added(world: World, actor: Any = None, **more: Any) -> DutyRecord:
    """Something that left no trace in the portal."""
    given = {"kind": "OUTREACH", "day": date(2026, 3, 20), "what": "到王寨宣讲养老保险", "note": "签到表在站里"} | more
    return workflow.add(rep(), world.station, actor=actor or world.rep, at=START, **given)


def test_the_table_is_this_and_no_other() -> None:
    assert TABLE.pairs() == {
        ("add", "", "PENDING"),
        ("approve", "PENDING", "APPROVED"),
        ("reject", "PENDING", "REJECTED"),
        ("reject", "APPROVED", "REJECTED"),
    }
    assert set(VERB_LABELS) == {verb for verb, _, _ in TABLE.pairs()}
    assert DutyKind.values == ["RECEPTION", "OUTREACH", "INSPECTION", "SUGGESTION", "SERVICE"]


@pytest.mark.parametrize("role", ROLES)
def test_who_adds(world: World, role: str) -> None:
    mate(world)
    try:
        added(world, world.users[role])
        done = True
    except NotAllowed:
        done = False
    assert done is (role in STATION | {"rep"})


@pytest.mark.parametrize("state", ["PENDING", "APPROVED", "REJECTED"])
@pytest.mark.parametrize("verb", ["approve", "reject"])
@pytest.mark.parametrize("role", ROLES)
def test_role_by_verb_by_state(world: World, role: str, verb: str, state: str) -> None:
    mate(world)
    row = added(world)
    DutyRecord.objects.filter(pk=row.pk).update(
        state=state, reviewed_by=None if state == "PENDING" else world.county_staff
    )
    more = {"reason": "没有签到表"} if verb == "reject" else {}
    try:
        getattr(workflow, verb)(row.pk, actor=world.users[role], at=LATER, **more)
        result = "done"
    except NotAllowed:
        result = "not allowed"
    except WrongState:
        result = "wrong state"
    states = {"approve": {"PENDING"}, "reject": {"PENDING", "APPROVED"}}[verb]
    assert result == ("wrong state" if state not in states else "done" if role in STATION else "not allowed")


def test_nobody_vouches_for_what_he_wrote_himself(world: World) -> None:
    row = added(world, world.clerk)
    for verb, more in (("approve", {}), ("reject", {"reason": "x"})):
        with pytest.raises(NotAllowed, match="另一位"):
            getattr(workflow, verb)(row.pk, actor=world.clerk, at=LATER, **more)
    assert workflow.approve(row.pk, actor=world.town_staff, at=LATER).state == "APPROVED"


def test_a_clerk_who_is_a_representative_does_not_vouch_for_himself(world: World) -> None:
    Representative.objects.filter(pk=rep().pk).update(user=world.clerk)
    row = added(world, world.town_staff)
    with pytest.raises(NotAllowed):
        workflow.approve(row.pk, actor=world.clerk, at=LATER)


def test_the_database_holds_the_second_person(world: World) -> None:
    row = added(world, world.clerk)
    for values in ({"state": "APPROVED", "reviewed_by": world.clerk}, {"state": "APPROVED", "reviewed_by": None}):
        with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
            DutyRecord.objects.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("kind", {"kind": "POINTS"}),
        ("day", {"day": date(2026, 3, 26)}),
        ("day", {"day": date(2025, 3, 1)}),
        ("day", {"day": date(2025, 12, 31)}),
        ("what", {"what": "  "}),
        ("note", {"note": " "}),
    ],
)
def test_what_cannot_be_checked_is_not_written(world: World, field: str, given: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as met:
        added(world, **given)
    assert met.value.field == field
    assert not DutyRecord.objects.exists()


def test_a_rejection_says_why_and_may_come_after_an_approval(world: World) -> None:
    row = added(world)
    with pytest.raises(BadInput, match="为什么不记"):
        workflow.reject(row.pk, actor=world.clerk, at=LATER, reason=" ")
    workflow.approve(row.pk, actor=world.clerk, at=LATER)
    workflow.reject(row.pk, actor=world.town_staff, at=LATER, reason="签到表上没有他")
    row.refresh_from_db()
    assert (row.state, row.reason, row.reviewed_by) == ("REJECTED", "签到表上没有他", world.town_staff)
    verbs = list(row.history.order_by("id").values_list("verb", "from_state", "to_state", "actor__username"))
    assert verbs == [
        ("add", "", "PENDING", "rep"),
        ("approve", "PENDING", "APPROVED", "clerk"),
        ("reject", "APPROVED", "REJECTED", "town_staff"),
    ]


def told() -> list[tuple[str, str | None]]:
    rows = Notice.objects.filter(channel="IN_SITE", kind__startswith="record_").order_by("pk")
    return [(row.kind, row.user.username if row.user else None) for row in rows]


def test_who_may_check_is_told_and_then_whoever_it_concerns(world: World) -> None:
    row = added(world)
    assert told() == [("record_added", "clerk")]
    workflow.approve(row.pk, actor=world.clerk, at=LATER)
    workflow.reject(row.pk, actor=world.town_staff, at=LATER, reason="签到表上没有他")
    assert told()[1:] == [("record_approved", "rep"), ("record_rejected", "rep")]
    for notice in Notice.objects.filter(kind__startswith="record_"):
        assert texts.link(notice).endswith(f"/desk/records/{row.representative_id}/")
        assert "麦知秋" in texts.body(notice)
        assert "签到表" not in texts.body(notice)


def test_who_wrote_it_for_another_is_told_too_but_not_asked_to_check(world: World) -> None:
    row = added(world, world.clerk)
    assert told() == []
    workflow.approve(row.pk, actor=world.town_staff, at=LATER)
    assert sorted(told()) == [("record_approved", "clerk"), ("record_approved", "rep")]


def test_a_refused_step_tells_nobody(world: World) -> None:
    row = added(world)
    with pytest.raises(BadInput):
        workflow.reject(row.pk, actor=world.clerk, at=LATER, reason=" ")
    assert told() == [("record_added", "clerk")]


@pytest.mark.parametrize(
    "sql", ["UPDATE opinions_dutyrecordentry SET text = ''", "DELETE FROM opinions_dutyrecordentry"]
)
def test_the_history_only_grows(world: World, sql: str) -> None:
    added(world)
    with pytest.raises(Exception, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert DutyRecordEntry.objects.count() == 1


def test_who_sees_an_addition_and_a_record(world: World) -> None:
    mate(world)
    added(world)
    seen = {role for role in ROLES if DutyRecord.objects.visible_to(world.users[role]).exists()}
    assert seen == {"clerk", "town_staff", "county_staff", "leader", "rep"}
    assert not DutyRecord.objects.visible_to(AnonymousUser()).exists()
    of_rep = {role for role in ROLES if people_for(world.users[role]).filter(pk=rep().pk).exists()}
    assert of_rep == {"clerk", "town_staff", "county_staff", "leader", "rep"}
    assert list(people_for(world.mate).values_list("name", flat=True)) == ["安可期"]
    assert not people_for(AnonymousUser()).exists()


def test_a_station_sees_its_own_part_and_he_sees_all(world: World) -> None:
    Service.objects.create(station=world.other_station, representative=rep(), since=date(2026, 2, 1))
    assert stations_for(world.rep, rep()) is None
    assert stations_for(world.clerk, rep()) == {world.station.pk}
    assert stations_for(world.other_clerk, rep()) == {world.other_station.pk}
    assert stations_for(world.leader, rep()) == {world.station.pk, world.other_station.pk}
    assert stations_for(world.grid, rep()) == set()
    world.clerk.is_active = False
    assert not people_for(world.clerk).exists()
    assert stations_for(world.clerk, rep()) == set()


def test_an_addition_is_shown_by_person_kind_and_day(world: World) -> None:
    row = added(world)
    assert str(row) == f"{rep().pk} 政策宣传 2026-03-20"
    assert str(row.history.get()) == f"{row.pk} add"
