"""我要留言: one page that takes a message once, says what is wrong in words, and loses nothing that was typed."""

import base64
import hashlib
import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from core.work import is_solved, new_challenge
from core.workflow import VerbError
from opinions import consent, public_views
from opinions.models import HistoryEntry, Opinion, Photo
from opinions.states import Channel, State
from stations.models import EntryCode
from tests.world import START, WORDS, World

ADDRESS = "/s/mingnan/message/"


def jpeg(colour: str = "navy", size: tuple[int, int] = (64, 48)) -> SimpleUploadedFile:
    stored = io.BytesIO()
    Image.new("RGB", size, colour).save(stored, "JPEG")
    return SimpleUploadedFile("a.jpg", stored.getvalue(), "image/jpeg")


def typed(**fields: Any) -> dict[str, Any]:
    return {"body": WORDS, "consent": "on", "hide_identity": "on", "client_key": str(uuid4())} | fields


def send(client: Client, **fields: Any) -> Any:
    return client.post(ADDRESS, typed(**fields))


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def place(world: World) -> EntryCode:
    return EntryCode.objects.create(
        code="24G7PP9P",
        kind=EntryCode.Kind.PLACE,
        station=world.station,
        region=world.village,
        label="东街路口",
        location="东街社区 · 东街与王寨路口",
        created_at=START,
    )


def test_a_message_gets_a_receipt(client: Client, world: World) -> None:
    answer = send(client, name="老田", phone="138 0000 1234", location="东街路口")
    opinion = Opinion.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/t/{opinion.receipt}/received/"
    assert (opinion.body, opinion.location, opinion.state) == (WORDS, "东街路口", State.SUBMITTED)
    assert (opinion.name, opinion.phone, opinion.consent_version) == ("老田", "13800001234", consent.VERSION)
    assert opinion.channel == Channel.WEB
    assert opinion.hide_identity


def test_the_whole_submit_takes_at_most_ten_statements(client: Client, world: World) -> None:
    send(client)  # calendars and rules are remembered by the process
    with CountedStatements() as counted:
        assert send(client, name="老田", phone="13800001234").status_code == 303
    assert len(counted) <= 10, [row["sql"][:80] for row in counted.rows]


class CountedStatements:
    """Statements of a request, the savepoints of the test's own transaction left out."""

    def __enter__(self) -> "CountedStatements":
        self._context = CaptureQueriesContext(connection)
        self._context.__enter__()
        self.rows: list[dict[str, str]] = []
        return self

    def __exit__(self, *error: Any) -> None:
        self._context.__exit__(*error)
        self.rows = [row for row in self._context.captured_queries if "SAVEPOINT" not in row["sql"]]

    def __len__(self) -> int:
        return len(self.rows)


@pytest.mark.parametrize("field", ["hide_identity"])
def test_identity_is_shown_only_when_the_tick_is_taken_off(client: Client, world: World, field: str) -> None:
    fields = typed(name="老田")
    del fields[field]
    client.post(ADDRESS, fields)
    assert not Opinion.objects.get().hide_identity


def test_the_page_comes_with_a_fresh_key_and_hidden_identity(client: Client, world: World) -> None:
    first, second = text_of(client.get(ADDRESS)), text_of(client.get(ADDRESS))
    keys = [re.findall(r'name="client_key" value="([0-9a-f-]{36})"', page) for page in (first, second)]
    assert keys[0] != keys[1]
    assert re.search(r'name="hide_identity" checked', first)
    assert not re.search(r'name="consent" checked', first)


def test_no_store_is_not_said_so_that_the_back_button_finds_the_words(client: Client, world: World) -> None:
    assert client.get(ADDRESS)["Cache-Control"] == "private, no-cache"


def test_a_code_at_a_place_fills_the_place(client: Client, world: World, place: EntryCode) -> None:
    page = text_of(client.get(ADDRESS, {"q": place.code}))
    assert "东街社区 · 东街与王寨路口" in page
    assert "东街社区是按您扫的码填的，不对就改。" in page
    send(client, q=place.code, region=world.village.code, location="东街社区 · 东街与王寨路口")
    opinion = Opinion.objects.get()
    assert (opinion.channel, opinion.entry_code, opinion.region) == (Channel.QR, place, world.village)


@pytest.mark.parametrize("code", ["ZZZZZZZZ", "\0", "' OR 1=1", "24G7PP9P"])
def test_a_forged_or_revoked_code_counts_as_none(client: Client, world: World, place: EntryCode, code: str) -> None:
    EntryCode.objects.update(revoked_at=START)
    assert client.get(ADDRESS, {"q": code}).status_code == 200
    assert send(client, q=code, region="\0", location="a\0b").status_code == 303
    opinion = Opinion.objects.get()
    assert (opinion.entry_code, opinion.channel, opinion.location) == (None, Channel.WEB, "ab")


def test_a_region_of_another_town_is_not_taken(client: Client, world: World) -> None:
    send(client, region=world.other_town.code)
    assert Opinion.objects.get().region == world.town


@pytest.mark.parametrize("key", ["", "not a key", "0" * 99, "\0", "é" * 36])
def test_a_forged_key_counts_as_a_fresh_one(client: Client, world: World, key: str) -> None:
    assert send(client, client_key=key).status_code == 303
    assert send(Client(), client_key=key).status_code == 303
    assert Opinion.objects.count() == 2


def test_three_taps_send_once(client: Client, world: World) -> None:
    key = str(uuid4())
    answers = {send(client, client_key=key)["Location"] for _ in range(3)}
    assert len(answers) == 1
    assert Opinion.objects.count() == 1
    assert HistoryEntry.objects.count() == 1


def test_the_same_words_from_the_same_device_with_a_fresh_key_are_the_same_matter(client: Client, world: World) -> None:
    answers = {send(client)["Location"] for _ in range(2)}
    assert len(answers) == 1
    assert Opinion.objects.count() == 1
    neighbour = send(Client())
    assert neighbour["Location"] not in answers
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert send(client)["Location"] not in answers


@pytest.mark.parametrize("forged", ["x", "eyJrZXkiOiAxfQ:1:2", ""])
def test_a_forged_memory_of_what_was_sent_counts_as_none(client: Client, world: World, forged: str) -> None:
    send(client)
    client.cookies["sent"] = forged
    assert send(client).status_code == 303
    assert Opinion.objects.count() == 2


def test_the_same_key_with_other_words_keeps_the_words_and_gives_a_fresh_key(client: Client, world: World) -> None:
    key = str(uuid4())
    send(client, client_key=key)
    answer = send(client, client_key=key, body="另一件事：公交站牌倒了。")
    page = text_of(answer)
    assert answer.status_code == 409
    assert "这一条刚才已经送出去了" in page
    assert Opinion.objects.get().receipt in page
    assert "另一件事：公交站牌倒了。" in page
    assert key not in page
    fresh = re.search(r'name="client_key" value="([^"]+)"', page)
    assert fresh is not None
    assert send(client, client_key=fresh[1], body="另一件事：公交站牌倒了。").status_code == 303
    assert Opinion.objects.count() == 2


@pytest.mark.parametrize("body", ["", "   ", "\u200b\u200d\u00a0\n", "\0"])
def test_nothing_to_read_is_said_beside_the_field(client: Client, world: World, body: str) -> None:
    answer = send(client, body=body, name="老田")
    page = text_of(answer)
    assert answer.status_code == 422
    assert "还没写什么事" in page
    assert "还有 1 处要改" in page
    assert "<title>还差一处 · 我要留言" in page
    assert 'aria-invalid="true"' in page
    assert 'value="老田"' in page
    assert Opinion.objects.count() == 0


def test_too_long_a_message_is_counted_and_kept(client: Client, world: World) -> None:
    body = "井" * 7000
    answer = send(client, body=body)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "写了 7000 个字，最多 5000 个字。请删去 2000 个字再送。" in page
    assert body in page


@pytest.mark.parametrize(
    "body", ["塅溁墈㙟𠮷 路灯🙏🏽坏了", "路\u200b灯\u00a0不亮\r\n第二行", "</textarea><script>alert(1)</script>"]
)
def test_what_people_really_type_is_kept(client: Client, world: World, body: str) -> None:
    answer = send(client, body=body)
    assert answer.status_code == 303
    opinion = Opinion.objects.get()
    assert opinion.body == body.replace("\r\n", "\n")
    page = client.get(f"/t/{opinion.receipt}/").content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone": "1380000123"}, "号"),
        ({"phone": "打我儿子的"}, "号"),
        ({"location": "街" * 201}, "地点写得太长了，最多 200 个字。"),
        ({"name": "田" * 41}, "称呼最多 40 个字。"),
        ({"consent": ""}, "请看一下个人信息说明，同意了再勾上。"),
    ],
)
def test_each_mistake_has_its_sentence_and_the_words_stay(
    client: Client, world: World, fields: dict[str, str], words: str
) -> None:
    answer = send(client, **fields)
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    assert WORDS in page
    for value in fields.values():
        assert value in page


def test_two_mistakes_are_counted_and_linked(client: Client, world: World) -> None:
    page = text_of(send(client, body="", phone="12"))
    assert "还有 2 处要改" in page
    assert '<a href="#body">' in page
    assert '<a href="#phone">' in page
    assert "<title>还差 2 处" in page


def test_photos_are_redrawn(client: Client, world: World) -> None:
    assert send(client, photos=[jpeg(), jpeg("red", (2400, 1200))]).status_code == 303
    assert sorted(Photo.objects.values_list("width", "height")) == [(64, 48), (1600, 800)]


@pytest.mark.parametrize(
    ("photos", "words"),
    [
        ([jpeg() for _ in range(20)], "照片最多 6 张，您选了 20 张"),
        (
            [SimpleUploadedFile("x.png", b"<html><script>alert(1)</script>", "image/png")],
            "第 1 张照片：这个文件不是照片",
        ),
        ([SimpleUploadedFile("big.jpg", b"\xff\xd8" + b"0" * (30 * 1024 * 1024), "image/jpeg")], "这张照片太大了"),
        ([jpeg(), SimpleUploadedFile("cut.jpg", jpeg().read()[:200], "image/jpeg")], "第 2 张照片"),
    ],
)
def test_bad_photos_get_a_sentence(client: Client, world: World, photos: list[Any], words: str) -> None:
    for file in photos:
        file.seek(0)
    answer = send(client, photos=photos)
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    assert "照片没有留住，请再选一次。" in page
    assert WORDS in page
    assert Opinion.objects.count() == 0


def test_photos_that_cannot_be_stored_do_not_take_the_words_along(
    client: Client, world: World, settings: Any, tmp_path: Any
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    settings.MEDIA_ROOT = blocked / "media"
    answer = send(client, photos=[jpeg()])
    assert answer.status_code == 422
    assert "照片暂时存不下" in text_of(answer)
    assert Opinion.objects.count() == 0


def test_an_unknown_or_closed_station_is_not_found(client: Client, world: World) -> None:
    assert client.get("/s/nowhere/message/").status_code == 404
    world.station.is_active = False
    world.station.save()
    assert client.post(ADDRESS, typed()).status_code == 404


def test_a_station_without_anybody_says_so_and_keeps_the_words(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(**_: Any) -> None:
        raise VerbError("这个站点还没有人收件。")

    monkeypatch.setattr(public_views.workflow, "submit", nobody)
    answer = send(client)
    assert answer.status_code == 422
    assert "这个站点还没有人收件。" in text_of(answer)
    assert WORDS in text_of(answer)


def test_the_database_gone_keeps_the_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(**_: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(public_views.workflow, "submit", gone)
    answer = send(Client(raise_request_exception=False), body="桥栏杆断了一截")
    assert answer.status_code == 503
    assert "桥栏杆断了一截" in text_of(answer)


def test_a_busy_address_is_asked_for_work_and_keeps_the_words(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_views, "FROM_AN_ADDRESS", 2)
    assert [send(client).status_code for _ in range(3)] == [303, 303, 429]
    answer = send(client, body="井盖没了")
    page = answer.content.decode()
    assert "或者到窗口说，我们替您记" in page
    assert "井盖没了" in page
    challenge = json.loads(unescape(re.search(r'data-challenge="([^"]+)"', page)[1]))  # type: ignore[index]
    solved = solve(challenge)
    assert send(client, body="井盖没了", altcha=solved).status_code == 303
    assert send(client, body="又没了", altcha=solved).status_code == 429  # opens once
    assert send(Client(REMOTE_ADDR="10.7.7.7")).status_code == 303  # the neighbour is not held up


@pytest.mark.parametrize("limit", ["AT_A_STATION", "BY_A_CODE"])
def test_station_and_code_have_their_own_room(
    client: Client, world: World, place: EntryCode, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(public_views, limit, 1)
    assert [send(client, q=place.code).status_code for _ in range(2)] == [303, 429]


def test_without_the_cache_messages_are_received(client: Client, world: World, settings: Any) -> None:
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert send(client).status_code == 303


def solve(challenge: dict[str, Any]) -> str:
    """Count as a phone does."""
    for number in range(challenge["max_number"] + 1):
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            kept = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
            return base64.b64encode(json.dumps(kept | {"number": number}).encode()).decode()
    raise AssertionError("no number fits")


def test_work_is_accepted_once() -> None:
    answer = solve(json.loads(new_challenge(timezone.now())))
    assert is_solved(answer)
    assert not is_solved(answer)


def test_old_work_is_refused() -> None:
    assert not is_solved(solve(json.loads(new_challenge(timezone.now() - timedelta(hours=1)))))


def test_forged_work_is_refused() -> None:
    challenge = json.loads(new_challenge(timezone.now()))
    assert not is_solved(solve(challenge | {"signature": "0" * 64}))


@pytest.mark.parametrize(
    "answer", ["", "x", "W10=", "bnVsbA==", "NQ==", base64.b64encode(b"\xff").decode(), "e30=", "A" * 9999]
)
def test_rubbish_is_no_work(answer: str) -> None:
    assert not is_solved(answer)
