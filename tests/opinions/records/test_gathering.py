"""The record gathers itself: each trace once, under its kind, in a sentence with its context; nothing of an absence."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties import workflow as duties
from duties.models import Shift
from opinions import workflow as loop
from opinions.models import Opinion
from opinions.posts import workflow as posts
from opinions.receptions import queries
from opinions.receptions import workflow as receptions
from opinions.records import gathering, workflow
from opinions.records.gathering import Deed, Part
from opinions.states import State
from opinions.suggestions.models import CoSigner
from opinions.suggestions.states import State as SuggestionState
from opinions.workflow import Message
from stations.models import Representative, Service
from tests.opinions.posts.world import shift as post_shift
from tests.opinions.posts.world import write
from tests.opinions.receptions.world import mate, opened, rep, roster, told
from tests.opinions.records.test_workflow import added
from tests.opinions.suggestions.world import make as make_suggestion
from tests.opinions.suggestions.world import seed
from tests.world import START, World

MINUTE = timedelta(minutes=1)
KINDS = ["接待选民", "政策宣传", "调研视察", "建议办理", "为民服务"]


def deeds(at: Any = START, year: int = 2026) -> list[Deed]:
    return gathering.gather([rep()], gathering.span_of(year, at))[rep().pk]


def part(kind: str, at: Any = START) -> Part:
    return next(one for one in gathering.parts(deeds(at)) if one.kind == kind)


def test_an_empty_year_has_five_kinds_and_nothing_in_them(world: World) -> None:
    found = gathering.parts(deeds())
    assert [one.label for one in found] == KINDS
    assert [(one.done, one.open, one.deeds) for one in found] == [((), (), ())] * 5


def test_a_reception_is_told_with_those_who_came(world: World) -> None:
    row = opened(world)
    for body in ("路灯不亮。", "自来水发黄。"):
        receptions.receive(row.pk, told(world, body=body, phone=""), actor=world.clerk, at=START + MINUTE)
    assert part("RECEPTION").done == ("坐班接待 1 次，来了 2 位群众",)
    (deed,) = deeds()
    assert (deed.day, deed.station, deed.text) == (START.date(), world.station.pk, "洺南街道融合站点，来了 2 位")


def test_a_cancelled_reception_is_none(world: World) -> None:
    receptions.cancel(opened(world).pk, actor=world.clerk, at=START + MINUTE)
    assert deeds() == []


def test_a_duty_on_the_day_of_a_reception_counts_once(world: World) -> None:
    roster(world)
    row = opened(world)
    receptions.close(row.pk, actor=world.clerk, at=START + MINUTE)
    assert Shift.objects.get(day=START.date()).state == "HELD"
    assert part("RECEPTION").done == ("坐班接待 1 次，来了 0 位群众",)


def test_a_visitor_he_wrote_down_at_the_table_counts_once(world: World) -> None:
    opened(world)
    message = Message(body="代表在接待时自己记的。", channel="RECEPTION", region=world.village)
    opinion = loop.submit(station=world.station, actor=world.rep, at=START, message=message)
    queries.tie(opinion, actor=world.rep, at=START)
    assert part("RECEPTION").done == ("坐班接待 1 次，来了 1 位群众",)


def test_duties_held_are_told_by_post_and_those_ahead_as_open(world: World) -> None:
    (shift,) = roster(world)
    ahead = "还有 1 班，最近一班 3 月 25 日"
    assert part("RECEPTION").open == (ahead,)
    duties.mark_held(shift.pk, actor=world.clerk, at=START)
    assert (part("RECEPTION").done, part("RECEPTION").open) == (("值班 1 次",), ())
    Shift.objects.filter(pk=shift.pk).update(post="LEGAL")
    assert part("RECEPTION").done == ()
    assert part("SERVICE").done == ("值班 1 次",)
    assert part("SERVICE").deeds[0].text == "法律服务岗，洺南街道融合站点"


def test_an_absence_and_a_draft_leave_nothing(world: World) -> None:
    (shift,) = roster(world)
    duties.mark_absent(shift.pk, actor=world.clerk, at=START)
    assert deeds() == []
    Shift.objects.filter(pk=shift.pk).update(state="PLANNED")
    shift.roster.state, shift.roster.published_at = "DRAFT", None
    shift.roster.save()
    assert deeds() == []


def test_what_passed_without_a_word_is_neither_done_nor_ahead(world: World) -> None:
    roster(world)
    assert deeds(START + timedelta(days=40)) == []


def speak(world: World, opinion: Opinion) -> None:
    loop.explain(opinion.pk, actor=world.rep, at=START + MINUTE, note="跟他说了修灯要等配件。")
    loop.visit(opinion.pk, actor=world.rep, at=START + 2 * MINUTE, note="去路口看了。")
    loop.press(opinion.pk, actor=world.rep, at=START + 3 * MINUTE, note="请快些")


def test_what_he_said_of_matters_stands_under_its_kind_with_the_matters(world: World) -> None:
    opinion = world.opinion(State.HANDLING, at=START - timedelta(days=1))
    speak(world, opinion)
    assert part("OUTREACH").done == ("向群众说明 1 次，说的是 1 件事",)
    assert part("INSPECTION").done == ("走访 1 次，为了 1 件事",)
    assert part("SUGGESTION").done == ("催办 1 次，催的是 1 件事，0 件已经办结",)
    assert part("SUGGESTION").open == ("1 件事还没办结",)
    Opinion.objects.filter(pk=opinion.pk).update(closed_at=START + timedelta(days=1))
    assert part("SUGGESTION").done == ("催办 1 次，催的是 1 件事，1 件已经办结",)
    assert part("SUGGESTION").open == ()


def test_what_others_did_is_not_his(world: World) -> None:
    colleague = mate(world)
    speak(world, world.opinion(State.HANDLING, at=START - timedelta(days=1)))
    found = gathering.gather([rep(), colleague], gathering.span_of(2026, START))
    assert (len(found[rep().pk]), found[colleague.pk]) == (3, [])


def test_suggestions_are_his_from_the_day_he_hands_them_in(world: World) -> None:
    seed(world)
    make_suggestion(world, SuggestionState.DRAFT, at=START)
    assert part("SUGGESTION").done == ()
    paper = make_suggestion(world, SuggestionState.ASSIGNED, at=START)
    assert part("SUGGESTION").done == ("领衔提出代表建议 1 份，0 份办结",)
    assert part("SUGGESTION").open == ("1 份建议还在办",)
    colleague = Representative.objects.get(name="安可期")
    CoSigner.objects.update_or_create(
        suggestion=paper, representative=colleague,
        defaults={"answer": "AGREED", "asked_at": START, "answered_at": START},
    )  # fmt: skip
    found = gathering.gather([colleague], gathering.span_of(2026, START))[colleague.pk]
    assert [deed.label for deed in found] == ["联名代表建议"]


def test_an_addition_counts_when_a_second_person_has_looked(world: World) -> None:
    row = added(world)
    assert (part("OUTREACH").done, part("OUTREACH").open) == ((), ("1 条补记等人核对",))
    workflow.approve(row.pk, actor=world.clerk, at=START)
    assert (part("OUTREACH").done, part("OUTREACH").open) == (("补记 1 次，都有人核对过",), ())
    workflow.reject(row.pk, actor=world.clerk, at=START, reason="记重了")
    assert deeds() == []


def test_a_year_is_a_year_in_shanghai(world: World) -> None:
    eve = START.replace(year=2025, month=12, day=31, hour=23, minute=50)
    opinion = world.opinion(State.HANDLING, at=eve - timedelta(days=1))
    loop.explain(opinion.pk, actor=world.rep, at=eve, note="年三十说的。")
    Service.objects.update(since=date(2025, 1, 1))
    receptions.close(opened(world, at=eve).pk, actor=world.clerk, at=eve)
    assert deeds() == []
    assert {deed.label for deed in deeds(year=2025)} == {"向群众说明", "坐班接待"}
    assert gathering.years_to_choose(START) == (2026, 2025, 2024)


def test_the_newest_stand_first(world: World) -> None:
    Service.objects.update(since=date(2026, 1, 1))
    for back in (9, 2, 5):
        row = opened(world, at=START - timedelta(days=back))
        receptions.close(row.pk, actor=world.clerk, at=START - timedelta(days=back))
    days = [deed.day for deed in deeds()]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("number", [1, 30])
def test_thirty_people_cost_what_one_costs(world: World, number: int) -> None:
    people = [rep()]
    for count in range(number - 1):
        person = Representative.objects.create(name=f"代表{count}")
        Service.objects.create(station=world.station, representative=person, since=date(2026, 1, 1))
        people.append(person)
    opened(world, people=[person.pk for person in people])
    with CaptureQueriesContext(connection) as asked:
        found = gathering.gather(people, gathering.span_of(2026, START))
    assert len(asked) == 8
    assert all(len(lines) == 1 for lines in found.values())


def test_saying_more_of_one_matter_is_more_words_on_one_matter(world: World) -> None:
    opinion = world.opinion(State.HANDLING, at=START - timedelta(days=3))
    for day in range(3):
        loop.explain(opinion.pk, actor=world.rep, at=START + timedelta(days=day), note=f"第 {day} 天说的。")
    done = part("OUTREACH", START + timedelta(days=3)).done
    assert done == ("向群众说明 3 次，说的是 1 件事",)


def test_what_he_recorded_for_residents_is_told_with_what_became_of_it(world: World) -> None:
    for number, channel in enumerate(("VISIT", "PHONE", "WINDOW")):
        message = Message(body=f"第 {number} 件，路灯不亮。", channel=channel, region=world.village)
        loop.submit(station=world.station, actor=world.rep, at=START, message=message)
    Opinion.objects.filter(channel="PHONE").update(closed_at=START + timedelta(days=2))
    found = part("RECEPTION")
    assert (found.done, found.open) == (("替群众记 3 件，1 件已经办结",), ("2 件事还没办结",))


def test_what_the_clerk_records_is_nobody_elses_deed(world: World) -> None:
    message = Message(body="窗口来人说路灯不亮。", channel="WINDOW", region=world.village)
    loop.submit(station=world.station, actor=world.clerk, at=START, message=message)
    assert deeds() == []


def test_somebody_without_an_account_has_receptions_and_duties_all_the_same(world: World) -> None:
    Representative.objects.update(user=None)
    world.opinion(State.HANDLING, at=START)
    row = opened(world)
    receptions.close(row.pk, actor=world.clerk, at=START + MINUTE)
    assert [deed.label for deed in deeds()] == ["坐班接待"]


def test_receptions_at_two_stations_are_told_each_with_its_place(world: World) -> None:
    Service.objects.create(station=world.other_station, representative=rep(), since=date(2026, 1, 1))
    opened(world)
    receptions.open_reception(world.other_station.pk, actor=world.other_clerk, at=START, people=[rep().pk])
    assert {(deed.station, deed.text) for deed in deeds()} == {
        (world.station.pk, "洺南街道融合站点，来了 0 位"),
        (world.other_station.pk, "吴台镇融合站点，来了 0 位"),
    }


def test_two_who_sit_together_both_have_all_who_came(world: World) -> None:
    colleague = mate(world)
    row = opened(world, people=[rep().pk, colleague.pk])
    for body in ("路灯不亮。", "水管漏了。", "没有公交。"):
        receptions.receive(row.pk, told(world, body=body, phone=""), actor=world.clerk, at=START + MINUTE)
    found = gathering.gather([rep(), colleague], gathering.span_of(2026, START))
    assert {deed.people for lines in found.values() for deed in lines} == {3}


@pytest.mark.parametrize("state", SuggestionState.values)
def test_a_suggestion_counts_while_it_is_on_its_way_and_after(world: World, state: str) -> None:
    seed(world)
    make_suggestion(world, state, at=START)
    sentences = part("SUGGESTION", START + timedelta(days=200)).done
    told_of = [sentence for sentence in sentences if "领衔" in sentence]
    if state in (SuggestionState.DRAFT, SuggestionState.WITHDRAWN):
        assert told_of == []
    else:
        closed = 1 if state == SuggestionState.CLOSED else 0
        assert told_of == [f"领衔提出代表建议 1 份，{closed} 份办结"]


def test_what_is_done_at_a_post_is_service_with_its_context(world: World) -> None:
    for kind, day in (("LEGAL", START), ("INFORMATION", START), ("MEDIATION", START - timedelta(days=1))):
        write(world, kind, at=day)
    found = part("SERVICE")
    assert found.done == ("在服务岗 2 天，帮了 3 次",)
    assert {(deed.label, deed.text) for deed in found.deeds} == {
        ("法律服务岗", "工头欠工资没有合同怎么办，洺南街道融合站点"),
        ("信息服务岗", "高龄津贴从几岁起能领，洺南街道融合站点"),
        ("矛盾化解岗", "两家为滴水檐争地界，洺南街道融合站点"),
    }


def test_a_duty_at_a_post_counts_once_with_what_was_written_there(world: World) -> None:
    post_shift(world, "LEGAL")
    write(world, "LEGAL")
    assert part("SERVICE").done == ("在服务岗 1 天，帮了 1 次",)
    post_shift(world, "PROJECT", START - timedelta(days=1), state="HELD")
    write(world, "LEGAL", at=START - timedelta(days=1), subject="另一个岗的事")
    assert set(part("SERVICE").done) == {"在服务岗 2 天，帮了 2 次", "值班 1 次"}


def test_a_record_written_by_mistake_or_of_somebody_else_is_none_of_his(world: World) -> None:
    row = write(world)
    write(world, "LEGAL", representative=None)
    posts.void(row.pk, actor=world.clerk, at=START + MINUTE, reason="记错了人")
    assert part("SERVICE").done == ()
