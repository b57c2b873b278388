"""How the loop's notices travel: families, groups, and texts that the county may edit."""

from datetime import datetime, timedelta

import pytest

from notices import kinds, texts, words
from notices.digest import gather
from notices.models import Channel, GroupRobot, Notice
from notices.outbox import post_many
from notices.states import PHONE
from opinions import notify, sweeps
from opinions.models import Opinion
from opinions.states import State
from tests.world import SHANGHAI, START, World

EDITABLE = [(kind, channel) for kind in kinds.known() if kind.words for channel in kind.text_channels]
LATE = datetime(2026, 4, 10, 0, 3, tzinfo=SHANGHAI)
MORNING = LATE.replace(hour=8, minute=0)


def robot(scope: str, code: str) -> GroupRobot:
    return GroupRobot.objects.create(
        name=code, scope=scope, code=code, region_code="411625", address="x", created_at=START
    )


@pytest.mark.parametrize(("kind", "channel"), EDITABLE, ids=lambda value: getattr(value, "name", value))
def test_each_of_our_texts_could_have_been_written_by_the_county(kind: kinds.Kind, channel: str) -> None:
    text = texts.standard(kind, channel)
    assert text
    assert texts.faults(kind, channel, text) == []


@pytest.mark.parametrize(("kind", "channel"), EDITABLE, ids=lambda value: getattr(value, "name", value))
def test_each_example_reads(kind: kinds.Kind, channel: str) -> None:
    example = words.fill(texts.standard(kind, channel), words.examples(words.offered(kind.words, channel)))
    assert "{" not in example
    assert "。。" not in example
    if channel == Channel.SMS:
        assert words.sms_parts(example, "代表联络站") <= 2


@pytest.mark.parametrize("name", notify.RESIDENT_KINDS)
def test_residents_are_reached_by_telephone_and_wechat_and_never_put_together(name: str) -> None:
    kind = kinds.get(name)
    assert kind.channels == (Channel.SMS, Channel.WECHAT)
    assert (kind.pass_on, kind.family) == ((), "")
    assert PHONE in kind.text_channels
    assert "title" not in kind.words


@pytest.mark.parametrize("name", notify.STAFF_KINDS)
def test_colleagues_are_told_on_the_page_and_reminded_elsewhere(name: str) -> None:
    kind = kinds.get(name)
    assert kind.channels == (Channel.IN_SITE,)
    assert kinds.family_of(name) is not None
    assert PHONE not in kind.text_channels


def test_a_morning_with_fifteen_missed_limits_is_one_message(world: World) -> None:
    world.clerk.email = "clerk@example.test"
    world.clerk.save()
    for number in range(15):
        world.opinion(State.HANDLING, at=START + timedelta(minutes=number))
    Notice.objects.all().delete()
    sweeps.sweep_deadlines(LATE)
    mine = Notice.objects.inbox_of(world.clerk)
    assert mine.count() == 15
    gather(MORNING - timedelta(minutes=1))
    assert mine.count() == 15
    gather(MORNING)
    assert texts.title(mine.get()) == "有 15 件快到期或超期的事"
    assert kinds.address_of(mine.get().subject) == "/desk/opinions/?group=late"
    [letter] = Notice.objects.filter(channel=Channel.EMAIL)
    assert len(letter.context["items"]) == 15


def test_the_groups_of_station_and_unit_hear_of_a_missed_limit_without_a_word_of_it(world: World) -> None:
    places = {f"group:{robot(scope, code).pk}": code for scope, code in (
        ("station", "mingnan"), ("unit", "chengguan"), ("station", "wutai"), ("unit", "shuili"))}  # fmt: skip
    row = world.opinion(State.HANDLING)
    Notice.objects.all().delete()
    sweeps.sweep_deadlines(LATE)
    gather(MORNING)
    posts = Notice.objects.filter(channel=Channel.WECOM)
    assert {places[post.address] for post in posts} == {"mingnan", "chengguan"}
    for post in posts:
        said = texts.title(post) + texts.body(post) + str(post.context)
        assert row.receipt[:2] in said
        for secret in (row.receipt[2:], row.title, "路灯", "田大山", "13800001234", "县城管局", "东街"):
            assert secret not in said


@pytest.mark.parametrize(
    ("kind", "who", "place"),
    [("opinion_replied", "clerk", "station:mingnan"), ("opinion_assigned", "handler", "unit:chengguan")],
)
def test_a_verbs_notice_reaches_the_group_of_whom_it_tells(world: World, kind: str, who: str, place: str) -> None:
    places = {f"group:{robot(scope, code).pk}": f"{scope}:{code}" for scope, code in (
        ("station", "mingnan"), ("unit", "chengguan"), ("unit", "gongdian"))}  # fmt: skip
    row = world.opinion(State.REPLIED)
    Notice.objects.all().delete()
    post_many(notify.to_users(kind, row, [world.users[who].pk], at=START, tag="1"))
    gather(START + timedelta(minutes=20))
    assert [places[post.address] for post in Notice.objects.filter(channel=Channel.WECOM)] == [place]


def test_the_countys_group_hears_of_what_is_brought_to_the_county(world: World) -> None:
    county = robot("county", "411625")
    row = world.opinion(State.ACCEPTED)
    Notice.objects.all().delete()
    drafts = notify.to_users("opinion_referred", row, notify.county_staff_of(row.region_id), at=START, tag="1")
    post_many(drafts)
    gather(START + timedelta(minutes=20))
    [post] = Notice.objects.filter(channel=Channel.WECOM)
    assert post.address == f"group:{county.pk}"


def test_a_resident_is_led_to_his_own_page(world: World) -> None:
    row = world.submit()
    notice = Notice.objects.get(kind="resident_received")
    assert texts.link(notice).endswith(f"/t/{row.receipt}/")
    assert notice.station_code == "mingnan"


def test_an_older_message_without_its_way_leads_no_resident_to_the_desk(world: World) -> None:
    world.submit()
    Notice.objects.update(context={"receipt": "K7QM4XWD3R"})
    assert "/desk/" not in texts.body(Notice.objects.get(kind="resident_received"))


def test_the_day_in_words_is_the_day_here(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    due = row.reply_due_at.astimezone(SHANGHAI)
    notice = Notice.objects.filter(kind="opinion_assigned").first()
    assert f"{due.month} 月 {due.day} 日前答复" in texts.body(notice)
    sms = Notice.objects.get(kind="resident_assigned", channel=Channel.SMS)
    assert f"，{due.month}月{due.day}日前答复" in texts.body(sms)


def test_what_a_matter_tells_costs_no_statement_more_with_groups(world: World) -> None:
    assert Opinion.objects.count() == 0
    robot("station", "mingnan")
    row = world.submit()
    assert not Notice.objects.filter(channel=Channel.WECOM).exists()  # only the worker looks for groups
    assert Notice.objects.filter(subject=f"opinion:{row.pk}", pass_on_at__isnull=False).count() == 1
