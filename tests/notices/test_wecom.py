"""Robots of WeCom groups: what they post, how often, and that the address stays a secret."""

import logging
import threading
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from notices import wecom
from notices.channels import Outgoing, SendFailure, TooFast, Undeliverable
from notices.delivery import deliver_due
from notices.drafts import write
from notices.models import Channel, DeliveryRules, Gate, GroupRobot, Notice, State
from notices.outbox import Draft
from notices.wecom import Robot, is_webhook, take_turn
from tests.notices.servers import Fake, answer, reset

KEY = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"
pytestmark = pytest.mark.django_db
OK = answer(200, {"errcode": 0, "errmsg": "ok"})


@pytest.fixture
def wechat_work(server: Fake, settings: Any) -> Fake:
    settings.WECOM_API_BASE = server.url
    server.always = OK
    return server


@pytest.fixture
def robot(wechat_work: Fake, noon: datetime) -> GroupRobot:
    return GroupRobot.objects.create(
        name="洺南站群", scope="station", code="mingnan", region_code="411625001", created_at=noon,
        address=f"{wechat_work.url}/cgi-bin/webhook/send?key={KEY}",
    )  # fmt: skip


def message(robot: GroupRobot, text: str = "回执码 K7 开头的那件。") -> Outgoing:
    return Outgoing("notice-1-1", f"group:{robot.pk}", "已经超期", text)


def queue(robot: GroupRobot, noon: datetime, count: int) -> None:
    write([
        Draft(kind="plain", at=noon, dedupe=f"w:{number}", channel=Channel.WECOM, address=f"group:{robot.pk}",
              context={"receipt2": "K7"})
        for number in range(count)
    ])  # fmt: skip


def test_posts_markdown_to_the_webhook(robot: GroupRobot, wechat_work: Fake, noon: datetime) -> None:
    Robot().send(message(robot), noon)
    [asked] = wechat_work.asked
    assert asked.query == {"key": KEY}
    assert asked.data == {
        "msgtype": "markdown", "markdown": {"content": "**已经超期**\n回执码 K7 开头的那件。"},
    }  # fmt: skip


def test_a_long_text_is_cut_at_a_whole_character(robot: GroupRobot, wechat_work: Fake, noon: datetime) -> None:
    Robot().send(message(robot, "塅" * 3000), noon)
    sent = wechat_work.asked[0].data["markdown"]["content"].encode()
    assert wecom.MOST_BYTES - 3 <= len(sent) <= wecom.MOST_BYTES


@pytest.mark.parametrize(
    ("act", "expected", "sentence"),
    [
        (answer(200, {"errcode": 93000}), Undeliverable, "重新填"),
        (answer(200, {"errcode": 40058}), Undeliverable, "重新填"),
        (answer(404, {}), Undeliverable, "重新填"),
        (answer(200, {"errcode": 45009}), TooFast, "太快"),
        (answer(429, {}), TooFast, "太快"),
        (answer(200, {"errcode": -1}), SendFailure, "代码 -1"),
        (answer(200, {}), SendFailure, "代码 200"),
        (answer(200, b"<html>"), SendFailure, "代码 200"),
        (answer(502, {}), SendFailure, "代码 502"),
        (reset, SendFailure, "断了"),
    ],
)
def test_what_comes_back(
    robot: GroupRobot, wechat_work: Fake, noon: datetime, act: Any, expected: type[SendFailure], sentence: str
) -> None:
    wechat_work.always = act
    with pytest.raises(SendFailure, match=sentence) as failure:
        Robot().send(message(robot), noon)
    assert type(failure.value) is expected
    assert KEY not in failure.value.sentence


class TestTwentyAMinute:
    def test_the_twenty_first_waits(self, robot: GroupRobot, noon: datetime) -> None:
        for number in range(20):
            take_turn(robot.pk, noon + timedelta(seconds=number))
        with pytest.raises(TooFast) as failure:
            take_turn(robot.pk, noon + timedelta(seconds=30))
        assert timedelta(seconds=30) < failure.value.wait <= timedelta(seconds=32)

    def test_any_sixty_seconds_hold_twenty_at_most(self, robot: GroupRobot, noon: datetime) -> None:
        posted = []
        for second in range(0, 240, 1):
            moment = noon + timedelta(seconds=second)
            try:
                take_turn(robot.pk, moment)
            except TooFast:
                continue
            posted.append(moment)
        for moment in posted:
            assert sum(1 for other in posted if moment <= other < moment + timedelta(seconds=60)) <= 20
        assert len(posted) >= 60

    def test_groups_do_not_wait_for_each_other(self, robot: GroupRobot, noon: datetime) -> None:
        other = GroupRobot.objects.create(
            name="另一个", scope="unit", code="x", region_code="411625", created_at=noon, address=robot.address
        )
        for _ in range(20):
            take_turn(robot.pk, noon)
        take_turn(other.pk, noon)

    def test_over_the_outbox_nothing_is_lost_and_no_attempt(
        self, robot: GroupRobot, wechat_work: Fake, noon: datetime
    ) -> None:
        DeliveryRules.objects.create(quiet_from=time(0), quiet_until=time(0))
        queue(robot, noon, 45)
        counts = []
        for minute in range(5):
            moment = noon + timedelta(minutes=minute, seconds=2 * minute)
            deliver_due(moment, 50)
            counts.append(len(wechat_work.asked))
        assert counts[0] == 20
        assert counts[1] <= 40
        assert counts[-1] == 45
        assert set(Notice.objects.values_list("state", "attempts")) == {(State.SENT, 1)}
        assert not Gate.objects.exists()

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.usefixtures("committed")
    def test_workers_share_the_minute(self, robot: GroupRobot, noon: datetime) -> None:
        done: list[bool] = []

        def work() -> None:
            for _ in range(8):
                try:
                    take_turn(robot.pk, noon)
                    done.append(True)
                except TooFast:
                    done.append(False)
            connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert (done.count(True), len(done)) == (20, 32)


class TestSecret:
    def test_encrypted_in_the_table(self, robot: GroupRobot) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT address FROM notices_grouprobot")
            [[stored]] = cursor.fetchall()
        assert KEY not in stored
        assert GroupRobot.objects.get().address.endswith(KEY)

    def test_masked_and_out_of_words(self, robot: GroupRobot) -> None:
        assert robot.masked == "…6789"
        assert KEY not in f"{robot}{robot!r}"

    def test_no_row_of_the_outbox_holds_it(self, robot: GroupRobot, noon: datetime) -> None:
        queue(robot, noon, 1)
        assert Notice.objects.get().address == f"group:{robot.pk}"

    def test_no_log_holds_it(
        self, robot: GroupRobot, wechat_work: Fake, noon: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        wechat_work.always = reset
        queue(robot, noon, 1)
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("urllib3").setLevel(logging.WARNING)
            deliver_due(noon)
        assert KEY not in caplog.text
        assert KEY not in Notice.objects.get().last_error + Gate.objects.get().last_error


@pytest.mark.parametrize("change", [{"is_active": False}, None])
def test_a_robot_that_is_gone_parks_the_message(
    robot: GroupRobot, wechat_work: Fake, noon: datetime, change: dict[str, Any] | None
) -> None:
    queue(robot, noon, 1)
    if change is None:
        robot.delete()
    else:
        GroupRobot.objects.update(**change)
    assert deliver_due(noon).parked == 1
    assert "移除或停用" in Notice.objects.get().last_error
    assert wechat_work.asked == []


@pytest.mark.parametrize("address", ["group:", "group:x", "robot", "group:99999", ""])
def test_an_address_that_is_no_group(address: str) -> None:
    with pytest.raises(Undeliverable):
        wecom.find(address)


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", True),
        (f"http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", False),
        (f"https://qyapi.weixin.qq.com.evil.test/cgi-bin/webhook/send?key={KEY}", False),
        (f"https://qyapi.weixin.qq.com@evil.test/cgi-bin/webhook/send?key={KEY}", False),
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/upload?key={KEY}", False),
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}&debug=1", False),
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}#x", False),
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}/../x", False),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", False),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=短的钥匙八个字呀", False),
        ("http://127.0.0.1:6379/", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_addresses_of_robots(address: str, is_one: bool, settings: Any) -> None:
    settings.WECOM_API_BASE = "https://qyapi.weixin.qq.com"
    assert is_webhook(address) is is_one
