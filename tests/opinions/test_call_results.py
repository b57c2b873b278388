"""What a clerk writes on a line of the call sheet: through the matter's verbs, once, and nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.workflow import NotAllowed, WrongState
from opinions import bulk, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.states import State
from tests.world import START, World

SHEET = "/desk/opinions/callbacks/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(world: World) -> Opinion:
    return fed_back(world)


def fed_back(world: World, **message: Any) -> Opinion:
    row = world.submit(**message)
    return workflow.answer_on_spot(row.pk, actor=world.clerk, at=START, body="已经换了灯泡", outcome="A")


def desk(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(world: World, row: Opinion, who: str = "clerk", **data: Any) -> Any:
    """Send a row's form as the page gave it, with these answers."""
    seen = Opinion.objects.get(pk=row.pk).changed_at.isoformat()
    return desk(world.users[who]).post(f"{SHEET}{row.pk}/", {"seen": seen, "following": "", "comment": ""} | data)


def last_verb(row: Opinion) -> str:
    return row.history.order_by("-id")[0].verb


@pytest.mark.parametrize(("result", "solved"), [("SATISFIED", "YES"), ("FAIR", "PARTLY")])
def test_a_rating_heard_on_the_telephone_ends_the_matter(
    world: World, waiting: Opinion, result: str, solved: str
) -> None:
    answer = send(world, waiting, result=result, solved=solved, comment=" 灯亮了 ")
    assert (answer.status_code, answer["Location"]) == (302, SHEET)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.satisfaction) == (State.CLOSED, result)
    rating = waiting.ratings.get()
    assert (rating.solved, rating.comment, rating.recorded_by) == (solved, "灯亮了", world.clerk)


def test_a_dissatisfied_word_goes_back_to_be_handled_anew(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    send(world, row, result="DISSATISFIED", solved="NO", comment="还是不亮")
    row.refresh_from_db()
    assert (row.state, row.round) == (State.ASSIGNED, 2)


def test_told_at_the_door_is_told_and_stays_on_the_sheet(world: World) -> None:
    row = fed_back(world, phone="")
    assert row.told_at is None
    send(world, row, result="TOLD", comment="儿子在家")
    row.refresh_from_db()
    assert row.told_at is not None
    assert row.history.filter(verb="feed_back").get().internal_text == "上门或者托人告诉的。儿子在家"
    context = desk(world.clerk).get(SHEET).context
    assert ([call.opinion for call in context["untold"]], [call.opinion for call in context["unrated"]]) == ([], [row])


def test_nobody_found_is_counted_and_changes_nothing_else(world: World, waiting: Opinion) -> None:
    for _ in range(2):
        assert send(world, waiting, result="MISSED", comment="晚上再打").status_code == 302
    now = Opinion.objects.get(pk=waiting.pk)
    assert (now.state, now.told_at, now.step_due_at) == (waiting.state, waiting.told_at, waiting.step_due_at)
    assert [line.public_text for line in waiting.history.filter(verb="miss")] == ["", ""]
    text = desk(world.clerk).get(SHEET).content.decode()
    assert '找过 <span class="num">2</span> 次没找到人' in text
    assert "没找到人" not in Client().get(f"/t/{waiting.receipt}/").content.decode()


def test_calls_of_an_earlier_round_are_not_counted(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    send(world, row, result="MISSED")
    Opinion.objects.filter(pk=row.pk).update(round=2)
    assert "次没找到人" not in desk(world.clerk).get(SHEET).content.decode()


def test_a_double_tap_writes_one_line(world: World, waiting: Opinion) -> None:
    seen = waiting.changed_at.isoformat()
    for times in (1, 2):
        answer = send(world, waiting, result="MISSED", seen=seen)
        assert (answer.status_code, waiting.history.filter(verb="miss").count()) == (302, 1), times


def test_two_ratings_from_two_tabs_are_one(world: World, waiting: Opinion) -> None:
    seen = waiting.changed_at.isoformat()
    send(world, waiting, result="SATISFIED", solved="YES", seen=seen)
    client = desk(world.town_staff)
    sent = {"result": "DISSATISFIED", "solved": "NO", "seen": seen}
    text = client.post(f"{SHEET}{waiting.pk}/", sent, follow=True).content.decode()
    assert "刚刚办过（评价）" in text
    assert waiting.ratings.get().satisfaction == "SATISFIED"


@pytest.mark.parametrize("seen", ["", "gestern", "2026-13-45T99:00:00+08:00", "2026-03-25T09:00:00", "x" * 40])
def test_a_forged_moment_is_refused_and_not_a_crash(world: World, waiting: Opinion, seen: str) -> None:
    assert send(world, waiting, result="MISSED", seen=seen)["Location"] == SHEET
    assert last_verb(waiting) == "answer_on_spot"
    assert bulk.moment_of("2026-13-45T99:00:00+08:00") is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请选一个"),
        ({"result": "SATISFIED"}, "问题解决了没有"),
        ({"result": "HACK", "solved": "YES"}, "选"),
        ({"result": "SATISFIED", "solved": "HACK"}, "选"),
        ({"result": "MISSED", "comment": "长" * 301}, "300"),
    ],
)
def test_what_is_missing_is_said_on_the_line_and_what_was_typed_stays(
    world: World, waiting: Opinion, data: dict[str, str], sentence: str
) -> None:
    other = fed_back(world)
    answer = send(world, waiting, **({"comment": "他说灯亮了"} | data))
    text = answer.content.decode()
    assert answer.status_code == 422
    line = text[text.index(f'id="call-{waiting.pk}"') : text.index(f'id="call-{other.pk}"')]
    assert sentence in line[line.index('class="err"') :]
    assert text.count('class="err"') == 1
    assert data.get("comment", "他说灯亮了") in line
    assert last_verb(waiting) == "answer_on_spot"


def test_it_goes_on_to_the_next_line(world: World, waiting: Opinion) -> None:
    following = fed_back(world)
    page = desk(world.clerk).get(SHEET)
    assert [call.following for call in page.context["unrated"]] == [following.pk, None]
    answer = send(world, waiting, result="MISSED", following=str(following.pk))
    assert answer["Location"] == f"{SHEET}?after={following.pk}#call-{following.pk}"
    text = desk(world.clerk).get(answer["Location"]).content.decode()
    assert text.index(f'id="call-{following.pk}"') < text.index("上一位记好了")


@pytest.mark.parametrize("following", ["//evil.example", "1\r\nSet-Cookie: a=b", "９", "1" * 30, "-1"])
def test_the_next_line_is_a_number_and_nothing_else(world: World, waiting: Opinion, following: str) -> None:
    assert send(world, waiting, result="MISSED", following=following)["Location"] == SHEET


@pytest.mark.parametrize(
    ("who", "status"),
    [("other_clerk", 404), ("county_staff", 403), ("leader", 403), ("handler", 403), ("rep", 403), ("admin", 403)],
)
def test_who_may_not_ring_writes_nothing(world: World, waiting: Opinion, who: str, status: int) -> None:
    assert send(world, waiting, who, result="SATISFIED", solved="YES").status_code == status
    assert last_verb(waiting) == "answer_on_spot"
    assert Client().post(f"{SHEET}{waiting.pk}/", {"result": "MISSED"}).status_code == 302


def test_whoever_was_told_is_not_told_again(world: World, waiting: Opinion) -> None:
    untold = fed_back(world, phone="")
    text = desk(world.clerk).get(SHEET).content.decode()
    assert text.count('value="TOLD"') == 1
    assert untold.told_at is None


def test_words_of_a_resident_are_shown_as_words(world: World, waiting: Opinion) -> None:
    text = send(world, waiting, comment='"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_verb_itself(world: World, waiting: Opinion) -> None:
    at = START + timedelta(hours=1)
    with pytest.raises(NotAllowed):
        workflow.miss(waiting.pk, actor=world.other_clerk, at=at)
    workflow.miss(waiting.pk, actor=world.clerk, at=at, note="长" * 400)
    assert len(waiting.history.get(verb="miss").internal_text) <= 310
    workflow.rate(waiting.pk, actor=RESIDENT, at=at, solved="YES", satisfaction="SATISFIED")
    with pytest.raises(WrongState):
        workflow.miss(waiting.pk, actor=world.clerk, at=timezone.now())
