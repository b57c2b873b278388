"""A receipt in hand: how far the idea is, the picture to keep, taking it back; and every wrong code alike."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.codes import new_receipt, spell
from core.uploads import CleanPhoto
from opinions import public_access
from projects import workflow
from projects.models import ProjectIdea
from projects.present import road_of
from projects.states import ROAD, State
from tests.projects.conftest import PHONE, WORDS, Hall
from tests.world import START

LATER = START + timedelta(hours=1)


def page_of(idea: ProjectIdea, tail: str = "") -> Any:
    return Client().get(f"/projects/ideas/{idea.receipt}/{tail}")


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.IDEA, "收到了。洺南街道融合站点先看"),
        (State.POOLED, "进了项目储备库"),
        (State.SHELVED, "暂缓。原因：要等管网改造一起做。"),
        (State.MERGED, "别人也提了同样的"),
        (State.WITHDRAWN, "您撤回了"),
    ],
)
def test_each_state_is_a_sentence(hall: Hall, state: str, sentence: str) -> None:
    page = page_of(hall.idea(state))
    assert sentence in text(page)
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("state", list(State))
def test_no_identity_is_on_the_page(hall: Hall, state: str) -> None:
    page = text(page_of(hall.idea(state)))
    assert WORDS in page
    for hidden in ("田大山", PHONE, "138****"):
        assert hidden not in page


def test_inner_words_stay_inside(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    workflow.reveal(idea.pk, actor=hall.world.clerk, at=LATER, reason="核对是不是她家亲戚")
    page = text(page_of(idea))
    assert "核对" not in page
    assert "看过您的联系方式" in page


def test_the_road_stands_where_the_idea_is(hall: Hall) -> None:
    tones = {state: [stop.tone for stop in road_of(hall.idea(state))] for state in ("IDEA", "POOLED", "WITHDRAWN")}
    assert tones["IDEA"] == ["now"] + ["off"] * (len(ROAD) - 1)
    assert tones["POOLED"] == ["on", "now"] + ["off"] * (len(ROAD) - 2)
    assert tones["WITHDRAWN"] == []
    assert [stop.word for stop in road_of(hall.idea(State.SHELVED))] == ["征集", "暂缓"]


def test_a_merged_idea_stands_where_its_lead_is(hall: Hall) -> None:
    lead, idea = hall.idea(State.POOLED), hall.propose()
    workflow.merge(idea.pk, actor=hall.world.clerk, at=LATER, lead_id=lead.pk)
    idea.refresh_from_db()
    assert road_of(idea)[1].tone == "now"
    assert f'href="/projects/{lead.pk}/"' in text(page_of(idea))
    workflow.shelve(lead.pk, actor=hall.world.clerk, at=LATER, reason="等明年。")
    assert "放在一起的那件暂缓了：等明年。" in text(page_of(idea))


def test_the_code_may_be_typed_in_any_way(hall: Hall) -> None:
    idea = hall.propose()
    for typed in (idea.receipt.lower(), spell(idea.receipt)):
        assert Client().get(f"/projects/ideas/{typed}/").status_code == 200


def test_the_box_for_receipts_knows_both_kinds(hall: Hall) -> None:
    idea, opinion = hall.propose(), hall.world.opinion()
    assert Client().get("/t/", {"code": spell(idea.receipt)})["Location"] == f"/projects/ideas/{idea.receipt}/"
    assert Client().get("/t/", {"code": opinion.receipt})["Location"] == f"/t/{opinion.receipt}/"
    assert Client().get("/t/", {"code": new_receipt()}).status_code == 404


@pytest.mark.parametrize("tail", ["", "withdraw/", "qr.png", "picture.png"])
def test_a_wrong_code_gets_the_one_answer(hall: Hall, tail: str) -> None:
    opinion = hall.world.opinion()
    codes = (new_receipt(), opinion.receipt, "x", "'--")
    assert {Client().get(f"/projects/ideas/{code}/{tail}").status_code for code in codes} == {404}


def test_whoever_guesses_is_held(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_access, "WRONG_A_CALLER", 3)
    cache.delete_pattern("*")
    public_access._wrong_in_all.forget()
    idea = hall.propose()
    for _ in range(3):
        assert Client().get(f"/projects/ideas/{new_receipt()}/").status_code == 404
    assert page_of(idea).status_code == 429
    public_access._wrong_in_all.forget()
    cache.delete_pattern("*")


def test_the_qr_and_the_picture_are_pictures(hall: Hall) -> None:
    idea = hall.propose(region=hall.world.county)
    for tail in ("qr.png", "picture.png"):
        answer = page_of(idea, tail)
        assert answer.status_code == 200
        assert answer.content.startswith(b"\x89PNG")


def test_taking_back_is_asked_once_and_names_the_thing(hall: Hall) -> None:
    idea = hall.propose()
    asked = text(page_of(idea, "withdraw/"))
    assert idea.heading in asked
    assert "先不撤回" in asked
    assert ProjectIdea.objects.get().state == State.IDEA
    answer = Client().post(f"/projects/ideas/{idea.receipt}/withdraw/")
    assert answer["Location"] == f"/projects/ideas/{idea.receipt}/"
    assert ProjectIdea.objects.get().state == State.WITHDRAWN


def test_what_is_in_the_pool_is_not_taken_back(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    assert "撤回" not in text(page_of(idea))
    assert page_of(idea, "withdraw/").status_code == 302
    refused = Client().post(f"/projects/ideas/{idea.receipt}/withdraw/")
    assert refused.status_code == 409
    assert "不能“撤回”" in text(refused)


def test_photos_are_sent_to_whoever_holds_the_receipt(hall: Hall) -> None:
    photo = CleanPhoto(b"\xff\xd8jpeg", b"\xff\xd8small", 4, 3, "0" * 64)
    idea, other = hall.propose(photos=[photo]), hall.propose()
    row = idea.photos.get()
    for tail, bytes_ in ((f"photos/{row.token}/", photo.jpeg), (f"photos/{row.token}/small/", photo.thumb)):
        answer = page_of(idea, tail)
        assert b"".join(answer.streaming_content) == bytes_  # type: ignore[arg-type]
        assert answer["Content-Type"] == "image/jpeg"
        assert page_of(other, tail).status_code == 404
    assert "照片 1" in text(page_of(idea))
