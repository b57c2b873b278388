"""Downloads of prints: one at once, many through the queue, each file for its owner alone."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
import zxingcpp
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError
from PIL import Image

from core import jobs
from core.models import Job
from stations import codes, tasks
from stations.models import EntryCode
from stations.prints import batch
from tests.world import START, World

SignIn = Callable[[str], Client]
ORDER = "/desk/stations/prints/"
Published = list[tuple[Any, ...]]


def order(client: Client, **changes: str) -> Any:
    return client.post(ORDER, {"scope": "mingnan", "size": "sticker", "form": "png"} | changes)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("form", "kind", "start"), [("pdf", "application/pdf", b"%PDF"), ("png", "image/png", b"\x89PNG")]
)
def test_one_print_as_a_download(signed_in: SignIn, entry: EntryCode, form: str, kind: str, start: bytes) -> None:
    answer = signed_in("clerk").get(f"/desk/stations/codes/{entry.code}/a6.{form}")
    assert answer["Content-Type"] == kind
    assert answer.content.startswith(start)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%B4%BA%E5%8D%97")


def test_the_downloaded_picture_leads_to_the_code_s_address(
    signed_in: SignIn, client: Client, entry: EntryCode, settings: Any
) -> None:
    picture = signed_in("clerk").get(f"/desk/stations/codes/{entry.code}/a4.png").content
    text = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("RGB"))[0].text
    assert text == f"{settings.SITE_URL}/q/{entry.code}/"
    assert client.get(text.removeprefix(settings.SITE_URL)).status_code == 302


def test_a_small_look_is_shown_in_the_page(signed_in: SignIn, entry: EntryCode) -> None:
    answer = signed_in("clerk").get(f"/desk/stations/codes/{entry.code}/a4.png?look=1")
    assert Image.open(io.BytesIO(answer.content)).width < 1300
    assert "private" in answer["Cache-Control"]
    assert "Content-Disposition" not in answer


@pytest.mark.parametrize("address", ["a0.pdf", "a4.svg", "a4.html"])
def test_unknown_prints_are_404(signed_in: SignIn, entry: EntryCode, address: str) -> None:
    assert signed_in("clerk").get(f"/desk/stations/codes/{entry.code}/{address}").status_code == 404


def test_a_revoked_code_is_printed_no_more(signed_in: SignIn, world: World, entry: EntryCode) -> None:
    codes.revoke_code(entry.pk, actor=world.clerk, at=START)
    assert signed_in("clerk").get(f"/desk/stations/codes/{entry.code}/a4.pdf").status_code == 404


def test_the_page_of_a_code_offers_every_size_in_both_formats(signed_in: SignIn, entry: EntryCode) -> None:
    shown = signed_in("clerk").get(f"/desk/stations/codes/{entry.code}/").content.decode()
    for key in ("a3", "a4", "a5", "a6", "sticker"):
        for form in ("pdf", "png"):
            assert f"/desk/stations/codes/{entry.code}/{key}.{form}" in shown


def test_the_page_of_a_code_is_for_its_staff(signed_in: SignIn, world: World, entry: EntryCode) -> None:
    address = f"/desk/stations/codes/{entry.code}/"
    found = {name: signed_in(name).get(address).status_code for name in ("other_clerk", "leader", "rep", "town_staff")}
    assert found == {"other_clerk": 404, "leader": 403, "rep": 403, "town_staff": 200}
    codes.revoke_code(entry.pk, actor=world.clerk, at=START)
    assert signed_in("clerk").get(address).status_code == 404


def test_an_order_is_recorded_and_handed_over(
    signed_in: SignIn, world: World, entry: EntryCode, published: Published
) -> None:
    answer = order(signed_in("clerk"))
    job = Job.objects.get()
    assert answer["Location"] == f"{ORDER}{job.pk}/"
    assert (job.owner, job.total, job.state) == (world.clerk, 1, "QUEUED")
    assert published == [(job.pk, [entry.pk], "sticker", "png")]


def test_an_order_from_beginning_to_end(
    signed_in: SignIn, world: World, entry: EntryCode, published: Published
) -> None:
    codes.create_code(world.station.pk, "WINDOW", actor=world.clerk, at=START, label="")
    client = signed_in("clerk")
    address = order(client)["Location"]
    assert 'http-equiv="refresh"' in client.get(address).content.decode(), "works without script"
    tasks.print_codes(*published[0])
    figures = client.get(f"{address}?form=json").json()
    assert (figures["state"], figures["percent"], figures["done"]) == ("DONE", 100, 2)
    content = body(client.get(figures["file"]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert len(names) == 2
        assert all(name.startswith("洺南街道融合站点/") for name in names)
        assert zxingcpp.read_barcodes(Image.open(io.BytesIO(archive.read(names[0]))).convert("RGB"))
    shown = client.get(address).content.decode()
    assert "2 个码，每个一份贴纸" in shown
    assert "http-equiv" not in shown


def test_a_task_delivered_twice_makes_one_file(
    signed_in: SignIn, entry: EntryCode, published: Published, settings: Any
) -> None:
    order(signed_in("clerk"))
    tasks.print_codes(*published[0])
    first = Job.objects.get()
    tasks.print_codes(*published[0])
    again = Job.objects.get()
    assert (again.file.name, again.finished_at) == (first.file.name, first.finished_at)
    assert len(list(Path(settings.MEDIA_ROOT).rglob("*.zip"))) == 1


def test_a_code_revoked_meanwhile_is_left_out(
    signed_in: SignIn, world: World, entry: EntryCode, published: Published
) -> None:
    order(signed_in("clerk"))
    codes.revoke_code(entry.pk, actor=world.clerk, at=START)
    tasks.print_codes(*published[0])
    job = Job.objects.get()
    assert (job.state, job.file.name) == ("FAILED", "")
    assert "作废" in job.message


def test_a_file_is_for_its_owner_alone(signed_in: SignIn, entry: EntryCode, published: Published) -> None:
    address = order(signed_in("clerk"))["Location"]
    tasks.print_codes(*published[0])
    assert signed_in("clerk").get(f"{address}file/").status_code == 200
    for name in ("county_staff", "town_staff", "other_clerk", "leader"):
        assert signed_in(name).get(f"{address}file/").status_code == 404
        assert signed_in(name).get(address).status_code == 404
    assert signed_in("admin").get(f"{address}file/").status_code == 403


def test_the_page_says_until_when_the_file_is_kept_and_that_it_is_gone(
    signed_in: SignIn, entry: EntryCode, published: Published
) -> None:
    client = signed_in("clerk")
    with time_machine.travel(START, tick=False):
        address = order(client)["Location"]
        assert "做好了在这里留 7 天" in client.get(address).content.decode()
        tasks.print_codes(*published[0])
        assert "文件留到 4 月 1 日，请早点下载。" in client.get(address).content.decode()
    with time_machine.travel(START + timedelta(days=8), tick=False):
        jobs.forget_files(timezone.now())
        client = signed_in("clerk")
        figures = client.get(f"{address}?form=json").json()
        assert figures["file"] == ""
        assert "文件只留 7 天，已经清掉了。" in figures["said"]
        assert client.get(f"{address}file/").status_code == 404


def test_jobs_of_another_kind_are_not_shown_here(signed_in: SignIn, world: World) -> None:
    job = jobs.queue("export", "别的", owner=world.clerk, at=START)
    assert signed_in("clerk").get(f"{ORDER}{job.pk}/").status_code == 404


def test_there_is_no_file_before_it_is_made(signed_in: SignIn, entry: EntryCode, published: Published) -> None:
    client = signed_in("clerk")
    assert client.get(f"{order(client)['Location']}file/").status_code == 404


def test_an_order_survives_a_queue_that_is_away(
    signed_in: SignIn, entry: EntryCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OperationalError("no broker")

    with monkeypatch.context() as broken:
        broken.setattr(tasks.print_codes, "apply_async", refuse)
        client = signed_in("clerk")
        address = order(client)["Location"]
        shown = client.get(address).content.decode()
    assert "后台现在没有应答" in shown
    assert "排着队" in shown
    job = Job.objects.get()
    assert job.state == "QUEUED"
    monkeypatch.setattr(tasks.print_codes, "apply_async", lambda args, **_: tasks.print_codes(*args))
    with time_machine.travel(job.created_at + timedelta(minutes=2)):
        tasks.resume_prints()
        tasks.resume_prints()
    assert Job.objects.get().state == "DONE"
    assert client.get(f"{address}file/").status_code == 200


def test_an_order_on_its_way_is_left_alone(signed_in: SignIn, entry: EntryCode, published: Published) -> None:
    order(signed_in("clerk"))
    at = Job.objects.get().created_at
    assert batch.lost(at + timedelta(seconds=30)) == []
    assert [row.size for row in batch.lost(at + timedelta(minutes=1))] == ["sticker"]
    jobs.start(Job.objects.get().pk, at=at)
    assert batch.lost(at + timedelta(hours=1)) == []


def test_a_worker_that_died_is_said(signed_in: SignIn, entry: EntryCode, published: Published) -> None:
    client = signed_in("clerk")
    address = order(client)["Location"]
    job = Job.objects.get()
    jobs.start(job.pk, at=job.created_at)
    with time_machine.travel(job.created_at + timedelta(minutes=31)):
        tasks.resume_prints()
    assert "请重新发起" in client.get(address).content.decode()
    assert not published[1:]


@pytest.mark.parametrize(
    ("done", "seconds", "words"),
    [(0, 0, "正在一张一张地画"), (10, 40, "大约还要 6 分钟"), (50, 60, "大约还要一分钟"), (99, 60, "马上就好")],
)
def test_how_long_it_will_take(signed_in: SignIn, world: World, done: int, seconds: int, words: str) -> None:
    job = jobs.queue(batch.KIND, "一百张", owner=world.clerk, at=START, total=100)
    client = signed_in("clerk")
    assert "排着队" in client.get(f"{ORDER}{job.pk}/?form=json").json()["said"]
    jobs.start(job.pk, at=START)
    if done:
        jobs.advance(job.pk, done, at=START + timedelta(seconds=seconds))
    assert words in client.get(f"{ORDER}{job.pk}/?form=json").json()["said"]


@pytest.mark.parametrize(
    "changes", [{"scope": "wutai"}, {"scope": "411625101"}, {"scope": "all"}, {"size": "a0"}, {"form": "exe"}]
)
def test_what_is_not_offered_is_not_made(
    signed_in: SignIn, entry: EntryCode, published: Published, changes: dict[str, str]
) -> None:
    order(signed_in("clerk"), **changes)
    assert not Job.objects.exists()
    assert not published


def test_a_town_orders_its_own_codes_only(
    signed_in: SignIn, world: World, entry: EntryCode, published: Published
) -> None:
    codes.create_code(world.other_station.pk, "STATION", actor=world.other_clerk, at=START, label="")
    order(signed_in("town_staff"), scope="411625001")
    assert published[0][1] == [entry.pk]


def test_the_county_orders_everything(signed_in: SignIn, world: World, entry: EntryCode, published: Published) -> None:
    other = codes.create_code(world.other_station.pk, "STATION", actor=world.other_clerk, at=START, label="")
    order(signed_in("county_staff"), scope="all")
    assert published[0][1] == [entry.pk, other.pk]


def test_a_station_without_codes_says_what_to_do(signed_in: SignIn, world: World, published: Published) -> None:
    answer = signed_in("clerk").post(ORDER, {"scope": "mingnan", "size": "a4", "form": "pdf"}, follow=True)
    assert "先在站点页上新建" in answer.content.decode()
    assert not published


def test_progress_moves_while_it_works(world: World, entry: EntryCode, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    job = jobs.queue(batch.KIND, "三张", owner=world.clerk, at=START, total=1)
    monkeypatch.setattr(batch.jobs, "advance", lambda job_id, done, at: seen.append((job_id, done)) or True)
    batch.make_zip(job.pk, [entry.pk], "sticker", "pdf", lambda: START)
    assert seen == [(job.pk, 1)]


def test_a_job_that_was_stopped_makes_no_file(world: World, entry: EntryCode, monkeypatch: pytest.MonkeyPatch) -> None:
    job = jobs.queue(batch.KIND, "停了的", owner=world.clerk, at=START, total=1)
    monkeypatch.setattr(batch.jobs, "advance", lambda *_, **__: False)
    batch.make_zip(job.pk, [entry.pk], "sticker", "pdf", lambda: START)
    assert not Job.objects.get().file


@pytest.mark.parametrize("code", ["%00", "%FF%FE", "x" * 300, "..%2F..%2Fetc"])
@pytest.mark.parametrize("rest", ["", "a4.pdf"])
def test_a_code_that_no_print_carries_is_not_found(signed_in: SignIn, entry: EntryCode, code: str, rest: str) -> None:
    assert signed_in("county_staff").get(f"/desk/stations/codes/{code}/{rest}").status_code == 404
