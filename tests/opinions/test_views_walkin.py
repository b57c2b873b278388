"""The counter: one POST for a whole visit, once and only once, and nothing typed is lost."""

import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core.codes import spell
from opinions import workflow
from opinions.models import HistoryEntry, Opinion
from opinions.states import State
from opinions.views.slip import qr_drawing
from opinions.workflow import Message
from stations.models import Category
from stations.queries import forget
from tests.world import WORDS, World

NEW = "/desk/opinions/new/"


@pytest.fixture
def at_counter(world: World, settings: Any) -> Any:
    """Return a function that gives a signed-in client."""
    settings.SECOND_FACTOR_REQUIRED = False
    forget()

    def _client(who: str = "clerk") -> Client:
        client = Client()
        client.force_login(world.users[who])
        return client

    return _client


def visit(world: World, **values: Any) -> dict[str, Any]:
    return {
        "channel": "WINDOW", "station": world.station.pk, "name": "李大娘", "phone": "138 0000 7742", "body": WORDS,
        "region": world.village.pk, "location": "二巷 14 号门前", "how": "unit", "kind": "ORDINARY",
        "hide_identity": "on", "people": 2, "client_key": str(uuid.uuid4()),
    } | values  # fmt: skip


def test_visit_is_handed_to_the_usual_unit_in_one_go(world: World, at_counter: Any) -> None:
    answer = at_counter().post(NEW, visit(world))
    assert (answer.status_code, answer["Location"]) == (302, f"{NEW}?channel=WINDOW&station={world.station.pk}")
    row = Opinion.objects.get()
    assert (row.state, row.lead_unit, row.category) == (State.ASSIGNED, world.unit, world.category)
    assert (row.phone, row.people, row.recorded_by, row.first_contact) == (
        "13800007742", 2, world.clerk, world.clerk,
    )  # fmt: skip
    assert list(row.history.order_by("id").values_list("verb", flat=True)) == ["submit", "accept", "assign"]


def test_saved_page_says_so_and_offers_the_slip(world: World, at_counter: Any) -> None:
    page = at_counter().post(NEW, visit(world), follow=True).content.decode()
    row = Opinion.objects.get()
    assert spell(row.receipt) in page
    assert reverse("opinions:slip", args=[row.pk]) in page
    assert "&lt;a" not in page


def test_visit_answered_on_the_spot(world: World, at_counter: Any) -> None:
    at_counter().post(NEW, visit(world, how="spot", answer="带身份证就行。"))
    row = Opinion.objects.get()
    assert (row.state, row.replies.get().body) == (State.FED_BACK, "带身份证就行。")


def test_visit_only_accepted(world: World, at_counter: Any) -> None:
    at_counter().post(NEW, visit(world, how="later"))
    assert Opinion.objects.get().state == State.ACCEPTED


def test_other_unit_and_own_demand(world: World, at_counter: Any) -> None:
    at_counter().post(NEW, visit(world, unit=world.co_unit.pk, demand="先查线路", kind="URGENT"))
    row = Opinion.objects.get()
    assert (row.lead_unit, row.assignments.get().demand, row.kind) == (world.co_unit, "先查线路", "URGENT")


def test_same_key_twice_is_one_visit(world: World, at_counter: Any) -> None:
    client, data = at_counter(), visit(world)
    assert client.post(NEW, data).status_code == 302
    assert client.post(NEW, data).status_code == 302
    assert Opinion.objects.count() == 1
    assert HistoryEntry.objects.count() == 3


def test_same_key_with_other_words_asks_again_under_a_fresh_key(world: World, at_counter: Any) -> None:
    client, data = at_counter(), visit(world)
    client.post(NEW, data)
    answer = client.post(NEW, data | {"body": "另一件事：垃圾桶太少。"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "另一件事：垃圾桶太少。" in page
    assert data["client_key"] not in page
    fresh = re.search(r'name="client_key" value="([0-9a-f-]{36})"', page)
    assert fresh is not None
    assert client.post(NEW, data | {"body": "另一件事：路灯坏了。", "client_key": fresh[1]}).status_code == 302
    assert Opinion.objects.count() == 2


def test_words_that_name_no_category_ask_for_one_and_write_nothing(world: World, at_counter: Any) -> None:
    answer = at_counter().post(NEW, visit(world, body="想问一件事，说不清楚。"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没看出是哪一类事" in page
    assert "想问一件事，说不清楚。" in page
    assert Opinion.objects.count() == 0


def test_category_without_a_unit_asks_for_one_and_takes_everything_back(world: World, at_counter: Any) -> None:
    other = Category.objects.create(code="qita", name="其他")
    answer = at_counter().post(NEW, visit(world, category=other.pk))
    assert answer.status_code == 422
    assert "没有通常承办的单位" in answer.content.decode()
    assert Opinion.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [({"body": ""}, "还没写说了什么"), ({"phone": "12345"}, "电话号码不对"), ({"how": "spot"}, "请写下当场怎么答复的")],
)
def test_bad_input_is_said_and_the_rest_is_kept(world: World, at_counter: Any, change: dict, words: str) -> None:
    answer = at_counter().post(NEW, visit(world, **change))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "二巷 14 号门前" in page
    assert "<title>还差一处" in page


def test_words_that_are_too_long_are_all_given_back_with_a_plain_sentence(world: World, at_counter: Any) -> None:
    long = "路" * 5000 + "灯。"
    answer = at_counter().post(NEW, visit(world, body=long))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "最多 5000 个字，现在有 5002 个。请删去一些，您写的都还在。" in page
    assert long in page
    assert "maxlength" not in at_counter().get(NEW).content.decode()
    assert not Opinion.objects.exists()


def test_photo_of_a_visit(world: World, at_counter: Any) -> None:
    data = io.BytesIO()
    Image.new("RGB", (50, 40), (80, 80, 80)).save(data, "PNG")
    photo = SimpleUploadedFile("p.png", data.getvalue(), "image/png")
    client = at_counter()
    client.post(NEW, visit(world, photos=photo))
    row = Opinion.objects.get()
    kept = row.photos.get()
    answer = client.get(reverse("opinions:photo", args=[row.pk, kept.token]))
    body = b"".join(answer.streaming_content)
    assert (answer["Content-Type"], body[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert at_counter("other_clerk").get(reverse("opinions:photo", args=[row.pk, kept.token])).status_code == 404
    other = world.submit()
    assert client.get(reverse("opinions:thumb", args=[other.pk, kept.token])).status_code == 404


@pytest.mark.parametrize("who", ["rep", "grid"])
def test_representative_and_grid_worker_record_and_the_station_goes_on(world: World, at_counter: Any, who: str) -> None:
    client = at_counter(who)
    assert 'name="how"' not in client.get(NEW).content.decode()
    assert client.post(NEW, visit(world, channel="VISIT")).status_code == 302
    row = Opinion.objects.get()
    assert (row.state, row.recorded_by.username) == (State.SUBMITTED, who)
    assert client.get(row.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("who", ["handler", "leader"])
def test_others_record_nothing(world: World, at_counter: Any, who: str) -> None:
    assert at_counter(who).get(NEW).status_code == 403
    assert at_counter(who).post(NEW, visit(world)).status_code == 403
    assert Opinion.objects.count() == 0


def test_another_station_cannot_be_named(world: World, at_counter: Any) -> None:
    answer = at_counter().post(NEW, visit(world, station=world.other_station.pk))
    assert answer.status_code == 422
    assert Opinion.objects.count() == 0


def test_earlier_visits_of_a_number_inside_own_scope(world: World, at_counter: Any) -> None:
    row = world.submit(phone="13800007742")
    elsewhere = world.submit(phone="13800007742", station=world.other_station, region=None, body="吴台集上没路灯")
    page = at_counter().post(reverse("opinions:visits"), {"phone": "138-0000-7742"}).content.decode()
    assert row.title in page
    assert elsewhere.title not in page
    assert "13800007742" not in page
    assert at_counter("rep").post(reverse("opinions:visits"), {"phone": "13800007742"}).content.strip() == b""
    assert at_counter().get(reverse("opinions:visits"))["Location"] == NEW


@pytest.mark.parametrize("typed", ["", "abc", "1380000"])
def test_no_visits_for_what_is_no_number(world: World, at_counter: Any, typed: str) -> None:
    world.submit(phone="")
    assert at_counter().post(reverse("opinions:visits"), {"phone": typed}).content.strip() == b""


def test_guess_shows_what_is_in_hand_at_the_same_place(world: World, at_counter: Any) -> None:
    at = timezone.now() - timedelta(hours=2)
    same, done = world.opinion(State.HANDLING, at=at), world.opinion(State.CLOSED, at=at)
    asked = {"body": WORDS, "kind": "ORDINARY", "region": world.village.pk}
    page = at_counter().post(reverse("opinions:guess"), asked).content.decode()
    assert f'href="{same.get_absolute_url()}"' in page
    assert done.get_absolute_url() not in page
    for less in ({"region": world.town.pk}, {"region": ""}, {"body": "你好"}):
        assert "看看是不是同一件" not in at_counter().post(reverse("opinions:guess"), asked | less).content.decode()


def test_guess_names_category_unit_and_day(world: World, at_counter: Any) -> None:
    page = at_counter().post(reverse("opinions:guess"), {"body": WORDS, "kind": "URGENT"}).content.decode()
    assert "市容环卫 · 路灯照明" in page
    assert "县城管局" in page
    assert "紧急事项" in page
    assert "还没看出" in at_counter().post(reverse("opinions:guess"), {"body": "你好", "kind": "x"}).content.decode()


def test_print_leads_to_the_slip(world: World, at_counter: Any) -> None:
    client = at_counter()
    answer = client.post(NEW, visit(world, print="1"))
    row = Opinion.objects.get()
    assert answer["Location"] == f"/desk/opinions/{row.pk}/slip/?print=1"
    page = client.get(answer["Location"]).content.decode()
    for words in (spell(row.receipt), world.station.phone, "县城管局", f"/t/{row.receipt}/", "data-print-now"):
        assert words in page
    for secret in ("李大娘", "13800007742", WORDS):
        assert secret not in page


def test_slip_is_for_the_station_and_for_who_recorded(world: World, at_counter: Any) -> None:
    row = workflow.submit(
        station=world.station, actor=world.grid, at=timezone.now(),
        message=Message(body="二巷积水", channel="VISIT", region=world.village),
    )  # fmt: skip
    address = reverse("opinions:slip", args=[row.pk])
    assert at_counter("grid").get(address).status_code == 200
    assert at_counter("clerk").get(address).status_code == 200
    assert at_counter("rep").get(address).status_code == 403
    assert at_counter("leader").get(address).status_code == 403


@pytest.mark.parametrize(
    ("state", "words"),
    [(State.SUBMITTED, "告诉您受理不受理"), (State.ACCEPTED, "交给单位办"), (State.HANDLING, "县城管局答复"),
     (State.FED_BACK, "请您评一评"), (State.CLOSED, "这件事办结了")],
)  # fmt: skip
def test_slip_says_what_comes_next(world: World, at_counter: Any, state: str, words: str) -> None:
    row = world.opinion(state, at=timezone.now() - timedelta(hours=1))
    assert words in at_counter().get(reverse("opinions:slip", args=[row.pk])).content.decode()


def test_qr_is_one_path_with_a_quiet_border() -> None:
    drawing = qr_drawing("http://localhost:8000/t/K7QM4XWD3R/")
    columns = [int(x) for x in re.findall(r"M(\d+) ", drawing["path"])]
    assert min(columns) == 4
    assert max(columns) == drawing["side"] - 5


def test_today_lists_what_i_recorded(world: World, at_counter: Any) -> None:
    client = at_counter()
    client.post(NEW, visit(world))
    world.submit(at=timezone.now(), body="别人扫码说的事")
    page = client.get(NEW).content.decode()
    assert Opinion.objects.get(recorded_by=world.clerk).title in page
    assert "别人扫码说的事" not in page


def test_form_works_with_what_a_browser_sends_without_script(world: World, at_counter: Any) -> None:
    """Every field of the page, as it stands, is enough once words are typed in."""
    client = at_counter()
    page = client.get(NEW).content.decode()
    data = dict(re.findall(r'<input type="(?:hidden|number|text)" name="([a-z_]+)" value="([^"]*)"', page))
    data |= dict(re.findall(r'<input type="radio" name="([a-z_]+)" value="([A-Za-z_]+)"[^>]*checked', page))
    data["body"] = WORDS
    assert client.post(NEW, data | {"station": world.station.pk}).status_code == 302
    assert Opinion.objects.get().state == State.ASSIGNED
