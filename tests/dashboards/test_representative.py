"""The representative's page: what waits for his word, what is new, and the year that gathers itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards import representing
from opinions import workflow
from opinions.models import Opinion
from opinions.states import State
from stations.models import Service
from stations.queries import forget
from tests.world import START, World, make_world

DAY = timedelta(days=1)
LONG_AFTER = START + 40 * DAY


@pytest.fixture
def world(db: None) -> World:
    forget()
    return make_world()


def parts(world: World, at: Any) -> dict[str, list[int]]:
    found = representing.parts(world.rep, at)
    return {part.key: [card.opinion.pk for card in (*part.shown, *part.folded)] for part in found}


def page(world: World) -> str:
    client = Client()
    client.force_login(world.rep)
    return client.get("/desk/").content.decode()


def test_a_late_matter_waits_for_his_word_until_he_says_one(world: World) -> None:
    late, fresh = world.opinion(State.HANDLING), world.opinion(State.HANDLING, at=LONG_AFTER - DAY)
    old = world.opinion(State.HANDLING, at=LONG_AFTER - 9 * DAY)
    assert parts(world, LONG_AFTER) == {"word": [late.pk], "new": [fresh.pk], "rest": [old.pk]}
    workflow.explain(late.pk, actor=world.rep, at=LONG_AFTER - timedelta(hours=1), note="我去催了")
    assert parts(world, LONG_AFTER) == {"new": [fresh.pk], "rest": [late.pk, old.pk]}


@pytest.mark.parametrize("verb", ["explain", "press", "visit"])
def test_any_of_the_three_counts_and_a_word_before_the_limit_does_not(world: World, verb: str) -> None:
    late = world.opinion(State.HANDLING)
    workflow.explain(late.pk, actor=world.rep, at=START + timedelta(hours=1), note="在办")
    assert parts(world, LONG_AFTER)["word"] == [late.pk]
    words = {} if verb == "press" else {"note": "去看了"}
    getattr(workflow, verb)(late.pk, actor=world.rep, at=LONG_AFTER - timedelta(hours=1), **words)
    assert "word" not in parts(world, LONG_AFTER)


def test_what_a_clerk_pressed_still_waits_for_the_representative(world: World) -> None:
    late = world.opinion(State.HANDLING)
    workflow.press(late.pk, actor=world.clerk, at=LONG_AFTER - timedelta(hours=1))
    assert parts(world, LONG_AFTER) == {"word": [late.pk]}


def test_a_second_round_waits_and_a_rating_never_does(world: World) -> None:
    again, silent = world.opinion(State.FED_BACK), world.opinion(State.FED_BACK)
    at = START + timedelta(hours=2)
    workflow.rate(again.pk, actor=world.clerk, at=at, solved="NO", satisfaction="DISSATISFIED")
    assert parts(world, at + timedelta(minutes=1)) == {"word": [again.pk], "new": [silent.pk]}
    assert silent.pk not in parts(world, LONG_AFTER)["word"]
    workflow.explain(again.pk, actor=world.rep, at=at + timedelta(minutes=2), note="我盯着")
    assert "word" not in parts(world, at + timedelta(minutes=3))


def test_cards_lead_to_the_three_acts(world: World) -> None:
    at = timezone.now() - timedelta(hours=1)
    handled, asked = world.opinion(State.HANDLING, at=at), world.opinion(State.SUBMITTED, at=at)
    text = page(world)
    for verb in ("explain", "press", "visit"):
        assert f"/desk/opinions/{handled.pk}/?do={verb}#acts" in text
    assert f"/desk/opinions/{asked.pk}/?do=press" not in text
    assert f"/desk/opinions/{asked.pk}/?do=visit" in text
    workflow.press(handled.pk, actor=world.rep, at=timezone.now())
    assert "代表催办了 1 次" in page(world)


def test_the_year_gathers_itself_with_its_base(world: World) -> None:
    done, runs = world.opinion(State.HANDLING), world.opinion(State.HANDLING)
    at = START + DAY
    workflow.explain(done.pk, actor=world.rep, at=at, note="说一句")
    workflow.explain(done.pk, actor=world.rep, at=at, note="再说一句")
    workflow.press(runs.pk, actor=world.rep, at=at)
    workflow.press(runs.pk, actor=world.clerk, at=at)
    workflow.reply(done.pk, actor=world.handler, at=at, body="好了", outcome="A")
    workflow.approve_reply(done.pk, actor=world.clerk, at=at)
    workflow.rate(done.pk, actor=world.clerk, at=at, solved="YES", satisfaction="SATISFIED")
    message = workflow.Message(body="路灯不亮", channel="VISIT", region=world.village)
    workflow.submit(station=world.station, actor=world.rep, at=at, message=message)
    year = representing.year_so_far(world.rep, START + 2 * DAY)
    assert [(deed.label, deed.times, deed.matters, deed.closed) for deed in year.deeds] == [
        ("向群众说明", 2, 1, 1),
        ("催办", 1, 1, 0),
        ("替群众记", 1, 1, 0),
    ]
    assert (year.year, year.received, len(year.lines)) == (2026, 3, 4)
    assert {line.label for line in year.lines} == {"向群众说明", "催办", "替群众记"}


def test_last_year_is_another_year(world: World) -> None:
    row = world.opinion(State.HANDLING)
    workflow.explain(row.pk, actor=world.rep, at=START + DAY, note="说一句")
    year = representing.year_so_far(world.rep, START + 365 * DAY)
    assert (year.year, year.received, list(year.deeds), list(year.lines)) == (2027, 0, [], [])


def test_titles_out_of_sight_are_not_named_but_the_deed_counts(world: World) -> None:
    row = world.opinion(State.HANDLING, at=timezone.now() - timedelta(hours=1))
    workflow.explain(row.pk, actor=world.rep, at=timezone.now(), note="说一句")
    assert row.title in page(world)
    Service.objects.filter(representative__user=world.rep).update(until=timezone.localdate())
    text = page(world)
    assert row.title not in text
    assert "不再归您看的一件" in text


def test_nothing_is_scored_or_compared(world: World) -> None:
    row = world.opinion(State.HANDLING, at=timezone.now() - timedelta(hours=1))
    workflow.explain(row.pk, actor=world.rep, at=timezone.now(), note="说一句")
    text = page(world)
    for word in ("积分", "排名", "名次", "第一名", "得分"):
        assert word not in text


def test_one_matter_and_thirty_cost_the_same(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page(world)
        return len(caught)

    at = timezone.now() - timedelta(hours=1)
    first = world.opinion(State.HANDLING, at=at)
    old = world.opinion(State.HANDLING, at=at - 60 * DAY)
    mid = world.opinion(State.HANDLING, at=at - 9 * DAY)
    workflow.explain(mid.pk, actor=world.rep, at=timezone.now(), note="说一句")
    page(world)
    before = cost()
    for _ in range(8):
        row = world.opinion(State.HANDLING, at=at)
        workflow.explain(row.pk, actor=world.rep, at=timezone.now(), note="说一句")
        world.opinion(State.HANDLING, at=at - 60 * DAY)
    assert cost() == before
    assert Opinion.objects.filter(pk__in=[first.pk, old.pk]).count() == 2


def test_what_needs_him_stands_open_and_the_rest_waits_in_a_fold(world: World) -> None:
    now = timezone.now()
    for _ in range(5):
        world.opinion(State.HANDLING, at=now - 40 * DAY)
    for _ in range(4):
        world.opinion(State.SUBMITTED, at=now - timedelta(hours=1))
    found = {part.key: (len(part.shown), len(part.folded)) for part in representing.parts(world.rep, now)}
    assert found == {"word": (4, 1), "new": (0, 4)}
    text = page(world)
    assert text.count('class="fold panel rep-more"') == 2
    assert '还有 <span class="num">1</span> 件' in text
    assert '看最近的 <span class="num">4</span> 件' in text
    assert 'href="/desk/opinions/?group=open">看全部正在办的（9 件）' in text


def test_few_matters_all_stand_open(world: World) -> None:
    for days in (0, 0, 9, 9):
        world.opinion(State.HANDLING, at=timezone.now() - days * DAY - timedelta(hours=1))
    found = [(part.key, len(part.shown), len(part.folded)) for part in representing.parts(world.rep, timezone.now())]
    assert found == [("new", 2, 0), ("rest", 2, 0)]
    assert "rep-more" not in page(world)


def test_an_empty_home_has_no_way_to_an_empty_list(world: World) -> None:
    assert "看全部正在办的" not in page(world)
