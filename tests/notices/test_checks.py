"""Start-up: a gateway that is configured by half does not go unnoticed."""

from typing import Any

import pytest
from django.core.checks import Error
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from notices.checks import check_gateways

SMS = {
    "SMS_GATEWAY_URL": "https://sms.example.test/",
    "SMS_GATEWAY_KEY_ID": "liaison",
    "SMS_GATEWAY_SECRET": "a secret of thirty-two characters",
}
WECHAT = {"WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": "secret", "WECHAT_TEMPLATE_ID": "TM1"}


@pytest.fixture(autouse=True)
def _nothing(settings: Any) -> None:
    for name in SMS | WECHAT:
        setattr(settings, name, "")


def set_all(settings: Any, values: dict[str, str]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def ids() -> list[str]:
    return [str(found.id) for found in check_gateways()]


def test_nothing_or_everything_is_fine(settings: Any) -> None:
    assert ids() == []
    set_all(settings, SMS | WECHAT)
    assert ids() == []


@pytest.mark.parametrize("missing", SMS)
def test_a_gateway_by_half(settings: Any, missing: str) -> None:
    set_all(settings, SMS | {missing: ""})
    assert "notices.E002" in ids()


@pytest.mark.parametrize("only", SMS)
def test_a_third_of_a_gateway(settings: Any, only: str) -> None:
    setattr(settings, only, SMS[only])
    assert "notices.E002" in ids()


def test_a_short_secret(settings: Any) -> None:
    set_all(settings, SMS | {"SMS_GATEWAY_SECRET": "fifteen letters"})
    assert ids() == ["notices.E002"]


def test_a_gateway_in_the_clear_is_warned_of(settings: Any) -> None:
    set_all(settings, SMS | {"SMS_GATEWAY_URL": "http://10.0.0.1/"})
    assert ids() == ["notices.W001"]


@pytest.mark.parametrize("missing", WECHAT)
def test_an_official_account_by_half(settings: Any, missing: str) -> None:
    set_all(settings, WECHAT | {missing: ""})
    assert ids() == ["notices.E003"]


@pytest.mark.parametrize("fields", [[], ["thing1"], ["a", "b", "c"]])
def test_a_template_has_two_fields(settings: Any, fields: list[str]) -> None:
    set_all(settings, WECHAT)
    settings.WECHAT_TEMPLATE_FIELDS = fields
    assert ids() == ["notices.E003"]


def test_the_command_stops_and_names_no_secret(settings: Any) -> None:
    set_all(settings, SMS | {"SMS_GATEWAY_URL": ""})
    with pytest.raises(SystemCheckError) as stopped:
        call_command("check")
    assert "thirty-two" not in str(stopped.value)
    assert all(isinstance(found, Error) for found in check_gateways())
