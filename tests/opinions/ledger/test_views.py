"""The pages of uploaded sheets: who gets in, what is shown, and that nothing is written before the last button."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from core.models import Job
from opinions import tasks
from opinions.models import Opinion, Reply, Sheet
from opinions.states import State
from tests.opinions.ledger.books import book
from tests.opinions.ledger.test_answers import filled
from tests.opinions.ledger.test_importing import DONE, HEAD, LATER, SPOT
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def signed_in(world: World) -> SignIn:
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(world.users[who])
        return client

    return sign_in


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker takes up a task in the same breath."""
    monkeypatch.setattr(tasks.carry_out_sheet, "apply_async", lambda args, **kwargs: tasks.carry_out_sheet(*args))


def send(client: Client, address: str, content: bytes, name: str = "旧台账.xlsx", **data: Any) -> Any:
    file = io.BytesIO(content)
    file.name = name
    return client.post(address, {"file": file} | data)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def ledger(client: Client, world: World, *rows: Any) -> str:
    answer = send(client, "/desk/ledger/", book([HEAD, *rows]), station=world.station.pk)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def test_upload_look_carry_out_and_what_came_of_it(world: World, signed_in: SignIn) -> None:
    client = signed_in("clerk")
    bad = list(DONE)
    bad[0], bad[1] = 9, "2023.13.1"
    page = ledger(client, world, DONE, SPOT, bad)
    shown = text(client.get(page))
    assert "先看一遍，还没写进系统" in shown
    assert "第 4 行 收到日期：看不懂“2023.13.1”" in shown
    assert '这 <span class="num">2</span> 件' in shown
    assert not Opinion.objects.exists()
    answer = client.post(f"{page}run/")
    assert "导入了 2 件" in text(client.get(answer["Location"]))
    assert Opinion.objects.count() == 2
    assert client.get(page)["Location"] == answer["Location"]  # the way back leads to the job
    assert client.post(f"{page}run/")["Location"] == answer["Location"]
    assert Opinion.objects.count() == 2
    assert "旧台账.xlsx" in text(client.get("/desk/ledger/"))


def test_only_bad_rows_can_be_looked_at_and_pages_turned(world: World, signed_in: SignIn) -> None:
    client = signed_in("clerk")
    rows = [[number, *LATER[1:]] for number in range(60)] + [[99, "昨天", *LATER[2:]]]
    page = ledger(client, world, *rows)
    assert "第 1 页，共 2 页" in text(client.get(page))
    assert len(client.get(f"{page}?page=2").context["lines"]) == 11
    bad = client.get(f"{page}?show=BAD").context["lines"]
    assert [line.number for line in bad] == [62]
    for odd in ("?page=x", "?page=999999", "?show=x", "?page=-1"):
        assert client.get(page + odd).status_code == 200


def test_columns_can_be_matched_anew(world: World, signed_in: SignIn) -> None:
    client = signed_in("clerk")
    answer = send(client, "/desk/ledger/", book([["何时", "何事"], ["2026-3-1", "路灯"]]), station=world.station.pk)
    page = answer["Location"]
    shown = text(client.get(page))
    assert "没有可以办的行" in shown
    assert "还没有说哪一栏是“收到日期、内容”。" in shown
    assert "何时" in shown
    assert client.post(f"{page}match/", {"c0": "created"}).status_code == 422
    assert "两栏都选了“内容”" in text(client.post(f"{page}match/", {"c0": "body", "c1": "body"}))
    assert client.post(f"{page}match/", {"c0": "created", "c1": "body", "c9": "name", "x": "y"}).status_code == 302
    assert Sheet.objects.get().columns == {"created": 0, "body": 1}
    assert "有错" not in [line.verdict for line in client.get(page).context["lines"]]
    client.post(f"{page}run/")
    assert Opinion.objects.get().body == "路灯"
    assert client.post(f"{page}match/", {"c0": "body", "c1": "created"}).status_code == 404


@pytest.mark.parametrize("who", ["handler", "rep", "grid", "leader", "admin"])
def test_ledgers_are_brought_in_by_staff_only(world: World, signed_in: SignIn, who: str) -> None:
    client = signed_in(who)
    assert client.get("/desk/ledger/").status_code == 403
    assert send(client, "/desk/ledger/", book([HEAD, LATER]), station=world.station.pk).status_code == 403
    assert not Sheet.objects.exists()


@pytest.mark.parametrize(
    ("who", "stations"),
    [
        ("clerk", {"mingnan"}),
        ("town_staff", {"mingnan"}),
        ("county_staff", {"mingnan", "wutai"}),
        ("other_clerk", {"wutai"}),
    ],
)
def test_each_brings_in_for_his_own_stations(world: World, signed_in: SignIn, who: str, stations: set[str]) -> None:
    client = signed_in(who)
    for station in (world.station, world.other_station):
        answer = send(client, "/desk/ledger/", book([HEAD, LATER]), station=station.pk)
        assert answer.status_code == (302 if station.code in stations else 422)
    assert {sheet.station.code for sheet in Sheet.objects.all() if sheet.station} == stations


def test_a_sheet_is_its_uploader_s_alone_and_only_while_he_may(world: World, signed_in: SignIn) -> None:
    page = ledger(signed_in("clerk"), world, DONE)
    for who in ("town_staff", "county_staff", "other_clerk", "handler"):
        for address in (page, f"{page}run/", f"{page}match/"):
            assert signed_in(who).get(address).status_code == 404
            assert signed_in(who).post(address).status_code in (404, 405)
    assert Client().get(page).status_code == 302
    client = signed_in("clerk")
    world.clerk.grants_set.update(station_code="wutai")
    assert client.get(page).status_code == 403
    assert client.post(f"{page}run/").status_code == 403
    assert not Opinion.objects.exists()


def test_a_file_that_cannot_be_used_is_refused_beside_the_field(world: World, signed_in: SignIn) -> None:
    client = signed_in("clerk")
    answer = send(client, "/desk/ledger/", b"x", "a.pdf", station=world.station.pk)
    assert answer.status_code == 422
    assert "请传 .xlsx 或 .csv 文件" in text(answer)
    assert send(client, "/desk/ledger/", b"0" * 5_300_000, station=world.station.pk).status_code == 422
    assert client.post("/desk/ledger/", {"station": world.station.pk}).status_code == 422
    assert not Sheet.objects.exists()


def test_what_a_file_says_is_shown_as_text(world: World, signed_in: SignIn) -> None:
    client = signed_in("clerk")
    page = ledger(client, world, [1, "<script>alert(1)</script>", "", "", "", "<img src=x onerror=alert(1)>"])
    shown = text(client.get(page))
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


def test_a_queue_that_is_away_loses_nothing(world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.carry_out_sheet, "apply_async", away)
    client = signed_in("clerk")
    page = ledger(client, world, DONE)
    assert "后台现在没有应答" in text(client.post(f"{page}run/", follow=True))
    assert Job.objects.get().state == "QUEUED"


def test_refused_rows_stand_on_the_job_s_page(world: World, signed_in: SignIn) -> None:
    client = signed_in("clerk")
    client.post(f"{ledger(client, world, DONE)}run/")
    job = Job.objects.get()
    Sheet.objects.update(result={"done": 0, "already": 0, "bad": [[7, "这样不行。"]]})
    assert '<b class="num">第 7 行</b> 这样不行。' in text(client.get(f"/desk/sheets/jobs/{job.pk}/"))
    assert client.get(f"/desk/sheets/jobs/{job.pk}/?form=json").json()["has_more"]
    assert client.get(f"/desk/sheets/jobs/{job.pk}/file/").status_code == 404


# --- a unit's batch


def test_down_with_the_list_up_with_the_answers(world: World, signed_in: SignIn) -> None:
    world.opinion(State.ASSIGNED)
    client = signed_in("handler")
    assert "下载清单（1 件）" in text(client.get("/desk/answers/"))
    down = client.get("/desk/answers/list/")
    assert down["Content-Disposition"].startswith("attachment")
    answer = send(client, "/desk/answers/", filled(world.handler, {2: ("已解决", None, "修好了。")}))
    shown = text(client.get(answer["Location"]))
    assert '答复这 <span class="num">1</span> 件' in shown
    assert "各栏是什么" not in shown
    assert client.post(f"{answer['Location']}match/", {"c0": "body"}).status_code == 404
    assert not Reply.objects.exists()
    done = client.post(f"{answer['Location']}run/", follow=True)
    assert "答复了 1 件。" in text(done)
    assert Reply.objects.get().body == "修好了。"
    assert "现在没有要答复的" in text(client.get("/desk/answers/"))


@pytest.mark.parametrize("who", ["clerk", "county_staff", "leader", "rep", "admin"])
def test_batches_are_the_unit_s(world: World, signed_in: SignIn, who: str) -> None:
    client = signed_in(who)
    assert client.get("/desk/answers/").status_code == 403
    assert client.get("/desk/answers/list/").status_code == 403
    assert send(client, "/desk/answers/", filled(world.handler, {})).status_code == 403


def test_the_list_page_offers_each_side_its_own(world: World, signed_in: SignIn) -> None:
    world.opinion(State.ASSIGNED)
    offers = {
        "clerk": ("导入旧台账",),
        "county_staff": ("导入旧台账", "文书模板"),
        "handler": ("成批答复",),
        "leader": (),
    }
    every = {"导入旧台账", "文书模板", "成批答复"}
    for who, words in offers.items():
        shown = text(signed_in(who).get("/desk/opinions/?group=all"))
        assert "导出 Excel" in shown
        assert {word for word in every if word in shown} == set(words), who
