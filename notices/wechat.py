"""The county's official WeChat account: a template message to one follower, and the token that it needs."""

from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from core.fields import UnreadableValue, decrypt, encrypt
from notices import web
from notices.channels import Outgoing, SendFailure, Undeliverable

WHO = "微信公众平台"
LINE = 20  # characters that a line of a template shows
_STALE = {40001, 40014, 42001}
_NEVER = {
    40003: "这个微信号已经不在公众号里。",
    40037: "公众号的消息模板编号不对。",
    43004: "对方没有关注公众号。",
    43101: "对方不接收公众号消息。",
    47003: "公众号的消息模板栏目不对。",
}
_MARGIN = 300  # seconds before its end that a token is no longer used
_TOKEN = "wechat-token"  # noqa: S105 - the name of a place in the cache


def is_ready() -> bool:
    """Is everything configured?"""
    return bool(settings.WECHAT_APP_ID and settings.WECHAT_APP_SECRET and settings.WECHAT_TEMPLATE_ID)


class Account:
    """Sends template messages; `address` is the follower's openid."""

    def send(self, message: Outgoing, at: datetime) -> None:
        """Send one; a token that is no longer taken is fetched anew once."""
        if not is_ready():
            raise SendFailure("微信公众号没有配置完整，先不发。")
        held = token()
        code = _send(message, held)
        if code in _STALE:
            cache.delete(_TOKEN)
            code = _send(message, token())
        if code:
            if code in _NEVER:
                raise Undeliverable(_NEVER[code])
            raise SendFailure(f"微信公众平台没有接收（代码 {code}）。")


def token() -> str:
    """The access token, asked for once and shared by all processes; encrypted, because the cache is no safe."""
    held = cache.get(_TOKEN)
    if isinstance(held, str):
        try:
            return decrypt(held)
        except UnreadableValue:  # the keys were changed meanwhile
            cache.delete(_TOKEN)
    params = {
        "grant_type": "client_credential",
        "appid": settings.WECHAT_APP_ID,
        "secret": settings.WECHAT_APP_SECRET,
    }
    answer = web.get(f"{settings.WECHAT_API_BASE}/cgi-bin/token", WHO, params)
    found, lasts = answer.data.get("access_token"), answer.data.get("expires_in")
    if not isinstance(found, str) or not found:
        raise SendFailure(f"微信公众平台不给凭据（代码 {answer.data.get('errcode', answer.status)}）。")
    cache.set(_TOKEN, encrypt(found), max(int(lasts) - _MARGIN, 60) if isinstance(lasts, int) else 60)
    return found


def _send(message: Outgoing, held: str) -> int:
    """The other side's code; 0 is accepted. Raises SendFailure when it did not answer as agreed."""
    first, second = settings.WECHAT_TEMPLATE_FIELDS
    body = {
        "touser": message.address,
        "template_id": settings.WECHAT_TEMPLATE_ID,
        "url": message.link,
        "client_msg_id": message.key,
        "data": {first: {"value": message.title[:LINE]}, second: {"value": " ".join(message.text.split())[:LINE]}},
    }
    address = f"{settings.WECHAT_API_BASE}/cgi-bin/message/template/send?access_token={held}"
    answer = web.post(address, web.as_json(body), WHO)
    code = answer.data.get("errcode")
    if not answer.is_accepted or not isinstance(code, int):
        raise SendFailure(f"微信公众平台出错（代码 {answer.status}）。", answer.wait)
    return code
