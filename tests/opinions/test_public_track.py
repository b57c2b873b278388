"""With a receipt in hand: follow the matter in sentences, rate it, add to it, withdraw it; never an identity."""

import io
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
import zxingcpp
from django.test import Client
from PIL import Image

from core.codes import spell
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion, Photo
from opinions.states import Satisfaction, State
from tests.opinions.test_public_message import CountedStatements, jpeg
from tests.world import START, WORDS, World

LATER = START + timedelta(hours=2)
GOOD = {"solved": "YES", "satisfaction": "SATISFIED"}
BAD = {"solved": "NO", "satisfaction": "DISSATISFIED"}


def page_of(opinion: Opinion, client: Client | None = None) -> str:
    answer = (client or Client()).get(f"/t/{opinion.receipt}/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.fixture(autouse=True)
def _two_hours_later() -> Any:
    with time_machine.travel(LATER, tick=True):
        yield


SENTENCES = {
    State.SUBMITTED: "3 月 26 日前",
    State.ACCEPTED: "站点受理了，正在找该办的单位",
    State.ASSIGNED: "</b>在办",
    State.RETURN_REQUESTED: "认为不归它办，站点正在核",
    State.HANDLING: "4 月 9 日前",
    State.REPLIED: "答复了，站点先替您看一遍",
    State.FED_BACK: "您说了算",
    State.CLOSED: "您评的是“满意”",
    State.DECLINED: "县人民法院",
    State.WITHDRAWN: "您把这件事撤回了",
}


@pytest.mark.parametrize("state", SENTENCES)
def test_every_state_is_a_sentence(world: World, state: State) -> None:
    assert SENTENCES[state] in page_of(world.opinion(state))


@pytest.mark.parametrize("state", SENTENCES)
@pytest.mark.parametrize("mode", ["", "elder"])
def test_no_identity_on_any_page(world: World, state: State, mode: str) -> None:
    opinion = world.opinion(state)
    client = Client()
    client.cookies["mode"] = mode
    page = page_of(opinion, client)
    for secret in ("田大山", "13800001234", "1234", opinion.phone_hash):
        assert secret not in page.replace(opinion.receipt, "").replace(spell(opinion.receipt), "")


@pytest.mark.parametrize("state", SENTENCES)
def test_at_most_four_statements(world: World, state: State, client: Client) -> None:
    opinion = world.opinion(state)
    for number in range(6):
        Photo.objects.create(
            opinion=opinion, image="a", thumb="b", width=1, height=1, sha256=str(number), created_at=START
        )
    page_of(opinion, client)
    with CountedStatements() as counted:
        page_of(opinion, client)
    assert len(counted) <= 4, [row["sql"][:90] for row in counted.rows]


def test_an_unchanged_page_is_one_statement_and_no_body(world: World, client: Client) -> None:
    opinion = world.opinion(State.HANDLING)
    first = client.get(f"/t/{opinion.receipt}/")
    first = client.get(f"/t/{opinion.receipt}/")  # by now the cookie of the form is there
    with CountedStatements() as counted:
        again = client.get(f"/t/{opinion.receipt}/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert len(counted) == 1
    weak = client.get(f"/t/{opinion.receipt}/", headers={"If-None-Match": f'"x", W/{first["ETag"]}'})
    assert weak.status_code == 304
    assert first["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("held", ["*", '"guess"', ""])
def test_a_guessed_mark_tells_nothing_of_a_receipt(world: World, client: Client, held: str) -> None:
    opinion = world.opinion(State.HANDLING)
    wrong = client.get("/t/ZZZZZZZZZZ/", headers={"If-None-Match": held})
    assert wrong.status_code == 404
    client.get(f"/t/{opinion.receipt}/")  # the process now knows the station
    with CountedStatements() as counted:
        client.get(f"/t/{opinion.receipt}/", headers={"If-None-Match": held})
    assert len(counted) <= 5


def test_an_unchanged_page_is_kept_from_search_engines_too(world: World, client: Client) -> None:
    opinion = world.opinion(State.HANDLING)
    client.get(f"/t/{opinion.receipt}/")
    first = client.get(f"/t/{opinion.receipt}/")
    again = client.get(f"/t/{opinion.receipt}/", headers={"If-None-Match": first["ETag"]})
    assert again["X-Robots-Tag"] == "noindex, nofollow"
    assert again["ETag"] == first["ETag"]


def test_the_page_changes_with_the_matter_the_mode_and_the_day(world: World, client: Client) -> None:
    opinion = world.opinion(State.SUBMITTED)
    tags = [client.get(f"/t/{opinion.receipt}/")["ETag"] for _ in range(2)]
    client.cookies["mode"] = "elder"
    tags.append(client.get(f"/t/{opinion.receipt}/")["ETag"])
    workflow.accept(opinion.pk, actor=world.clerk, at=LATER, category=world.category)
    tags.append(client.get(f"/t/{opinion.receipt}/")["ETag"])
    with time_machine.travel(LATER + timedelta(days=9)):
        tags.append(client.get(f"/t/{opinion.receipt}/")["ETag"])
    assert len(set(tags[1:])) == 4


def test_the_page_says_who_until_when_and_how_the_day_was_counted(world: World) -> None:
    page = page_of(world.opinion(State.HANDLING))
    assert "县城管局" in page
    assert "这个日子怎么算的" in page
    assert "数 10 个工作日" in page
    assert "清明节，不算" in page


def test_lateness_is_said(world: World) -> None:
    opinion = world.opinion(State.HANDLING)
    with time_machine.travel(START + timedelta(days=40)):
        assert "已经超期，站点正在催。" in page_of(opinion)


def test_internal_words_stay_inside(world: World) -> None:
    opinion = world.opinion(State.HANDLING)
    workflow.report_progress(opinion.pk, actor=world.handler, at=LATER, note="等经费批复", is_public=False)
    page = page_of(opinion)
    assert "等经费批复" not in page
    assert "查明原因并修复" not in page  # the demand is between station and unit


def test_the_answer_stands_in_the_line_that_brought_it(world: World) -> None:
    page = page_of(world.opinion(State.FED_BACK))
    assert "<blockquote>已修好" in page
    assert "交上评价" in page


def test_satisfied_closes(world: World, client: Client) -> None:
    opinion = world.opinion(State.FED_BACK)
    answer = client.post(f"/t/{opinion.receipt}/rate/", GOOD | {"comment": "灯亮了"})
    assert answer.status_code == 303
    opinion.refresh_from_db()
    assert (opinion.state, opinion.satisfaction) == (State.CLOSED, Satisfaction.SATISFIED)
    assert opinion.ratings.get().comment == "灯亮了"


def test_not_satisfied_goes_back_and_the_page_says_so(world: World, client: Client) -> None:
    opinion = world.opinion(State.FED_BACK)
    assert "这件事会退回去重新办，不会给您添麻烦" in page_of(opinion, client)
    client.post(f"/t/{opinion.receipt}/rate/", BAD | {"comment": "还是不亮"})
    page = page_of(opinion, client)
    assert "退回县城管局重新办" in page
    opinion.refresh_from_db()
    assert (opinion.state, opinion.round) == (State.ASSIGNED, 2)


def test_half_a_rating_keeps_what_was_chosen(world: World, client: Client) -> None:
    opinion = world.opinion(State.FED_BACK)
    answer = client.post(f"/t/{opinion.receipt}/rate/", {"satisfaction": "FAIR", "comment": "再看看"})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "请选事情解决了没有。" in page
    assert 'value="FAIR" checked' in page
    assert 'value="再看看"' in page


def test_elder_mode_asks_the_second_question_on_its_own_page(world: World, client: Client) -> None:
    opinion = world.opinion(State.FED_BACK)
    client.cookies["mode"] = "elder"
    asked = client.post(f"/t/{opinion.receipt}/rate/", {"satisfaction": "SATISFIED"})
    page = unescape(asked.content.decode())
    assert asked.status_code == 200
    assert "事情解决了吗？" in page
    assert 'name="satisfaction" value="SATISFIED"' in page
    done = client.post(f"/t/{opinion.receipt}/rate/", {"satisfaction": "SATISFIED", "asked": "1", "solved": "YES"})
    assert done.status_code == 303


@pytest.mark.parametrize("data", [{}, {"solved": "x", "satisfaction": "y"}, GOOD | {"comment": "字" * 501}])
def test_an_unusable_rating_changes_nothing(world: World, client: Client, data: dict[str, str]) -> None:
    opinion = world.opinion(State.FED_BACK)
    assert client.post(f"/t/{opinion.receipt}/rate/", data).status_code == 422
    opinion.refresh_from_db()
    assert opinion.state == State.FED_BACK


def test_a_second_tap_on_the_rating_reads_a_sentence(world: World, client: Client) -> None:
    opinion = world.opinion(State.FED_BACK)
    client.post(f"/t/{opinion.receipt}/rate/", GOOD)
    again = client.post(f"/t/{opinion.receipt}/rate/", BAD)
    assert again.status_code == 409
    assert "请刷新页面再看" in again.content.decode()
    assert opinion.ratings.count() == 1


def test_words_and_photos_are_added(world: World, client: Client) -> None:
    opinion = world.opinion(State.HANDLING)
    answer = client.post(f"/t/{opinion.receipt}/add/", {"words": "昨晚又灭了一盏", "photos": [jpeg()]})
    assert answer.status_code == 303
    page = page_of(opinion, client)
    assert "您补充：昨晚又灭了一盏" in page
    photo = opinion.photos.get()
    assert f"/t/{opinion.receipt}/photos/{photo.token}/small/" in page


@pytest.mark.parametrize("words", ["", " ", "字" * 5001])
def test_unusable_words_are_kept_and_said(world: World, client: Client, words: str) -> None:
    opinion = world.opinion(State.HANDLING)
    answer = client.post(f"/t/{opinion.receipt}/add/", {"words": words})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert words.strip() in page
    assert 'id="words-e"' in page
    assert "<details" in page
    assert " open>" in page


def test_adding_too_often_is_held(world: World, client: Client) -> None:
    opinion = world.opinion(State.HANDLING)
    answers = [client.post(f"/t/{opinion.receipt}/add/", {"words": f"第 {n} 句"}).status_code for n in range(21)]
    assert answers == [303] * 20 + [429]


@pytest.mark.parametrize("state", [State.CLOSED, State.DECLINED, State.WITHDRAWN])
def test_nothing_is_added_to_what_has_ended(world: World, client: Client, state: State) -> None:
    opinion = world.opinion(state)
    answer = client.post(f"/t/{opinion.receipt}/add/", {"words": "再说一句"})
    assert answer.status_code == 409
    assert "补充情况" not in page_of(opinion, client).split("<h1")[1].split("现在的状态")[0]


def test_withdrawing_asks_once_and_names_the_matter(world: World, client: Client) -> None:
    opinion = world.opinion(State.ACCEPTED)
    asked = unescape(client.get(f"/t/{opinion.receipt}/withdraw/").content.decode())
    assert f"撤回“{opinion.title}”？" in asked
    assert asked.index("先不撤回") < asked.index("撤回这件事")
    assert client.post(f"/t/{opinion.receipt}/withdraw/").status_code == 303
    opinion.refresh_from_db()
    assert opinion.state == State.WITHDRAWN


def test_withdrawing_too_late_reads_a_sentence(world: World, client: Client) -> None:
    opinion = world.opinion(State.HANDLING)
    assert client.get(f"/t/{opinion.receipt}/withdraw/").status_code == 302
    answer = client.post(f"/t/{opinion.receipt}/withdraw/")
    assert answer.status_code == 409
    assert "不能“撤回”" in unescape(answer.content.decode())


def test_get_leads_back_and_does_nothing(world: World, client: Client) -> None:
    opinion = world.opinion(State.FED_BACK)
    for verb in ("rate", "add"):
        answer = client.get(f"/t/{opinion.receipt}/{verb}/", GOOD)
        assert answer["Location"] == f"/t/{opinion.receipt}/"
    opinion.refresh_from_db()
    assert opinion.state == State.FED_BACK


def sent_with_photo(world: World) -> Photo:
    opinion = world.submit()
    Client().post(f"/t/{opinion.receipt}/add/", {"words": "照片", "photos": [jpeg()]})
    return Photo.objects.select_related("opinion").get(opinion=opinion)


@pytest.mark.parametrize("size", ["", "small/"])
def test_a_photo_is_a_jpeg_that_can_do_nothing(world: World, client: Client, size: str) -> None:
    photo = sent_with_photo(world)
    answer = client.get(f"/t/{photo.opinion.receipt}/photos/{photo.token}/{size}")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == "inline"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Image.open(io.BytesIO(answer.getvalue())).format == "JPEG"


def test_a_photo_needs_its_own_receipt_and_to_be_public(world: World, client: Client) -> None:
    photo, other = sent_with_photo(world), world.submit()
    assert client.get(f"/t/{other.receipt}/photos/{photo.token}/").status_code == 404
    Photo.objects.update(is_public=False)
    assert client.get(f"/t/{photo.opinion.receipt}/photos/{photo.token}/").status_code == 404
    assert str(photo.token) not in page_of(photo.opinion)


def test_a_photo_whose_file_is_gone_is_not_found(world: World, client: Client) -> None:
    photo = sent_with_photo(world)
    photo.image.storage.delete(photo.image.name)
    assert client.get(f"/t/{photo.opinion.receipt}/photos/{photo.token}/").status_code == 404


def test_the_receipt_says_what_happens_next_with_dates(world: World, client: Client) -> None:
    opinion = world.submit(phone="")
    page = unescape(client.get(f"/t/{opinion.receipt}/received/").content.decode())
    for words in ("收到了", opinion.receipt[:4], "3 月 26 日 周四前", "交办时定准", "没留电话也不要紧", "0394-5550101"):
        assert words in page
    assert WORDS not in page


def test_the_receipt_of_an_accepted_matter_leads_to_its_page(world: World, client: Client) -> None:
    opinion = world.opinion(State.ACCEPTED)
    assert client.get(f"/t/{opinion.receipt}/received/")["Location"] == f"/t/{opinion.receipt}/"


@pytest.mark.parametrize("name", ["qr", "picture"])
def test_an_independent_reader_reads_the_pictures(world: World, client: Client, name: str) -> None:
    opinion = world.submit()
    answer = client.get(f"/t/{opinion.receipt}/{name}.png")
    assert answer["Content-Type"] == "image/png"
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)))
    assert [code.text for code in read] == [f"http://testserver/t/{opinion.receipt}/"]


def test_a_long_title_stays_on_the_picture(world: World, client: Client) -> None:
    opinion = world.submit(body="洺南街道塅溁墈村" * 30)
    answer = client.get(f"/t/{opinion.receipt}/picture.png")
    assert Image.open(io.BytesIO(answer.content)).size == (750, 1060)
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_promise_is_shown_with_its_day(world: World) -> None:
    opinion = world.opinion(State.FED_BACK, outcome="B")
    workflow.rate(opinion.pk, actor=RESIDENT, at=LATER, **GOOD)
    assert "答应 12 月 1 日前办到，站点接着盯" in page_of(opinion)


def test_a_second_no_means_somebody_comes_to_look(world: World) -> None:
    opinion = world.opinion(State.FED_BACK)
    workflow.rate(opinion.pk, actor=RESIDENT, at=LATER, **BAD)
    workflow.sign(opinion.pk, actor=world.handler, at=LATER)
    workflow.reply(opinion.pk, actor=world.handler, at=LATER, body="又修了", outcome="A", promised_on=None)
    workflow.approve_reply(opinion.pk, actor=world.clerk, at=LATER)
    assert "站点会上门或打电话再看一次" in page_of(opinion)
    workflow.rate(opinion.pk, actor=RESIDENT, at=LATER, **BAD)
    assert "您不满意，站点会上门或打电话再看一次。" in page_of(opinion)


@pytest.mark.parametrize(("verb", "field"), [("add", "words"), ("rate", "comment")])
@pytest.mark.parametrize("words", ["写了半天的话", "写了半天的话" * 900])
def test_words_that_come_too_late_are_given_back(
    world: World, client: Client, verb: str, field: str, words: str
) -> None:
    opinion = world.opinion(State.CLOSED)
    answer = client.post(f"/t/{opinion.receipt}/{verb}/", {field: words, **GOOD})
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "已办结" in page
    assert words in page
