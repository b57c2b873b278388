"""The list of followers from the official account: bound line by line, without a word of it on the screen."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from core.fields import keyed_hash
from notices.drafts import BINDING, openid_of
from notices.models import WechatBinding

pytestmark = pytest.mark.django_db


@pytest.fixture
def bind(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[str], tuple[str, str]]:
    settings.WECHAT_APP_ID = "wx1"

    def run(text: str) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        call_command("bind_openids", stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return run


def test_residents_and_colleagues(bind: Callable[[str], tuple[str, str]], person: Callable[..., Any]) -> None:
    clerk = person("clerk")
    said = bind("phone, 138 1234 1234 ,oRESIDENT\n\nuser,CLERK,oCLERK\n")
    assert said == ("bound: 2\n", "")
    assert openid_of(None, "13812341234") == "oRESIDENT"
    assert openid_of(clerk.pk, "") == "oCLERK"
    assert WechatBinding.objects.filter(phone_hash=keyed_hash("13812341234", BINDING)).exists()


@pytest.mark.parametrize(
    "line",
    ["phone,13812341234", "phone,,o", "phone,123,o", "user,nobody,o", "pigeon,1,o", "phone,13812341234,", "a,b,c,d",
     "phone,13812341234,微信号"],
)  # fmt: skip
def test_a_bad_line_is_named_by_its_number_only(bind: Callable[[str], tuple[str, str]], line: str) -> None:
    out, err = bind(f"{line}\nphone,13912341234,oGOOD\n")
    assert out == "bound: 1\n"
    assert "lines: 1" in err
    assert "1381234" not in out + err
    assert WechatBinding.objects.count() == 1


def test_a_second_list_takes_the_place_of_the_first(bind: Callable[[str], tuple[str, str]]) -> None:
    bind("phone,13812341234,oOLD\n")
    bind("phone,13812341234,oNEW\n")
    assert openid_of(None, "13812341234") == "oNEW"
