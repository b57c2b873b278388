"""The robot of a WeCom group: one short markdown text, at most twenty a minute, never a person or a place in it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from notices import web
from notices.channels import Outgoing, SendFailure, TooFast, Undeliverable
from notices.digest import GROUP_ADDRESS
from notices.models import GroupRobot

WHO = "企业微信"
MINUTE, MOST_A_MINUTE = timedelta(minutes=1), 20
MOST_BYTES = 4096  # of the text, in UTF-8, by the other side's rule
_TOO_FAST, _WRONG_ADDRESS = 45009, (93000, 40058)


class Robot:
    """Posts into a group; `address` is "group:<number>", so that the secret stands in one row only."""

    def send(self, message: Outgoing, at: datetime) -> None:
        """Post one text."""
        robot = find(message.address)
        take_turn(robot.pk, at)
        post(robot.address, f"**{message.title}**\n{message.text}")


def find(address: str) -> GroupRobot:
    """The robot that is meant. Raises Undeliverable for one that was removed or switched off."""
    number = address.removeprefix(GROUP_ADDRESS)
    robot = GroupRobot.objects.filter(pk=number, is_active=True).first() if number.isdecimal() else None
    if robot is None:
        raise Undeliverable("这个群的机器人已经移除或停用。")
    return robot


@transaction.atomic
def take_turn(robot_id: int, at: datetime) -> None:
    """Note a post in the robot's last minute; raises TooFast when the minute is full. Workers wait for each other."""
    robot = GroupRobot.objects.select_for_update().get(pk=robot_id)
    since = (at - MINUTE).timestamp()
    recent = sorted(float(post) for post in robot.posts if float(post) > since)
    if len(recent) >= MOST_A_MINUTE:
        raise TooFast("这一分钟已经发满 20 条。", timedelta(seconds=recent[-MOST_A_MINUTE] - since + 1))
    robot.posts = [*recent, at.timestamp()]
    robot.save(update_fields=["posts"])


def post(address: str, text: str) -> None:
    """Post markdown to a webhook. Raises SendFailure, TooFast or Undeliverable."""
    if not is_webhook(address):
        raise Undeliverable("机器人地址不对。")
    cut = text.encode()[:MOST_BYTES].decode(errors="ignore")
    answer = web.post(address, web.as_json({"msgtype": "markdown", "markdown": {"content": cut}}), WHO)
    code = answer.data.get("errcode")
    if answer.is_accepted and code == 0:
        return
    if code == _TOO_FAST or answer.status == 429:
        raise TooFast("企业微信说发得太快。", max(answer.wait, MINUTE))
    if code in _WRONG_ADDRESS or answer.is_refused:
        raise Undeliverable("企业微信不认这个机器人地址，请县里重新填。")
    raise SendFailure(f"企业微信没有接收（代码 {code if isinstance(code, int) else answer.status}）。")


def is_webhook(address: str) -> bool:
    """Is it an address of a robot and of nothing else? Anything else would let a page of ours call any machine."""
    start = f"{settings.WECOM_API_BASE}/cgi-bin/webhook/send?key="
    key = address.removeprefix(start)
    return address.startswith(start) and 8 <= len(key) <= 100 and key.isascii() and key.replace("-", "").isalnum()
