"""Start-up checks: every registered kind has its text, and no gateway is configured by half."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.template import TemplateDoesNotExist
from django.template.loader import select_template

from notices import kinds, sms_gateway, wechat


def check_texts(**_: Any) -> list[CheckMessage]:
    """An error for each kind whose template is missing or broken; found at start-up, not at the first message."""
    problems: list[CheckMessage] = []
    for kind in kinds.known():
        for channel in kind.text_channels:
            try:
                select_template(kind.texts(channel))
            except TemplateDoesNotExist:
                problems.append(Error(f"Notice kind {kind.name} has no text for {channel}.", id="notices.E001"))
    return problems


def check_gateways(**_: Any) -> list[CheckMessage]:
    """An error for a gateway of which only some variables are set: nothing would leave, and nobody would notice."""
    problems: list[CheckMessage] = []
    if sms_gateway.is_wanted() and not sms_gateway.is_ready():
        hint = f"Set SMS_GATEWAY_URL, SMS_GATEWAY_KEY_ID and SMS_GATEWAY_SECRET ({sms_gateway.SHORTEST_SECRET}+)."
        problems.append(Error("The SMS gateway is configured by half.", hint=hint, id="notices.E002"))
    known = (settings.WECHAT_APP_ID, settings.WECHAT_APP_SECRET, settings.WECHAT_TEMPLATE_ID)
    if any(known) and not (wechat.is_ready() and len(settings.WECHAT_TEMPLATE_FIELDS) == 2):
        hint = "Set WECHAT_APP_ID, WECHAT_APP_SECRET, WECHAT_TEMPLATE_ID; WECHAT_TEMPLATE_FIELDS names two fields."
        problems.append(Error("The WeChat account is configured by half.", hint=hint, id="notices.E003"))
    if settings.SMS_GATEWAY_URL and not settings.SMS_GATEWAY_URL.startswith("https://"):
        hint = "Numbers and texts travel in the clear: only inside one machine or a closed network."
        problems.append(Warning("SMS_GATEWAY_URL is not https.", hint=hint, id="notices.W001"))
    return problems
