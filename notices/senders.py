"""Which sender carries which channel on this installation."""

from collections.abc import Callable

from notices import sms_gateway, wechat, wecom
from notices.channels import Email, Sender, SmsSpool, Undeliverable
from notices.states import Channel


def sms() -> Sender:
    """The gateway as soon as anything of it is configured, half or whole; the spool only where nothing is."""
    return sms_gateway.Gateway() if sms_gateway.is_wanted() else SmsSpool()


SENDERS: dict[str, Callable[[], Sender]] = {
    Channel.EMAIL: Email,
    Channel.SMS: sms,
    Channel.WECOM: wecom.Robot,
    Channel.WECHAT: wechat.Account,
}


def sender_for(channel: str) -> Sender:
    """The sender of `channel`; raises Undeliverable for a channel that needs none or does not exist."""
    if channel not in SENDERS:
        raise Undeliverable("没有这个发送渠道。")
    return SENDERS[channel]()
