"""民情收集簿: a page photographed, its lines copied once each, and nobody else's eyes on the photo."""

import io
import threading
import uuid
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core.codes import spell
from core.workflow import BadInput, NotAllowed
from opinions import books
from opinions.models import BookLine, BookPage, BookPhoto, Deadline, Opinion
from opinions.states import Channel, State, Step
from opinions.views.recording import copy_line
from stations.queries import forget
from tests.opinions.paper import BOOK, PHOTO, page_of, picture, typed
from tests.world import START, World, make_world


def test_a_page_is_kept_with_its_photo_and_nothing_the_camera_wrote(world: World, at_desk: Any) -> None:
    client = at_desk()
    answer = client.post(BOOK, {"station": world.station.pk, "book": "２０２６－1", "page": 3, "photos": picture()})
    page = BookPage.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page.get_absolute_url())
    assert (page.station, page.book, page.page, page.added_by) == (world.station, "2026-1", 3, world.clerk)
    kept = page.photos.get()
    bytes_kept = kept.image.open("rb").read()
    assert b"secret-camera" not in bytes_kept
    assert not Image.open(io.BytesIO(bytes_kept)).getexif()
    assert "page" not in kept.image.name.split("/")[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"photos": ""}, "请先拍这一页"),
        ({"photos": SimpleUploadedFile("a.jpg", b"no picture at all")}, "不是照片"),
        ({"book": "　 "}, "请"),
        ({"page": "0"}, "最小填 1"),
        ({"page": "三"}, "请填一个整数"),
    ],
)
def test_a_bad_page_is_said_in_words_and_not_kept(world: World, at_desk: Any, change: Any, words: str) -> None:
    answer = at_desk().post(BOOK, {"station": world.station.pk, "book": "1", "page": 3, "photos": picture()} | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert BookPage.objects.count() == 0


def test_the_same_page_again_leads_to_the_one_that_is_there(world: World, at_desk: Any) -> None:
    page = page_of(world)
    answer = at_desk("town_staff").post(
        BOOK, {"station": world.station.pk, "book": "1", "page": 3, "photos": picture()}, follow=True
    )
    assert answer.redirect_chain[-1][0] == page.get_absolute_url()
    assert "以前拍过" in answer.content.decode()
    assert BookPhoto.objects.count() == 1


def test_a_page_out_of_sight_is_not_shown_to_whoever_photographs_it_again(world: World, at_desk: Any) -> None:
    page_of(world)
    answer = at_desk("rep").post(BOOK, {"station": world.station.pk, "book": "1", "page": 3, "photos": picture()})
    assert answer.status_code == 422
    assert "别人已经拍过了" in answer.content.decode()


def test_a_line_becomes_a_matter_through_the_counters_verbs(world: World, at_desk: Any) -> None:
    page, client = page_of(world), at_desk()
    answer = client.post(page.get_absolute_url(), typed(world))
    assert (answer.status_code, answer["Location"]) == (302, page.get_absolute_url())
    row, line = Opinion.objects.get(), BookLine.objects.get()
    assert (row.channel, row.state, row.lead_unit, row.station) == (
        Channel.BOOK, State.ASSIGNED, world.unit, world.station,
    )  # fmt: skip
    assert (line.page, line.line, line.opinion, line.copied_by) == (page, 1, row, world.clerk)
    assert (row.recorded_by, row.first_contact) == (world.clerk, world.clerk)
    assert list(row.history.order_by("id").values_list("verb", flat=True)) == ["submit", "accept", "assign"]
    assert (row.phone, row.name) == ("13800007742", "李大娘")


def test_the_limits_run_from_the_day_of_copying_and_the_day_on_paper_stays(world: World, at_desk: Any) -> None:
    page, before = page_of(world), timezone.now()
    long_ago = date(2025, 3, 8)
    at_desk().post(page.get_absolute_url(), typed(world, written_on=long_ago.isoformat()))
    row, line = Opinion.objects.get(), BookLine.objects.get()
    assert line.written_on == long_ago
    assert row.created_at >= before
    assert line.copied_at == row.created_at
    assert Deadline.objects.get(opinion=row, step=Step.ACCEPT).started_at == row.created_at
    first = row.history.order_by("id").first()
    assert first.public_text.startswith("您2025 年 3 月 8 日写在民情收集簿上的事（1 号簿第 3 页第 1 行）抄进来了")


def test_receipts_are_listed_line_by_line_to_be_written_back(world: World, at_desk: Any) -> None:
    page, client = page_of(world), at_desk()
    for number in (1, 2, 4):
        html = client.post(page.get_absolute_url(), typed(world, line=number), follow=True).content.decode()
    receipts = [spell(row.opinion.receipt) for row in page.lines.select_related("opinion")]
    assert len(receipts) == 3
    assert [html.count(f'receipt">{receipt}') for receipt in receipts] == [1, 1, 1]
    assert 'name="line" value="3"' in html  # the first one that nobody copied
    assert "抄了 3 行" in html
    assert "抄了 3 行" in client.get(BOOK).content.decode()


def test_answered_on_the_spot(world: World, at_desk: Any) -> None:
    at_desk().post(page_of(world).get_absolute_url(), typed(world, how="spot", answer="当天就修好了。", outcome="A"))
    row = Opinion.objects.get()
    assert (row.state, row.replies.get().body) == (State.FED_BACK, "当天就修好了。")


def test_the_same_line_twice_is_refused_with_a_link(world: World, at_desk: Any) -> None:
    page, client = page_of(world), at_desk()
    client.post(page.get_absolute_url(), typed(world))
    answer = client.post(page.get_absolute_url(), typed(world, body="南街垃圾桶太少，天热味道大。"))
    html, row = answer.content.decode(), Opinion.objects.get()
    assert answer.status_code == 422
    assert "第 1 行已经抄过了" in html
    assert f'href="{row.get_absolute_url()}">{row.title}' in html
    assert "南街垃圾桶太少" in html
    assert BookLine.objects.count() == 1


def test_a_double_tap_makes_one_matter_and_says_the_same_receipt(world: World, at_desk: Any) -> None:
    page, client, data = page_of(world), at_desk(), typed(world)
    first = client.post(page.get_absolute_url(), data, follow=True).content.decode()
    second = client.post(page.get_absolute_url(), data, follow=True).content.decode()
    receipt = spell(Opinion.objects.get().receipt)
    assert receipt in first
    assert "第 1 行抄好了" in second
    assert BookLine.objects.count() == 1


def test_the_same_words_under_a_mended_number_are_not_a_second_matter(world: World, at_desk: Any) -> None:
    page, client, data = page_of(world), at_desk(), typed(world)
    client.post(page.get_absolute_url(), data)
    answer = client.post(page.get_absolute_url(), data | {"line": 2})
    assert answer.status_code == 422
    assert "第 1 行已经抄过了" in answer.content.decode()
    assert (BookLine.objects.count(), Opinion.objects.count()) == (1, 1)


def test_the_database_itself_refuses_a_line_or_a_page_twice(world: World) -> None:
    page, row, other = page_of(world), world.submit(), world.submit()
    common = {"page": page, "line": 1, "copied_by": world.clerk, "copied_at": START}
    BookLine.objects.create(opinion=row, **common)
    for wrong in ({"opinion": other}, {"opinion": other, "line": 0}, {"opinion": other, "line": 61}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BookLine.objects.create(**common | wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        BookLine.objects.create(**common | {"opinion": row, "line": 2})
    with pytest.raises(IntegrityError), transaction.atomic():
        BookPage.objects.create(station=world.station, book="1", page=3, added_by=world.clerk, added_at=START)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"body": "  "}, "还没写说了什么"),
        ({"line": "61"}, "最大填 60"),
        ({"line": ""}, "请填写这一项"),
        ({"written_on": "2999-01-01"}, "这一天还没到"),
        ({"written_on": "0203-01-01"}, "年份写得太早"),
        ({"written_on": "昨天"}, "日期没有写对"),
        ({"writer": "scribe", "scribe": " "}, "请写是谁代录的"),
        ({"phone": "12345"}, "电话号码不对"),
        ({"how": "spot", "answer": ""}, "请写下当场怎么答复的"),
        ({"client_key": "x"}, "client_key"),
    ],
)
def test_bad_input_is_said_and_nothing_is_written(world: World, at_desk: Any, change: Any, words: str) -> None:
    page = page_of(world)
    answer = at_desk().post(page.get_absolute_url(), typed(world, location="新华路口", **change))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "新华路口" in html
    assert (Opinion.objects.count(), BookLine.objects.count()) == (0, 0)


def test_a_line_may_lack_day_name_and_number(world: World, at_desk: Any) -> None:
    page, client = page_of(world), at_desk()
    client.post(page.get_absolute_url(), typed(world, written_on="", name="", phone="", region="", location=""))
    row, line = Opinion.objects.get(), BookLine.objects.get()
    assert (line.written_on, line.scribe, row.name, row.region) == (None, "", "", world.town)
    assert row.history.order_by("id").first().public_text.startswith("您写在民情收集簿上的事")
    assert client.get(row.get_absolute_url()).status_code == 200


def test_who_wrote_for_him_is_kept_encrypted_and_masked(world: World, at_desk: Any) -> None:
    page, client = page_of(world), at_desk()
    client.post(page.get_absolute_url(), typed(world, writer="scribe", scribe="王建国"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT scribe FROM opinions_bookline")
        assert "王建国" not in cursor.fetchone()[0]
    html = client.get(Opinion.objects.get().get_absolute_url()).content.decode()
    assert "王建国" not in html
    assert "代录" in html


def test_the_matter_shows_book_page_and_line(world: World, at_desk: Any) -> None:
    page = page_of(world)
    at_desk().post(page.get_absolute_url(), typed(world))
    address = Opinion.objects.get().get_absolute_url()
    for who, sees in (("clerk", True), ("town_staff", True), ("county_staff", False), ("handler", False)):
        html = at_desk(who).get(address).content.decode()
        assert "1 号簿第 3 页第 1 行" in html, who
        assert (page.get_absolute_url() in html) == sees, who


def test_a_matter_kept_without_a_page_shows_no_line(world: World, at_desk: Any) -> None:
    row = world.submit(channel=Channel.BOOK)
    html = at_desk().get(row.get_absolute_url()).content.decode()
    assert "写在簿上" not in html


def test_a_page_is_finished_and_taken_up_again(world: World, at_desk: Any) -> None:
    page, client = page_of(world), at_desk()
    finish = reverse("opinions:book_finish", args=[page.pk])
    assert client.post(finish)["Location"] == BOOK
    assert "抄完了" in client.get(BOOK).content.decode()
    assert 'name="body"' not in client.get(page.get_absolute_url()).content.decode()
    assert client.post(finish, {"more": "1"})["Location"] == page.get_absolute_url()
    page.refresh_from_db()
    assert page.finished_at is None
    assert 'name="body"' in client.get(page.get_absolute_url()).content.decode()


def test_pages_that_are_not_finished_stand_first(world: World, at_desk: Any) -> None:
    pages = [page_of(world, number=number) for number in (1, 2, 3)]
    books.finish(pages[1].pk, actor=world.clerk, at=timezone.now())
    html = at_desk().get(BOOK).content.decode()
    places = [html.index(f'{pages[number].get_absolute_url()}"') for number in (2, 0, 1)]
    assert places == sorted(places)


def test_another_photo_is_added_and_none_replaced(world: World, at_desk: Any) -> None:
    page, client = page_of(world), at_desk()
    address = reverse("opinions:book_photos", args=[page.pk])
    client.post(address, {"photos": picture("red")})
    assert page.photos.count() == 2
    assert "请先选一张照片" in client.post(address, {}, follow=True).content.decode()
    answer = client.post(address, {"photos": [picture() for _ in range(5)]}, follow=True)
    assert "最多放 6 张" in answer.content.decode()
    assert page.photos.count() == 2


def test_when_photos_cannot_be_stored_no_page_is_kept(
    world: World, at_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    answer = at_desk().post(BOOK, {"station": world.station.pk, "book": "1", "page": 3, "photos": picture()})
    assert answer.status_code == 422
    assert "暂时存不下" in answer.content.decode()
    assert BookPage.objects.count() == 0


def test_nobody_copies_the_book_of_another_station(world: World) -> None:
    page, at = page_of(world), timezone.now()
    with pytest.raises(NotAllowed):
        books.add_page(station=world.station, book="1", page=9, photos=[PHOTO], actor=world.other_clerk, at=at)
    with pytest.raises(NotAllowed):
        books.finish(page.pk, actor=world.other_clerk, at=at)
    with pytest.raises(NotAllowed):
        books.add_photos(page.pk, photos=[PHOTO], actor=world.handler, at=at)
    with pytest.raises(NotAllowed):
        books.copy_line(
            page.pk, 1, actor=world.other_clerk, at=at, client_key=uuid.uuid4(), record=lambda origin: world.submit()
        )
    assert Opinion.objects.count() == 0


def test_a_page_without_a_photo_is_no_page(world: World) -> None:
    with pytest.raises(BadInput):
        books.add_page(station=world.station, book="1", page=9, photos=[], actor=world.clerk, at=START)
    assert BookPage.objects.count() == 0


@pytest.mark.parametrize(("typed_name", "kept"), [("３", "3"), (" 2026 - 1 ", "2026-1"), ("a甲", "A甲"), ("　", "")])
def test_a_book_is_the_same_book_however_its_number_is_typed(typed_name: str, kept: str) -> None:
    assert books.book_name(typed_name) == kept


@pytest.mark.parametrize(("taken", "free"), [([], 1), ([1, 2], 3), ([2, 3], 1), ([1, 3], 2)])
def test_the_next_line_is_the_first_nobody_copied(taken: list[int], free: int) -> None:
    assert books.next_line(taken) == free


def test_the_page_costs_the_same_with_one_line_and_twenty(world: World, at_desk: Any) -> None:
    page, client = page_of(world), at_desk()

    def add(number: int) -> None:
        row = world.submit(at=timezone.now())
        BookLine.objects.create(page=page, line=number, opinion=row, copied_by=world.clerk, copied_at=timezone.now())

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    add(1)
    one, listed = cost(page.get_absolute_url()), cost(BOOK)
    for number in range(2, 21):
        add(number)
        page_of(world, number=number + 10)
    assert (cost(page.get_absolute_url()), cost(BOOK)) == (one, listed)


@pytest.mark.parametrize("field", ["body", "name", "location", "scribe"])
def test_what_is_typed_never_becomes_markup(world: World, at_desk: Any, field: str) -> None:
    evil = "<img src=x onerror=alert(1)>路灯"
    page, client = page_of(world, book="<b>1"), at_desk()
    client.post(page.get_absolute_url(), typed(world, **{field: evil, "writer": "scribe"} | {"scribe": evil}))
    for address in (page.get_absolute_url(), Opinion.objects.get().get_absolute_url(), BOOK):
        html = client.get(address).content.decode()
        assert "<img src=x" not in html
        assert "<b>1" not in html


@pytest.mark.django_db(transaction=True)
def test_two_clerks_on_one_line_at_the_same_moment_make_one_matter(transactional_db: None) -> None:
    forget()
    world = make_world()
    page, ready, outcomes = page_of(world), threading.Barrier(2), []
    data = {
        "line": 1, "station": world.station, "channel": Channel.BOOK, "region": None, "location": "", "name": "",
        "phone": "", "hide_identity": True, "people": 1, "photos": [], "how": "only", "written_on": None, "scribe": "",
    }  # fmt: skip

    def copy(who: str) -> None:
        ready.wait()
        try:
            words = {"body": f"{who}抄的路灯", "client_key": uuid.uuid4()}
            outcomes.append(copy_line(page, data | words, actor=world.users[who], at=timezone.now()))
        except books.LineTaken as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=copy, args=[who]) for who in ("clerk", "town_staff")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BookLine", "LineTaken"]
    assert (Opinion.objects.count(), BookLine.objects.count()) == (1, 1)
