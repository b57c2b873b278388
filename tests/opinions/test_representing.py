"""What a representative does on a matter: explains, presses, visits; who is told, how often, and who reads it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.workflow import BadInput, VerbError, WrongState
from notices.models import Channel, Notice
from opinions import deadlines, workflow
from opinions.models import DeadlineRule, HistoryEntry, Opinion
from opinions.present import press_words
from opinions.states import State
from opinions.views import page
from opinions.views.rows import rows_of
from tests.opinions.test_public_message import jpeg
from tests.world import START, World, make_user

LATER = START + timedelta(hours=1)
NEXT_DAY = START + timedelta(days=1)
FRIDAY, SATURDAY, MONDAY = START + timedelta(days=2), START + timedelta(days=3), START + timedelta(days=5)


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.sessions.AccountBackend")
    return client


def press(row: Opinion, actor: Any, at: Any = LATER, **words: Any) -> Opinion:
    return workflow.press(row.pk, actor=actor, at=at, **words)


# --- 向群众说明


@pytest.mark.parametrize("state", [State.SUBMITTED, State.HANDLING, State.FED_BACK])
def test_an_explanation_is_public_and_the_resident_hears_of_it(world: World, state: str) -> None:
    row = world.opinion(state)
    due = row.step_due_at
    workflow.explain(row.pk, actor=world.rep, at=LATER, note="  配件在路上，下周二换。 ")
    entry = row.history.first()
    assert (entry.verb, entry.public_text, entry.actor) == ("explain", "代表rep：配件在路上，下周二换。", world.rep)
    notice = Notice.objects.get(kind="resident_explained", channel=Channel.SMS)
    assert notice.subject == f"opinion:{row.pk}"
    row.refresh_from_db()
    assert (row.state, row.step_due_at) == (state, due)


def test_many_explanations_of_a_day_are_one_message(world: World) -> None:
    row = world.opinion(State.HANDLING)
    for minute in range(3):
        workflow.explain(row.pk, actor=world.rep, at=LATER + timedelta(minutes=minute), note="再说一句")
    assert row.history.filter(verb="explain").count() == 3
    assert Notice.objects.filter(kind="resident_explained").count() == 1
    workflow.explain(row.pk, actor=world.rep, at=NEXT_DAY, note="今天装好了")
    assert Notice.objects.filter(kind="resident_explained").count() == 2


@pytest.mark.parametrize(("verb", "words"), [("explain", "  "), ("visit", "\n")])
def test_nothing_said_is_refused_at_its_field(world: World, verb: str, words: str) -> None:
    row = world.opinion(State.HANDLING)
    with pytest.raises(BadInput) as refusal:
        getattr(workflow, verb)(row.pk, actor=world.rep, at=LATER, note=words)
    assert refusal.value.field == "note"
    assert not row.history.filter(verb=verb).exists()


# --- 催办


def test_a_press_tells_the_unit_and_the_station_and_moves_nothing(world: World) -> None:
    row = world.opinion(State.HANDLING)
    pressed = press(row, world.rep, note="学校快开学了")
    told = Notice.objects.filter(kind="opinion_pressed")
    assert {notice.user for notice in told} == {world.handler, world.clerk}
    entry = row.history.first()
    assert (entry.public_text, entry.internal_text) == ("代表rep催办县城管局：学校快开学了", "")
    assert (pressed.rep_presses, pressed.staff_presses) == (1, 0)
    assert (pressed.state, pressed.step_due_at, pressed.reply_due_at) == (row.state, row.step_due_at, row.reply_due_at)
    assert not row.cards.exists()


@pytest.mark.parametrize(
    ("who", "name"), [("clerk", "站点"), ("town_staff", "站点"), ("county_staff", "县人大"), ("rep", "代表rep")]
)
def test_each_side_presses_under_its_own_name(world: World, who: str, name: str) -> None:
    row = press(world.opinion(State.ASSIGNED), world.users[who])
    assert row.history.first().public_text == f"{name}催办县城管局"
    assert (row.rep_presses, row.staff_presses) == ((1, 0) if who == "rep" else (0, 1))
    assert world.users[who].pk not in Notice.objects.filter(kind="opinion_pressed").values_list("user_id", flat=True)


def test_a_person_presses_once_a_working_day(world: World) -> None:
    row = world.opinion(State.HANDLING)
    press(row, world.rep, FRIDAY)
    for at in (FRIDAY + timedelta(minutes=1), SATURDAY, SATURDAY + timedelta(days=1)):
        with pytest.raises(WrongState) as refusal:
            press(row, world.rep, at)
        assert "3 月 30 日可以再催" in refusal.value.message
    assert press(row, world.county_staff, FRIDAY + timedelta(minutes=2)).staff_presses == 1
    assert press(row, world.rep, MONDAY).rep_presses == 2
    assert row.history.filter(verb="press").count() == 3


def test_the_table_of_limits_says_how_often(world: World) -> None:
    row = world.opinion(State.HANDLING)
    DeadlineRule.objects.create(step="PRESS", working_days=3)
    deadlines.forget()
    press(row, world.rep, FRIDAY)
    with pytest.raises(WrongState):
        press(row, world.rep, MONDAY)
    assert press(row, world.rep, MONDAY + timedelta(days=2)).rep_presses == 2


def test_nobody_is_pressed_where_no_unit_has_anything_to_do(world: World) -> None:
    spot = world.opinion(State.ACCEPTED)
    workflow.answer_on_spot(
        spot.pk, actor=world.clerk, at=LATER, body="下月修", outcome="B", promised_on=NEXT_DAY.date()
    )
    workflow.rate(spot.pk, actor=world.clerk, at=LATER, solved="PARTLY", satisfaction="FAIR")
    with pytest.raises(VerbError, match="没有交过单位"):
        press(spot, world.rep, NEXT_DAY)
    again = world.opinion(State.FED_BACK)
    for at in (LATER, NEXT_DAY):
        workflow.rate(again.pk, actor=world.clerk, at=at, solved="NO", satisfaction="DISSATISFIED")
        if at == LATER:
            workflow.sign(again.pk, actor=world.handler, at=at)
            workflow.reply(again.pk, actor=world.handler, at=at, body="修了", outcome="A")
            workflow.approve_reply(again.pk, actor=world.clerk, at=at)
    with pytest.raises(VerbError, match="回头看"):
        press(again, world.rep, NEXT_DAY)
    for row in (spot, again):
        assert "press" not in page._open_verbs(world.rep, Opinion.objects.get(pk=row.pk), NEXT_DAY, set())


def test_counts_begin_anew_with_the_next_hand_out(world: World) -> None:
    row = world.opinion(State.HANDLING)
    press(row, world.rep)
    press(row, world.clerk)
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="修了", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=LATER)
    again = workflow.rate(row.pk, actor=world.clerk, at=NEXT_DAY, solved="NO", satisfaction="DISSATISFIED")
    assert (again.state, again.rep_presses, again.staff_presses) == (State.ASSIGNED, 0, 0)
    assert row.history.filter(verb="press").count() == 2


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 0), ""),
        ((2, 0), "代表催办了 2 次"),
        ((0, 1), "站点、县里催办了 1 次"),
        ((1, 3), "代表催办了 1 次，站点、县里催办了 3 次"),
    ],
)
def test_presses_in_words(counts: tuple[int, int], words: str) -> None:
    assert press_words(*counts) == words


def test_the_unit_reads_it_on_its_list_and_on_the_page(world: World) -> None:
    row = world.opinion(State.HANDLING)
    press(row, world.rep, is_public=False, note="家长天天问")
    press(row, world.rep, NEXT_DAY)
    mine = Opinion.objects.visible_to(world.handler)
    assert [found.pressed for found in rows_of(mine, NEXT_DAY, "unit", "", ("chengguan",))] == ["代表催办了 2 次"]
    client = browser(world.handler)
    for address in ("/desk/opinions/?group=all", "/desk/", row.get_absolute_url()):
        assert "代表催办了 2 次" in client.get(address).content.decode()
    text = client.get(row.get_absolute_url()).content.decode()
    assert text.count("rep <span") == 2
    assert "家长天天问" in text
    workflow.reply(row.pk, actor=world.handler, at=NEXT_DAY, body="修好了", outcome="A")
    assert "代表催办了" not in client.get("/desk/opinions/?group=all").content.decode()


def test_naming_who_pressed_costs_two_statements_at_most(world: World, django_assert_max_num_queries: Any) -> None:
    row = world.opinion(State.HANDLING)
    client = browser(world.handler)
    client.get(row.get_absolute_url())
    with django_assert_max_num_queries(60) as plain:
        client.get(row.get_absolute_url())
    press(row, world.rep)
    with django_assert_max_num_queries(60) as pressed:
        client.get(row.get_absolute_url())
    assert len(pressed) <= len(plain) + 2


# --- 走访


def test_an_internal_visit_is_read_by_staff_the_unit_and_himself(world: World) -> None:
    row = world.opinion(State.HANDLING)
    words = "去看了，灯杆也歪了"
    sent = browser(world.rep).post(f"{row.get_absolute_url()}visit/", {"note": words, "photos": jpeg()})
    assert sent.status_code == 302
    entry = HistoryEntry.objects.get(verb="visit")
    assert (entry.public_text, entry.internal_text) == ("", f"代表rep走访：{words}")
    photo = entry.photos.get()
    assert not photo.is_public
    other = make_user("rep2", "REPRESENTATIVE", region_code="411625001")
    person = world.station.services.get().representative
    person.pk, person.user, person.name = None, other, "另一位"
    person.save()
    world.station.services.create(representative=person, since=START.date())
    for who, reads in ((world.rep, True), (world.clerk, True), (world.handler, True), (other, False)):
        client = browser(who)
        assert (words in client.get(row.get_absolute_url()).content.decode()) == reads, who
        status = client.get(f"{row.get_absolute_url()}photos/{photo.token}/thumb/").status_code
        assert (status == 200) == reads, who
    assert words not in Client().get(f"/t/{row.receipt}/").content.decode()


def test_a_public_visit_stands_in_the_residents_course(world: World) -> None:
    row = world.opinion(State.HANDLING)
    browser(world.rep).post(f"{row.get_absolute_url()}visit/", {"note": "去看了，正在换", "is_public": "on"})
    assert row.history.first().public_text == "代表rep走访：去看了，正在换"
    assert "代表rep走访：去看了，正在换" in Client().get(f"/t/{row.receipt}/").content.decode()


def test_a_second_tap_writes_nothing_twice_and_says_so(world: World) -> None:
    row = world.opinion(State.HANDLING)
    client = browser(world.rep)
    address = f"{row.get_absolute_url()}press/"
    assert client.post(address, {"note": ""}).status_code == 302
    again = client.post(address, {"note": ""})
    assert again.status_code == 409
    assert "可以再催" in again.content.decode()
    assert row.history.filter(verb="press").count() == 1


def test_the_wanted_act_stands_in_front_without_script(world: World) -> None:
    row = world.opinion(State.HANDLING)
    client = browser(world.rep)
    for verb in ("explain", "press", "visit"):
        answer = client.get(f"{row.get_absolute_url()}?do={verb}")
        assert [panel.verb for panel in answer.context["front"]] == [verb]
        assert 'id="acts"' in answer.content.decode()
    assert [panel.verb for panel in client.get(f"{row.get_absolute_url()}?do=reply").context["front"]] == ["explain"]


def test_who_has_pressed_reads_from_when_he_may_again(world: World) -> None:
    at = timezone.now()
    row = world.opinion(State.HANDLING, at=at - timedelta(hours=2))
    press(row, world.rep, at)
    said = "您催过了，单位已经收到。"
    assert said in browser(world.rep).get(f"{row.get_absolute_url()}?do=press").content.decode()
    for other in (world.clerk, world.handler, world.leader):
        assert said not in browser(other).get(row.get_absolute_url()).content.decode()
