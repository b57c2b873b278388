"""The county's own texts: who may write them, what is checked, what is sent afterwards, and the way back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Role, User
from core.workflow import BadInput, NotAllowed
from notices import kinds, rules_cache, services, texts
from notices.kinds import Kind
from notices.models import Channel, Notice, NoticeText

TEXTS = "/desk/notices/texts/"
SMS = f"{TEXTS}told/SMS/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(settings: Any) -> None:
    settings.SMS_GATEWAY_SIGN = "代表联络站"
    words = ("link", "receipt", "receipt2", "subject")
    kinds.register(Kind("told", "有结果了", "probe/told", (Channel.SMS, Channel.WECHAT), words=words))
    kinds.register(Kind("staff", "有事要办", "probe/plain", pass_on=(Channel.EMAIL, Channel.WECOM), words=words))


@pytest.fixture
def county(person: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(person("county", Role.COUNTY_STAFF, "411625"), backend="accounts.sessions.AccountBackend")
    return client


def save(client: Client, text: str, address: str = SMS, **more: str) -> Any:
    return client.post(address, {"text": text} | more)


def sent_text(channel: str = Channel.SMS) -> str:
    rules_cache.forget()
    return texts.body(Notice(kind="told", channel=channel, context={"receipt": "K7QM4XWD3R", "path": "/t/K7QM/"}))


class TestWho:
    @pytest.mark.parametrize("role", [role for role in Role if role != Role.COUNTY_STAFF])
    @pytest.mark.parametrize("page", [TEXTS, SMS])
    def test_closed_to_everybody_else(self, person: Callable[..., User], role: str, page: str) -> None:
        client = Client()
        client.force_login(person("someone", role, "411625"), backend="accounts.sessions.AccountBackend")
        assert client.get(page).status_code == 403
        assert save(client, "改了：{link}").status_code == 403
        assert client.post(f"{SMS}reset/").status_code == 403
        assert not NoticeText.objects.exists()

    def test_the_service_asks_too(self, person: Callable[..., User], noon: datetime) -> None:
        clerk = person("clerk", Role.STATION_STAFF)
        with pytest.raises(NotAllowed):
            services.change_text(kinds.get("told"), Channel.SMS, "改了：{link}", actor=clerk, at=noon)
        with pytest.raises(NotAllowed):
            services.reset_text(kinds.get("told"), Channel.SMS, actor=clerk, at=noon)

    def test_visitors_sign_in(self, client: Client) -> None:
        assert client.get(SMS)["Location"].startswith("/accounts/login/")


class TestList:
    def test_every_kind_and_channel(self, county: Client) -> None:
        text = county.get(TEXTS).content.decode()
        for place in ("told/SMS", "told/WECHAT", "told/PHONE", "staff/IN_SITE", "staff/EMAIL", "staff/WECOM"):
            assert f"{TEXTS}{place}/" in text
        assert "staff/PHONE" not in text
        assert "/news/" not in text  # has no placeholders: the county may not edit it

    def test_what_was_changed_is_marked(self, county: Client) -> None:
        assert "改过" not in county.get(TEXTS).content.decode()
        save(county, "改了：{link}")
        assert county.get(TEXTS).content.decode().count("改过") == 1

    def test_cost_does_not_grow(self, county: Client) -> None:
        county.get(TEXTS)
        with CaptureQueriesContext(connection) as few:
            county.get(TEXTS)
        for number in range(20):
            kinds.register(Kind(f"k{number}", "x", "probe/told", (Channel.SMS,), words=("link",)))
        with CaptureQueriesContext(connection) as many:
            county.get(TEXTS)
        assert len(many) == len(few)


class TestEditing:
    def test_starts_from_ours_with_placeholders_and_an_example(self, county: Client) -> None:
        page = county.get(SMS)
        text = page.content.decode()
        assert page.context["form"].initial["text"] == "您说的事有结果了：{链接}"
        assert "{回执码}" in text
        assert "【代表联络站】您说的事有结果了：https://" in text
        assert "算 1 条短信" in text

    def test_saved_is_sent_with_an_audit_line(self, county: Client) -> None:
        assert save(county, "老乡，看结果：{链接}，回执 {回执码}")["Location"] == f"{SMS}?saved=1"
        assert sent_text() == "老乡，看结果：https://example.test/t/K7QM/，回执 K7QM4XWD3R"
        entry = AuditEntry.objects.get(action="notice_text_changed")
        assert entry.detail["text"] == "老乡，看结果：{链接}，回执 {回执码}"
        assert "已保存" in county.get(f"{SMS}?saved=1").content.decode()

    def test_saving_again_keeps_one_row(self, county: Client) -> None:
        save(county, "一：{link}")
        save(county, "二：{link}")
        assert NoticeText.objects.get().text == "二：{link}"
        assert AuditEntry.objects.filter(action="notice_text_changed").count() == 2

    def test_one_channel_does_not_change_another(self, county: Client) -> None:
        save(county, "短信的：{link}")
        assert sent_text(Channel.WECHAT) == "您的事有新进展，请点开看"

    def test_looking_at_it_stores_nothing(self, county: Client) -> None:
        page = save(county, "看看：{link}" + "长" * 60, preview="1")
        text = page.content.decode()
        assert page.status_code == 200
        assert "看看：https://rd.example.gov.cn/t/K7QM4XWD3R/" in text
        assert "算 2 条短信，一条最多 70 个字" in text
        assert not NoticeText.objects.exists()
        assert not AuditEntry.objects.filter(action="notice_text_changed").exists()

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("您好 {name}：{link}", "没有“{name}”这个占位词"),
            ("有结果了", "不能少了 {链接}"),
            ("{link", "大括号"),
            ("{{ link }}", "大括号"),
            ("", "请写文字"),
            ("  \n ", "请写文字"),
            ("长" * 250 + "{link}", "要拆成"),
            ("长" * 2001, "2000"),
        ],
    )
    @pytest.mark.parametrize("more", [{}, {"preview": "1"}])
    def test_what_is_wrong_is_said_at_the_field_and_kept(
        self, county: Client, text: str, sentence: str, more: dict[str, str]
    ) -> None:
        page = save(county, text, **more)
        assert page.status_code == 200
        assert any(sentence in error for error in page.context["form"].errors["text"])
        assert page.context["form"]["text"].value() == text
        assert not NoticeText.objects.exists()

    def test_the_service_checks_too(self, county: Client, noon: datetime) -> None:
        user = User.objects.get(username="county")
        for text in ("", "{nobody}{link}"):
            with pytest.raises(BadInput):
                services.change_text(kinds.get("told"), Channel.SMS, text, actor=user, at=noon)

    def test_a_group_text_cannot_name_the_matter(self, county: Client) -> None:
        page = save(county, "{receipt} {link}", f"{TEXTS}staff/WECOM/")
        assert page.context["form"].errors["text"] == ["没有“{receipt}”这个占位词，请从列出的里面选。"]
        assert save(county, "{subject}：{receipt2}… {link}", f"{TEXTS}staff/WECOM/").status_code == 302

    @pytest.mark.parametrize("text", ["{% load x %}{link}", "<b>{link}</b><script>alert(1)</script>", "%s {link} $x"])
    def test_nothing_is_executed_and_the_page_is_not_broken(self, county: Client, text: str) -> None:
        page = save(county, text, preview="1")
        assert "<script>alert" not in page.content.decode()
        if not page.context["form"].errors:
            save(county, text)
            assert sent_text() == text.replace("{link}", "https://example.test/t/K7QM/")

    @pytest.mark.parametrize(
        "place", ["nobody/SMS", "told/EMAIL", "told/PIGEON", "news/SMS", "staff/PHONE", "told/sms"]
    )
    def test_what_is_not_there(self, county: Client, place: str) -> None:
        assert county.get(f"{TEXTS}{place}/").status_code == 404
        assert save(county, "x", f"{TEXTS}{place}/").status_code == 404
        assert county.post(f"{TEXTS}{place}/reset/").status_code == 404


class TestBack:
    def test_to_ours_with_an_audit_line(self, county: Client) -> None:
        save(county, "改了：{link}")
        assert "恢复原文" in county.get(SMS).content.decode()
        assert county.post(f"{SMS}reset/")["Location"] == SMS
        assert sent_text() == "您说的事有结果了：https://example.test/t/K7QM/"
        assert AuditEntry.objects.filter(action="notice_text_reset").count() == 1
        county.get(SMS)  # shows once that it was done
        assert "原来的文字" not in county.get(SMS).content.decode()

    def test_twice_is_harmless(self, county: Client) -> None:
        county.post(f"{SMS}reset/")
        assert not AuditEntry.objects.filter(action="notice_text_reset").exists()

    def test_a_reset_spares_the_others(self, county: Client) -> None:
        save(county, "改了：{link}")
        save(county, "电话里说：{link}", f"{TEXTS}told/PHONE/")
        county.post(f"{SMS}reset/")
        assert NoticeText.objects.get().channel == "PHONE"


def test_the_inbox_leads_there_for_the_county_only(county: Client, person: Callable[..., User]) -> None:
    assert TEXTS in county.get("/desk/notices/").content.decode()
    client = Client()
    client.force_login(person("clerk", Role.STATION_STAFF), backend="accounts.sessions.AccountBackend")
    assert TEXTS not in client.get("/desk/notices/").content.decode()


def test_texts_are_read_once_a_minute(django_assert_num_queries: Callable[..., Any]) -> None:
    rules_cache.forget()
    with django_assert_num_queries(1):
        for _ in range(5):
            texts.body(Notice(kind="told", channel=Channel.SMS, context={}))


def test_one_text_for_one_place(county: Client, noon: datetime) -> None:
    values = {"kind": "told", "channel": "SMS", "text": "x", "changed_at": noon,
              "changed_by": User.objects.get(username="county")}  # fmt: skip
    NoticeText.objects.create(**values)
    for wrong in ({}, {"channel": "EMAIL", "text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            NoticeText.objects.create(**values | wrong)
