"""What is written at a post, post by post: what is kept, what is refused, and that nothing is written twice."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.workflow import BadInput, NotAllowed, WrongState
from duties.models import RosterLine
from opinions.models import PostEntry, PostPerson, PostRecord
from opinions.posts import workflow
from stations.models import Region, Representative, Service
from tests.opinions.posts.world import KINDS, TOLD, rep, shift, write
from tests.world import START, World

MINUTE = timedelta(minutes=1)


def kept(row: PostRecord, *names: str) -> tuple[Any, ...]:
    return PostRecord.objects.filter(pk=row.pk).values_list(*names).get()


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_keeps_what_was_told(world: World, kind: str) -> None:
    row = write(world, kind)
    told = {name: value for name, value in TOLD[kind].items() if name != "people"}
    assert kept(row, *told) == tuple(told.values())
    assert kept(row, "station", "representative", "recorder", "day") == (
        world.station.pk, rep().pk, world.clerk.pk, START.date(),
    )  # fmt: skip
    assert row.people.count() == len(TOLD[kind].get("people", ()))
    line = row.history.get()
    assert (line.verb, line.from_state, line.to_state, line.actor_label) == ("write", "", row.state, "clerk")


def test_only_a_mediation_with_a_day_waits(world: World) -> None:
    states = {kind: write(world, kind).state for kind in KINDS}
    assert states == {"INFORMATION": "DONE", "MEDIATION": "WAITING", "LEGAL": "DONE", "PROJECT": "DONE"}
    assert write(world, "MEDIATION", follow_up_on=None).state == "DONE"


def test_what_belongs_to_another_post_is_dropped(world: World) -> None:
    row = write(world, "INFORMATION", result="AGREED", referral="COURT", beneficiaries="三百户", wants_word=True)
    assert kept(row, "result", "referral", "beneficiaries", "wants_word") == ("", "", "", False)
    legal = write(world, "LEGAL", forms_filled=3, referral="", referred_to="二楼")
    assert kept(legal, "forms_filled", "referred_to") == (0, "")


def test_a_named_form_is_at_least_one(world: World) -> None:
    assert write(world, forms_filled=0, form_names="残疾证申请表").forms_filled == 1


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("INFORMATION", {"subject": " \u200b "}, "subject"),
        ("INFORMATION", {"day": date(2026, 3, 26)}, "day"),
        ("INFORMATION", {"day": date(2026, 2, 21)}, "day"),
        ("MEDIATION", {"people": (("周家", "13800001111"),)}, "name2"),
        ("MEDIATION", {"people": (("周家", ""), ("", "13800001111"))}, "name2"),
        ("MEDIATION", {"people": tuple((f"第{n}家", "") for n in range(7))}, "name2"),
        ("MEDIATION", {"result": ""}, "result"),
        ("MEDIATION", {"result": "HALF"}, "result"),
        ("MEDIATION", {"answer": "  "}, "answer"),
        ("MEDIATION", {"follow_up_on": date(2026, 3, 25)}, "follow_up_on"),
        ("LEGAL", {"referral": "MOON"}, "referral"),
        ("LEGAL", {"referral": "OTHER", "referred_to": ""}, "referred_to"),
        ("LEGAL", {"answer": "", "referral": ""}, "answer"),
        ("PROJECT", {"people": (("欧阳金丝雀", ""),)}, "phone1"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_written(
    world: World, kind: str, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        write(world, kind, **change)
    assert refused.value.field == field
    assert not PostRecord.objects.exists()
    assert not PostPerson.objects.exists()


def test_not_agreed_needs_no_words_of_an_agreement(world: World) -> None:
    row = write(world, "MEDIATION", result="NOT_AGREED", answer="", follow_up_on=None)
    assert kept(row, "state", "result", "answer") == ("DONE", "NOT_AGREED", "")


def test_law_may_only_send_on(world: World) -> None:
    assert write(world, "LEGAL", answer="", referral="COURT").referral == "COURT"


def test_a_village_of_another_town_is_refused(world: World) -> None:
    elsewhere = Region.objects.create(code="411625101001", name="吴台村", short_name="吴台村", level="village")
    with pytest.raises(BadInput) as refused:
        write(world, "PROJECT", region=elsewhere)
    assert refused.value.field == "region"


def test_whoever_does_not_serve_here_that_day_cannot_be_named(world: World) -> None:
    stranger = Representative.objects.create(name="顾长河")
    Service.objects.create(station=world.other_station, representative=stranger, since=date(2026, 1, 1))
    with pytest.raises(BadInput, match="不在本站点进站"):
        write(world, representative=stranger)
    Service.objects.filter(representative=rep()).update(until=START.date())
    with pytest.raises(BadInput, match="不在本站点进站"):
        write(world)
    assert write(world, day=START.date() - timedelta(days=1)).representative == rep()


def test_nobody_has_to_be_at_the_post(world: World) -> None:
    assert write(world, representative=None).representative is None


def test_the_same_form_twice_is_one_record(world: World) -> None:
    key = uuid.uuid4()
    first, second = (write(world, "MEDIATION", client_key=key) for _ in range(2))
    assert first == second
    assert (PostRecord.objects.count(), PostPerson.objects.count(), PostEntry.objects.count()) == (1, 2, 1)


def test_the_same_form_with_other_words_says_so(world: World) -> None:
    key = uuid.uuid4()
    first = write(world, client_key=key)
    with pytest.raises(workflow.AlreadyWritten, match="刚才已经记下了") as met:
        write(world, client_key=key, subject="老年卡在哪里办")
    assert met.value.record == first
    with pytest.raises(workflow.AlreadyWritten):
        write(world, client_key=key, actor=world.town_staff)
    assert PostRecord.objects.count() == 1


def test_the_duty_of_whoever_sits_there_counts_as_held(world: World) -> None:
    row = shift(world, "LEGAL")
    write(world, "INFORMATION")
    row.refresh_from_db()
    assert row.state == "PLANNED"
    write(world, "LEGAL")
    write(world, "LEGAL", subject="又一个问题")
    row.refresh_from_db()
    assert row.state == "HELD"
    assert RosterLine.objects.get(verb="mark_held").actor_label == "系统"


def test_a_noted_absence_is_left_to_people(world: World) -> None:
    row = shift(world, "LEGAL", state="ABSENT")
    write(world, "LEGAL")
    row.refresh_from_db()
    assert row.state == "ABSENT"


def test_following_up_ends_the_waiting(world: World) -> None:
    row = write(world, "MEDIATION")
    at = START + timedelta(days=14)
    workflow.follow_up(row.pk, actor=world.clerk, at=at, found="HOLDS", note=" 檐口修好了 ")
    assert kept(row, "state", "follow_up", "followed_up_at") == ("DONE", "HOLDS", at)
    line = row.history.first()
    assert line is not None
    assert (line.verb, line.to_state, line.text) == ("follow_up", "DONE", "还管用：檐口修好了")
    with pytest.raises(WrongState):
        workflow.follow_up(row.pk, actor=world.clerk, at=at, found="HOLDS")


def test_a_new_quarrel_may_be_asked_about_again(world: World) -> None:
    row = write(world, "MEDIATION")
    at, again = START + timedelta(days=14), date(2026, 4, 20)
    workflow.follow_up(row.pk, actor=world.clerk, at=at, found="QUARREL", again_on=again)
    assert kept(row, "state", "follow_up", "follow_up_on") == ("WAITING", "QUARREL", again)
    workflow.follow_up(row.pk, actor=world.clerk, at=at + MINUTE, found="HOLDS")
    assert kept(row, "state", "follow_up", "follow_up_on") == ("DONE", "HOLDS", again)


@pytest.mark.parametrize(
    ("change", "field"), [({"found": ""}, "found"), ({"found": "HOLDS", "again_on": START.date()}, "again_on")]
)
def test_a_follow_up_says_what_was_found(world: World, change: dict[str, Any], field: str) -> None:
    row = write(world, "MEDIATION")
    with pytest.raises(BadInput) as refused:
        workflow.follow_up(row.pk, actor=world.clerk, at=START + MINUTE, **change)
    assert (refused.value.field, kept(row, "state", "follow_up")) == (field, ("WAITING", ""))


def test_turning_makes_one_matter(world: World) -> None:
    row = write(world)
    made: list[int] = []

    def make(record: PostRecord) -> Any:
        made.append(record.pk)
        return world.submit()

    first = workflow.turn(row.pk, actor=world.clerk, at=START + MINUTE, make=make)
    second = workflow.turn(row.pk, actor=world.clerk, at=START + 2 * MINUTE, make=make)
    assert (first, made) == (second, [row.pk])
    assert (PostRecord.objects.get().opinion, first.post_record) == (first, row)
    assert list(row.history.values_list("verb", flat=True)) == ["turn", "write"]
    with pytest.raises(NotAllowed):
        workflow.turn(row.pk, actor=world.other_clerk, at=START + 2 * MINUTE, make=make)
    with pytest.raises(WrongState, match="已经转成意见"):
        workflow.void(row.pk, actor=world.clerk, at=START + 3 * MINUTE, reason="记重了")


def test_a_matter_of_another_station_is_not_its(world: World) -> None:
    row = write(world)
    with pytest.raises(BadInput), transaction.atomic():
        workflow.turn(
            row.pk, actor=world.clerk, at=START + MINUTE,
            make=lambda record: world.submit(station=world.other_station, region=None),
        )  # fmt: skip
    assert PostRecord.objects.get().opinion is None


def test_a_matter_that_cannot_be_made_leaves_no_tie(world: World) -> None:
    row = write(world)

    def fail(record: PostRecord) -> Any:
        raise BadInput("没看出是哪一类事", "category")

    with pytest.raises(BadInput):
        workflow.turn(row.pk, actor=world.clerk, at=START + MINUTE, make=fail)
    assert list(row.history.values_list("verb", flat=True)) == ["write"]


def test_a_mistake_stays_in_sight_with_its_reason(world: World) -> None:
    row = write(world)
    for reason in ("", "  "):
        with pytest.raises(BadInput):
            workflow.void(row.pk, actor=world.clerk, at=START + MINUTE, reason=reason)
    workflow.void(row.pk, actor=world.clerk, at=START + MINUTE, reason="记到别人名下了")
    assert kept(row, "state") == ("VOID",)
    assert row.history.first().text == "记到别人名下了"  # type: ignore[union-attr]
    assert not PostRecord.objects.standing().exists()


def test_looking_at_names_leaves_a_line(world: World) -> None:
    row = write(world, "MEDIATION")
    with pytest.raises(BadInput):
        workflow.reveal(row.pk, actor=world.clerk, at=START + MINUTE, reason=" ")
    workflow.reveal(row.pk, actor=world.clerk, at=START + MINUTE, reason="打电话回访")
    assert row.history.first().text == "打电话回访"  # type: ignore[union-attr]
    assert kept(row, "state") == ("WAITING",)


def test_a_refused_verb_writes_nothing(world: World) -> None:
    row = write(world, "MEDIATION")
    before = PostRecord.objects.values().get()
    with pytest.raises(NotAllowed):
        workflow.void(row.pk, actor=world.other_clerk, at=START + MINUTE, reason="不对")
    assert PostRecord.objects.values().get() == before
    assert row.history.count() == 1


def test_names_and_numbers_lie_encrypted(world: World) -> None:
    row = write(world, "MEDIATION")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(row::text, ' ') FROM opinions_postperson AS row")
        stored = cursor.fetchone()[0]
    assert "欧阳" not in stored
    assert "13912345670" not in stored
    assert [person.name for person in row.people.all()] == ["欧阳金丝雀", "东邻周家"]
    assert "欧阳" not in repr(row.people.first()) + str(row)


@pytest.mark.parametrize("sql", ["UPDATE opinions_postentry SET text = ''", "DELETE FROM opinions_postentry"])
def test_the_history_only_grows(world: World, sql: str) -> None:
    write(world)
    with pytest.raises(Exception, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert PostEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "change", "name"),
    [
        ("INFORMATION", {"kind": "WINDOW"}, "kind_known"),
        ("INFORMATION", {"state": "GONE"}, "state_known"),
        ("INFORMATION", {"subject": ""}, "says_what"),
        ("LEGAL", {"forms_filled": 1}, "own_information"),
        ("INFORMATION", {"result": "AGREED"}, "own_mediation"),
        ("PROJECT", {"answered_by": "何"}, "own_legal"),
        ("LEGAL", {"beneficiaries": "三百户"}, "own_project"),
        ("MEDIATION", {"result": ""}, "mediation_ended"),
        ("MEDIATION", {"answer": ""}, "agreed_on_something"),
        ("MEDIATION", {"follow_up_on": None}, "waits_for_a_day"),
    ],
)
def test_what_must_never_be_false_the_database_refuses(
    world: World, kind: str, change: dict[str, Any], name: str
) -> None:
    row = write(world, kind)
    with pytest.raises(IntegrityError, match=f"post_record_{name}"), transaction.atomic():
        PostRecord.objects.filter(pk=row.pk).update(**change)


def test_what_became_a_matter_is_no_mistake(world: World) -> None:
    row = write(world)
    with pytest.raises(IntegrityError, match="post_record_turned_stands"), transaction.atomic():
        PostRecord.objects.filter(pk=row.pk).update(state="VOID", opinion=world.submit())
