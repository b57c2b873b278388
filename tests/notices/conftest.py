"""Kinds, people and clean caches for the outbox tests."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts import services
from accounts.models import Role, User
from notices import kinds, nudge, rules_cache, web
from notices.kinds import Kind
from notices.models import Channel
from tests.notices.servers import Fake, running

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 25, 12, 0, tzinfo=SHANGHAI)
TEXTS = {
    "probe/news.txt": (
        "您说的事{{ title }}有结果了。\n\n  {% if due %}{{ due|date:'n 月 j 日' }}前{% endif %}\n"
        "{{ site_url }}/t/{{ receipt }}/"
    ),
    "probe/urgent.txt": "停水通知",
    "probe/plain.sms.txt": "短信：{{ title }}",
    "probe/plain.txt": "其他：{{ title }}",
    "probe/told.txt": "您说的事有结果了：{{ link }}",
    "probe/told.phone.txt": "您好，您说的事有结果了，回执码 {{ receipt2 }} 开头。",
    "probe/broken.txt": "{{ title|date:'Y' }}{% if x %}",
}


@pytest.fixture(autouse=True)
def _outbox(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Known kinds with texts of their own, nothing remembered from another test."""
    monkeypatch.setattr(kinds, "_KINDS", {})
    monkeypatch.setattr(kinds, "_LINKS", {})
    monkeypatch.setattr(kinds, "_FAMILIES", {})
    monkeypatch.setattr(kinds, "_TOLD", {})
    monkeypatch.setattr(nudge, "_health", nudge._Health())
    loaders = [("django.template.loaders.locmem.Loader", TEXTS), "django.template.loaders.filesystem.Loader",
               "django.template.loaders.app_directories.Loader"]  # fmt: skip
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [
        {**engine, "APP_DIRS": False, "OPTIONS": {**engine["OPTIONS"], "loaders": loaders}},
    ]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://example.test"
    kinds.register(Kind("news", "有结果了", "probe/news", (Channel.IN_SITE, Channel.SMS)))
    kinds.register(Kind("urgent", "停水", "probe/urgent", (Channel.SMS,), urgent=True))
    kinds.register(Kind("plain", "通知", "probe/plain", (Channel.IN_SITE, Channel.EMAIL, Channel.SMS)))
    rules_cache.forget()
    yield
    rules_cache.forget()


@pytest.fixture
def noon() -> datetime:
    """A moment outside the quiet hours."""
    return NOON


@pytest.fixture
def person(db: Any) -> Callable[..., User]:
    """Make an account, with a role when given."""

    def make(username: str, role: str = "", region: str = "411625001", **fields: str) -> User:
        user = User.objects.create_user(username, None, name=username.upper(), created_at=NOON, **fields)
        if role:
            code = {Role.STATION_STAFF: "station_code", Role.UNIT_HANDLER: "unit_code"}.get(Role(role))
            services.grant_role(
                user, role, actor=None, at=NOON, region_code=region, **({code: "somewhere"} if code else {})
            )
        return user

    return make


@pytest.fixture
def committed(transactional_db: Any) -> Iterator[None]:
    """Real commits, for tests with several connections; the log may be emptied afterwards."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET liaison.allow_truncate = 'on'")


@pytest.fixture
def server() -> Iterator[Fake]:
    """The other side of a channel: a real HTTP server."""
    with running() as fake:
        yield fake


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short time-outs, so that a server that hangs does not hold the test."""
    monkeypatch.setattr(web, "CONNECT_SECONDS", 0.4)
    monkeypatch.setattr(web, "READ_SECONDS", 0.4)
    monkeypatch.setattr(web, "WHOLE_SECONDS", 0.8)


@pytest.fixture
def gateway(server: Fake, settings: Any) -> Fake:
    """The short-message gateway, connected."""
    settings.SMS_GATEWAY_URL = f"{server.url}/messages"
    settings.SMS_GATEWAY_KEY_ID = "liaison"
    settings.SMS_GATEWAY_SECRET = "a secret of thirty-two characters"
    settings.SMS_GATEWAY_SIGN = "代表联络站"
    return server
