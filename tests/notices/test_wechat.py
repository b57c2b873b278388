"""Template messages of the official account: the token, its end, and who can be reached at all."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction

from notices import kinds, services, wechat
from notices.channels import Outgoing, SendFailure, Undeliverable
from notices.delivery import deliver_due
from notices.drafts import openid_of
from notices.kinds import Kind
from notices.models import Channel, Notice, State, WechatBinding
from notices.outbox import post
from notices.wechat import Account
from tests.notices.servers import Act, Fake, Handler, answer, reset

PHONE, OPENID = "13812341234", "oABC-def_123"
MESSAGE = Outgoing("notice-7-1", OPENID, "您说的事有结果了", "请点开看\n第二行", "https://example.test/t/K7QM4XWD3R/")
pytestmark = pytest.mark.django_db


class Platform:
    """Enough of the documented protocol: tokens that end, and messages that are refused."""

    def __init__(self, fake: Fake) -> None:
        self.fake, self.given, self.valid, self.code = fake, 0, "", 0
        fake.always = self.act

    def act(self, handler: Handler) -> None:
        asked = self.fake.asked[-1]
        self.token(asked.query)(handler) if "/cgi-bin/token" in asked.path else self.send(asked.query)(handler)

    def token(self, query: dict[str, str]) -> Act:
        if query.get("secret") != "app secret" or query.get("grant_type") != "client_credential":
            return answer(200, {"errcode": 40125, "errmsg": "invalid appsecret"})
        self.given += 1
        self.valid = f"token-{self.given}"
        return answer(200, {"access_token": self.valid, "expires_in": 7200})

    def send(self, query: dict[str, str]) -> Act:
        if query.get("access_token") != self.valid:
            return answer(200, {"errcode": 40001, "errmsg": "invalid credential"})
        return answer(200, {"errcode": self.code, "errmsg": "", "msgid": 1})

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [asked.data for asked in self.fake.asked if asked.method == "POST"]


@pytest.fixture
def platform(server: Fake, settings: Any) -> Platform:
    settings.WECHAT_API_BASE = server.url
    settings.WECHAT_APP_ID = "wx1234"
    settings.WECHAT_APP_SECRET = "app secret"
    settings.WECHAT_TEMPLATE_ID = "TM00015"
    cache.delete("wechat-token")
    yield Platform(server)
    cache.delete("wechat-token")


def test_a_template_message(platform: Platform, noon: datetime) -> None:
    Account().send(MESSAGE, noon)
    assert platform.sent == [
        {
            "touser": OPENID,
            "template_id": "TM00015",
            "url": "https://example.test/t/K7QM4XWD3R/",
            "client_msg_id": "notice-7-1",
            "data": {"thing1": {"value": "您说的事有结果了"}, "thing2": {"value": "请点开看 第二行"}},
        }
    ]


def test_lines_are_cut_to_what_is_shown(platform: Platform, noon: datetime) -> None:
    Account().send(Outgoing("k", OPENID, "长" * 50, "文" * 50), noon)
    assert {len(value["value"]) for value in platform.sent[0]["data"].values()} == {20}


def test_the_token_is_asked_for_once(platform: Platform, noon: datetime) -> None:
    for _ in range(4):
        Account().send(MESSAGE, noon)
    assert platform.given == 1
    assert len(platform.sent) == 4


def test_the_token_lies_encrypted_in_the_cache(platform: Platform, noon: datetime) -> None:
    Account().send(MESSAGE, noon)
    assert "token-1" not in cache.get("wechat-token")


def test_a_token_under_lost_keys_is_fetched_anew(platform: Platform, noon: datetime) -> None:
    cache.set("wechat-token", "gAAAAA-not-ours", 60)
    Account().send(MESSAGE, noon)
    assert platform.given == 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_ended_is_fetched_once_and_the_message_leaves(
    platform: Platform, noon: datetime, code: int
) -> None:
    Account().send(MESSAGE, noon)
    platform.fake.acts = [answer(200, {"errcode": code})]
    Account().send(MESSAGE, noon)
    assert platform.given == 2
    assert len(platform.sent) == 3


def test_a_token_taken_over_by_another_program_is_fetched_anew(platform: Platform, noon: datetime) -> None:
    Account().send(MESSAGE, noon)
    platform.valid = "of another program"
    Account().send(MESSAGE, noon)
    assert platform.given == 2


def test_a_token_that_never_fits_is_not_asked_for_in_a_circle(platform: Platform, noon: datetime) -> None:
    platform.fake.acts = [
        answer(200, {"access_token": "a", "expires_in": 7200}),
        answer(200, {"errcode": 42001}),
        answer(200, {"access_token": "b", "expires_in": 7200}),
        answer(200, {"errcode": 42001}),
    ]
    with pytest.raises(SendFailure, match="42001"):
        Account().send(MESSAGE, noon)
    assert len(platform.fake.asked) == 4


@pytest.mark.parametrize("given", [{"errcode": 40013}, {}, {"access_token": ""}, {"access_token": 7}])
def test_no_token_no_message(platform: Platform, noon: datetime, given: dict[str, Any]) -> None:
    platform.fake.acts = [answer(200, given)]
    with pytest.raises(SendFailure, match="不给凭据"):
        Account().send(MESSAGE, noon)
    assert platform.sent == []


@pytest.mark.parametrize("lasts", [None, "soon", 0, -5, 10])
def test_a_token_without_a_usable_end_is_kept_shortly(platform: Platform, noon: datetime, lasts: Any) -> None:
    platform.valid = "t"
    platform.fake.acts = [answer(200, {"access_token": "t", "expires_in": lasts})]
    Account().send(MESSAGE, noon)
    assert 0 < cache.ttl("wechat-token") <= 60


@pytest.mark.parametrize("code", sorted(wechat._NEVER))
def test_who_cannot_be_reached_is_parked_with_a_sentence(platform: Platform, noon: datetime, code: int) -> None:
    platform.code = code
    with pytest.raises(Undeliverable) as failure:
        Account().send(MESSAGE, noon)
    assert failure.value.sentence.endswith("。")
    assert OPENID not in failure.value.sentence


@pytest.mark.parametrize("code", [-1, 45009, 48001, 99999])
def test_other_codes_are_worth_another_try(platform: Platform, noon: datetime, code: int) -> None:
    platform.code = code
    with pytest.raises(SendFailure, match=str(code)) as failure:
        Account().send(MESSAGE, noon)
    assert not isinstance(failure.value, Undeliverable)


@pytest.mark.parametrize("act", [answer(500), answer(200, b"<html>"), answer(200, {"errcode": "0"}), reset])
def test_a_broken_answer(platform: Platform, noon: datetime, act: Act) -> None:
    Account().send(MESSAGE, noon)
    platform.fake.acts = [act]
    with pytest.raises(SendFailure):
        Account().send(MESSAGE, noon)


def test_half_configured_sends_nothing(platform: Platform, noon: datetime, settings: Any) -> None:
    settings.WECHAT_TEMPLATE_ID = ""
    with pytest.raises(SendFailure, match="没有配置完整"):
        Account().send(MESSAGE, noon)
    assert platform.fake.asked == []


def test_no_secret_in_the_log(platform: Platform, noon: datetime, caplog: pytest.LogCaptureFixture) -> None:
    services.bind_wechat(OPENID, at=noon, phone=PHONE)
    kinds.register(Kind("both", "有结果了", "probe/news", (Channel.WECHAT,)))
    post("both", at=noon, dedupe="x", phone=PHONE)
    platform.fake.always = reset
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("urllib3").setLevel(logging.WARNING)
        deliver_due(noon)
    for secret in ("app secret", "app+secret", OPENID, PHONE):
        assert secret not in caplog.text + Notice.objects.get().last_error


class TestBinding:
    @pytest.fixture(autouse=True)
    def _kind(self, platform: Platform) -> None:
        kinds.register(Kind("both", "有结果了", "probe/news", (Channel.SMS, Channel.WECHAT)))

    def channels(self) -> set[str]:
        return set(Notice.objects.values_list("channel", flat=True))

    def test_a_resident_by_his_telephone(self, platform: Platform, noon: datetime) -> None:
        services.bind_wechat(OPENID, at=noon, phone=PHONE)
        post("both", at=noon, dedupe="x", phone=PHONE, context={"path": "/t/K7QM4XWD3R/"})
        assert self.channels() == {Channel.SMS, Channel.WECHAT}
        Notice.objects.filter(channel=Channel.SMS).delete()
        assert deliver_due(noon).sent == 1
        assert platform.sent[0]["touser"] == OPENID
        assert platform.sent[0]["url"] == "https://example.test/t/K7QM4XWD3R/"
        assert Notice.objects.get().state == State.SENT

    def test_without_one_the_channel_is_skipped(self, noon: datetime) -> None:
        post("both", at=noon, dedupe="x", phone=PHONE)
        assert self.channels() == {Channel.SMS}

    def test_anothers_account_is_not_used(self, noon: datetime) -> None:
        services.bind_wechat(OPENID, at=noon, phone="13900000000")
        post("both", at=noon, dedupe="x", phone=PHONE)
        assert self.channels() == {Channel.SMS}

    def test_without_the_official_account_nobody_is_looked_up(
        self, noon: datetime, settings: Any, django_assert_num_queries: Any
    ) -> None:
        services.bind_wechat(OPENID, at=noon, phone=PHONE)
        settings.WECHAT_APP_ID = ""
        with django_assert_num_queries(0):
            assert openid_of(None, PHONE) == ""

    def test_nobody_is_nobodys_account(self, noon: datetime) -> None:
        services.bind_wechat(OPENID, at=noon, phone=PHONE)
        assert openid_of(None, "") == ""

    def test_a_newer_account_takes_the_place(self, noon: datetime) -> None:
        services.bind_wechat(OPENID, at=noon, phone=PHONE)
        services.bind_wechat("newer", at=noon + timedelta(days=1), phone=PHONE)
        assert WechatBinding.objects.get().openid == "newer"

    def test_a_colleague(self, noon: datetime, person: Any) -> None:
        user = person("clerk")
        services.bind_wechat(OPENID, at=noon, user=user)
        assert openid_of(user.pk, "") == OPENID

    def test_nothing_readable_in_the_table(self, noon: datetime) -> None:
        row = services.bind_wechat(OPENID, at=noon, phone=PHONE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT openid, phone_hash FROM notices_wechatbinding")
            stored = str(cursor.fetchall())
        assert OPENID not in stored
        assert PHONE not in stored
        assert OPENID not in f"{row}{row!r}"

    @pytest.mark.parametrize("fields", [{}, {"phone_hash": "a", "with_user": True}, {"phone_hash": "a", "openid": ""}])
    def test_a_binding_is_of_one_person(self, noon: datetime, person: Any, fields: dict[str, Any]) -> None:
        values = {"openid": OPENID, "bound_at": noon} | fields
        if values.pop("with_user", False):
            values["user"] = person("clerk")
        with pytest.raises(IntegrityError), transaction.atomic():
            WechatBinding.objects.create(**values)
