"""Who is told of what: each verb tells the people it concerns, once, and never carries identity."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Role
from notices import kinds
from notices.models import Notice
from notices.states import Channel
from opinions import notify, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.states import State
from tests.world import START, World, make_user

LATER = START + timedelta(hours=2)


def told(row: Opinion, kind: str) -> set[str]:
    """Names of the users who got a notice of that kind about the matter."""
    rows = Notice.objects.filter(subject=notify.subject_of(row), kind=kind, channel=Channel.IN_SITE)
    return set(rows.values_list("user__username", flat=True))


def texted(row: Opinion) -> list[str]:
    """Kinds of the messages to the resident, oldest first."""
    rows = Notice.objects.filter(subject=notify.subject_of(row), channel=Channel.SMS)
    return list(rows.order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("state", "kind", "who"),
    [
        ("SUBMITTED", "opinion_received", {"clerk"}),
        ("ASSIGNED", "opinion_assigned", {"handler"}),
        ("RETURN_REQUESTED", "opinion_returned", {"clerk"}),
        ("REPLIED", "opinion_replied", {"clerk"}),
        ("WITHDRAWN", "opinion_withdrawn", {"clerk"}),
    ],
)
def test_reaching_a_state_tells_those_who_must_act(world: World, state: str, kind: str, who: set[str]) -> None:
    assert told(world.opinion(state), kind) == who


@pytest.mark.parametrize(
    ("verb", "state", "actor", "given", "kind", "who"),
    [
        ("grant_return", "RETURN_REQUESTED", "clerk", {}, "opinion_return_decided", {"handler"}),
        ("refuse_return", "RETURN_REQUESTED", "clerk", {"reason": "归你"}, "opinion_return_decided", {"handler"}),
        ("refer", "ACCEPTED", "clerk", {"reason": "跨单位"}, "opinion_referred", {"county_staff"}),
        ("reject_reply", "REPLIED", "clerk", {"missing": "缺日期"}, "opinion_rejected", {"handler"}),
        ("add_words", "SUBMITTED", "resident", {"words": "又坏了"}, "opinion_words_added", {"clerk"}),
        ("add_words", "HANDLING", "resident", {"words": "又坏了"}, "opinion_words_added", {"clerk", "handler"}),
        ("report_fulfilment", "TRACKING", "handler", {"note": "办到了"}, "opinion_replied", {"clerk"}),
    ],
)
def test_a_verb_tells_those_it_concerns(
    world: World, verb: str, state: str, actor: str, given: dict[str, Any], kind: str, who: set[str]
) -> None:
    row = world.opinion(state, outcome="B" if state == "TRACKING" else "A")
    Notice.objects.all().delete()
    who_acts = RESIDENT if actor == "resident" else getattr(world, actor)
    getattr(workflow, verb)(row.pk, actor=who_acts, at=LATER, **given)
    assert told(row, kind) == who


def test_the_resident_hears_at_every_turn(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    assert texted(row) == ["resident_received", "resident_accepted", "resident_assigned", "resident_fed_back"]
    workflow.rate(row.pk, actor=RESIDENT, at=LATER, solved="NO", satisfaction="DISSATISFIED")
    assert texted(row)[-1] == "resident_redo"


def test_a_declined_resident_is_told(world: World) -> None:
    assert texted(world.opinion(State.DECLINED))[-1] == "resident_declined"


def test_who_left_no_phone_gets_no_message_and_is_listed_to_be_told(world: World) -> None:
    row = world.submit(phone="")
    workflow.answer_on_spot(row.pk, actor=world.clerk, at=LATER, body="到二楼办", outcome="A")
    assert texted(row) == []
    row.refresh_from_db()
    assert row.told_at is None


def test_who_wrote_it_down_himself_is_not_told_of_it(world: World) -> None:
    message = workflow.Message(body="路灯不亮", channel="WINDOW")
    row = workflow.submit(station=world.station, actor=world.clerk, at=START, message=message)
    assert told(row, "opinion_received") == set()


def test_a_second_dissatisfied_tells_the_county(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    for number in range(2):
        at = LATER + timedelta(hours=number)
        workflow.rate(row.pk, actor=RESIDENT, at=at, solved="NO", satisfaction="DISSATISFIED")
        if number == 0:
            workflow.sign(row.pk, actor=world.handler, at=at)
            workflow.reply(row.pk, actor=world.handler, at=at, body="又修了", outcome="A")
            workflow.approve_reply(row.pk, actor=world.clerk, at=at)
    assert told(row, "opinion_dissatisfied") == {"clerk", "county_staff"}


def test_every_handler_of_the_unit_is_told_and_nobody_who_left(world: World) -> None:
    make_user("handler2", Role.UNIT_HANDLER, unit_code="chengguan")
    gone = make_user("handler3", Role.UNIT_HANDLER, unit_code="chengguan")
    gone.grants_set.update(revoked_at=START)
    assert told(world.opinion(State.ASSIGNED), "opinion_assigned") == {"handler", "handler2"}


def test_county_staff_above_the_place_are_told_also_those_of_a_city(world: World) -> None:
    city = make_user("city", Role.COUNTY_STAFF, region_code="4116")
    make_user("elsewhere", Role.COUNTY_STAFF, region_code="411624")
    assert set(notify.county_staff_of("411625001005")) == {world.county_staff.pk, city.pk}


def test_the_same_occasion_is_told_once(world: World) -> None:
    row = world.submit()
    drafts = notify.to_users("opinion_received", row, [world.clerk.pk, world.clerk.pk], at=START, tag="x")
    assert len(drafts) == 1


def test_no_notice_carries_a_name_or_a_number(world: World) -> None:
    for state in (State.CLOSED, State.DECLINED, State.WITHDRAWN, State.RETURN_REQUESTED):
        world.opinion(state)
    for notice in Notice.objects.all():
        stored = f"{notice.context}{notice.subject}{notice.dedupe}{notice}{notice!r}"
        assert "田大山" not in stored
        assert "13800001234" not in stored


def test_every_kind_is_known_with_a_title() -> None:
    for name, title in (notify.STAFF_KINDS | notify.RESIDENT_KINDS).items():
        assert kinds.get(name).title == title


def test_a_subject_leads_back_to_the_matter(world: World) -> None:
    row = world.submit()
    assert kinds.address_of(notify.subject_of(row)) == f"/desk/opinions/{row.pk}/"
