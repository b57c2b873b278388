"""What everybody sees and does, without an account and without script."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.once import DEVICE, SENT
from projects import public_views, workflow
from projects.models import Campaign, ProjectIdea
from projects.states import State
from stations.models import EntryCode
from tests.opinions.test_public_message import jpeg
from tests.projects.conftest import PHONE, SUMMARY, TITLE, WORDS, Hall
from tests.world import START

NEW = "/projects/ideas/new/"


def sent(**changes: Any) -> dict[str, Any]:
    typed = {
        "body": WORDS, "region": "411625001", "location": "东街", "name": "田大山", "phone": "138 0000 1234",
        "consent": "on", "client_key": str(uuid4()), "q": "",
    }  # fmt: skip
    return {name: value for name, value in (typed | changes).items() if value is not None}


def text(response: Any) -> str:
    return response.content.decode()


def test_an_empty_county_is_told_what_to_do(db: None) -> None:
    page = text(Client().get("/projects/"))
    assert "眼下没有在征集" in page
    assert "找我的站点" in page
    assert "我要提一件" not in page


def test_a_running_campaign_says_until_when(asking: Hall) -> None:
    page = text(Client().get("/projects/?station=mingnan"))
    assert "2027 年民生实事大家谈" in page
    assert 'href="/projects/ideas/new/?station=mingnan"' in page
    assert "您可以头一个提" in page
    assert 'href="?shelved=on&amp;station=mingnan"' in page


def test_a_station_that_is_none_leads_nowhere(hall: Hall) -> None:
    page = text(Client().get("/projects/?station=gone"))
    assert "gone" not in page
    assert "找我的站点" in page


def test_the_list_shows_public_words_only(asking: Hall) -> None:
    asking.idea(State.POOLED)
    asking.propose(body="还没有人看过的一句话，不能公开。")
    page = text(Client().get("/projects/"))
    assert TITLE in page
    assert SUMMARY in page
    for hidden in ("孩子放学和汽车挤在一起", "还没有人看过", "田大山", PHONE):
        assert hidden not in page


def test_the_list_is_searched_in_public_words_by_town_and_for_shelved_ones(asking: Hall) -> None:
    pooled, shelved = asking.idea(State.POOLED), asking.idea(State.POOLED)
    workflow.shelve(shelved.pk, actor=asking.world.clerk, at=START, reason="等管网改造。")

    def found(query: str) -> set[int]:
        return {row.pk for row, _, _ in Client().get(f"/projects/?{query}").context["rows"]}

    assert found("") == {pooled.pk}
    assert found("q=人行道") == {pooled.pk}
    assert found("q=挤在一起") == set()
    assert found("town=411625001") == {pooled.pk}
    assert found("town=411625101") == set()
    assert found("town=nowhere") == set()
    assert found("shelved=on") == {shelved.pk}
    assert "没有找到" in text(Client().get("/projects/?q=机场"))


def test_a_wish_for_the_county_is_found_in_every_town(asking: Hall) -> None:
    idea = asking.propose(region=asking.world.county)
    workflow.pool(
        idea.pk, actor=asking.world.county_staff, at=START, title=TITLE, summary=SUMMARY, category=asking.world.category
    )
    page = Client().get("/projects/?town=411625101")
    assert [(row.pk, place) for row, place, _ in page.context["rows"]] == [(idea.pk, "全县")]


def test_one_and_thirty_rows_cost_the_same(asking: Hall, django_assert_max_num_queries: Any) -> None:
    asking.idea(State.POOLED)
    Client().get("/projects/")
    with django_assert_max_num_queries(20) as one:
        Client().get("/projects/")
    for _ in range(30):
        asking.idea(State.POOLED)
    with django_assert_max_num_queries(len(one)):
        page = Client().get("/projects/")
    assert len(page.context["rows"]) == 20
    assert "第 1 页，共 2 页" in text(page)


def test_proposing_leads_to_the_receipt(asking: Hall) -> None:
    answer = Client().post(NEW, sent())
    idea = ProjectIdea.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/projects/ideas/{idea.receipt}/"
    assert (idea.phone, idea.name, idea.region_id, idea.location) == (PHONE, "田大山", "411625001", "东街")
    assert idea.consent_version
    assert idea.client_key is not None


def test_photos_come_with_it(asking: Hall) -> None:
    Client().post(NEW, sent(photos=[jpeg(), jpeg()]))
    assert ProjectIdea.objects.get().photos.count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": ""}, "还没写想办什么"),
        ({"body": "修" * 5001}, "请删去 1 个字"),
        ({"region": ""}, "请选一个乡镇、街道"),
        ({"region": "999999999"}, "请从列表里选择"),
        ({"phone": "12"}, "电话号码不对"),
        ({"consent": None}, "请看一下个人信息说明"),
        ({"location": "东" * 201}, "最多 200 个字"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    asking: Hall, changes: dict[str, Any], sentence: str
) -> None:
    answer = Client().post(NEW, sent(**changes))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "您写的内容都还在" in text(answer)
    assert "田大山" in text(answer)
    assert not ProjectIdea.objects.exists()


def test_a_file_that_is_no_photo_is_refused(asking: Hall) -> None:
    wrong = SimpleUploadedFile("x.png", b"<script>", "image/png")
    answer = Client().post(NEW, sent(photos=[wrong]))
    assert answer.status_code == 422
    assert "第 1 张照片" in text(answer)


def test_tapping_thrice_sends_once_and_so_does_going_back(asking: Hall) -> None:
    client, once = Client(), sent()
    places = {client.post(NEW, once)["Location"] for _ in range(3)}
    assert client.cookies[SENT]["path"] == "/projects/"
    places.add(client.post(NEW, sent())["Location"])  # back: the same words under a fresh key
    assert len(places) == ProjectIdea.objects.count() == 1


def test_the_same_key_with_other_words_says_what_was_sent(asking: Hall) -> None:
    key = str(uuid4())
    Client().post(NEW, sent(client_key=key))
    answer = Client().post(NEW, sent(client_key=key, body="另外修一座桥，过河的人都用得上。"))
    assert answer.status_code == 409
    assert f"/projects/ideas/{ProjectIdea.objects.get().receipt}/" in text(answer)


def test_a_code_fills_the_town_and_is_kept(asking: Hall) -> None:
    EntryCode.objects.create(
        code="Q7K2M9AB", station=asking.world.other_station, kind="PROJECT", label="门口", created_at=START
    )
    answer = Client().get("/q/Q7K2M9AB/")
    assert answer["Location"] == f"{NEW}?q=Q7K2M9AB"
    page = text(Client().get(f"{NEW}?q=Q7K2M9AB"))
    assert '<option value="411625101" selected>' in page
    Client().post(NEW, sent(q="Q7K2M9AB", region="411625101"))
    assert ProjectIdea.objects.get().entry_code.code == "Q7K2M9AB"


def test_a_forged_code_counts_as_none(asking: Hall) -> None:
    assert Client().get(f"{NEW}?q=%00';--").status_code == 200
    assert Client().post(NEW, sent(q="NOSUCH12")).status_code == 303
    assert ProjectIdea.objects.get().entry_code is None


def test_without_a_campaign_the_form_leads_on(hall: Hall) -> None:
    Campaign.objects.update(opens_on=date(2020, 1, 1), closes_on=date(2020, 2, 1))
    for answer in (Client().get(NEW), Client().post(NEW, sent())):
        assert answer.status_code == 200
        assert "眼下没有在征集" in text(answer)
    assert not ProjectIdea.objects.exists()


def test_too_many_from_one_address_work_a_second_each(asking: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_views, "FROM_AN_ADDRESS", 1)
    cache.delete_pattern("*")
    assert Client().post(NEW, sent()).status_code == 303
    held = Client().post(NEW, sent(body="第二件事，修一座桥过河，大家用得上。"))
    assert held.status_code == 429
    assert "data-challenge" in text(held)
    monkeypatch.setattr(public_views, "is_solved", lambda answer: answer == "worked")
    assert Client().post(NEW, sent(body="第二件事，修一座桥。", altcha="worked")).status_code == 303


def test_looking_keeps_every_word_and_proposes_nothing(asking: Hall) -> None:
    idea = asking.idea(State.POOLED)
    page = Client().post(NEW, sent(look="1", photos=[jpeg()]))
    assert page.status_code == 200
    assert f'href="/projects/{idea.pk}/"' in text(page)
    for kept in (WORDS, "田大山", "138 0000 1234", "照片没有留住"):
        assert kept in text(page)
    assert "selected>洺南街道" in text(page)
    assert ProjectIdea.objects.count() == 1
    none = text(Client().post(NEW, sent(look="1", body="洺河边上建一个能遮雨的公交站台")))
    assert "还没有人提过这样的" in none


def test_looking_is_limited_too(asking: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_views, "LOOKS_FROM_AN_ADDRESS", 0)
    cache.delete_pattern("*")
    asking.idea(State.POOLED)
    assert "有人提过差不多的" not in text(Client().post(NEW, sent(look="1")))


def test_a_projects_page_shows_the_public_words_and_takes_a_voice(asking: Hall) -> None:
    idea, client = asking.idea(State.POOLED), Client()
    page = text(client.get(f"/projects/{idea.pk}/"))
    assert SUMMARY in page
    assert "我也盼着" in page
    answer = client.post(f"/projects/{idea.pk}/second/", {"phone": "13700000001"})
    assert (answer.status_code, answer["Location"]) == (303, f"/projects/{idea.pk}/?said=1")
    assert "记下了，您也盼着" in text(client.get(answer["Location"]))
    assert "记下了" not in text(Client().get(answer["Location"]))  # sent on to the village's group, it thanks nobody
    again = client.post(f"/projects/{idea.pk}/second/")
    assert again["Location"].endswith("said=2")
    assert client.cookies[DEVICE]["httponly"]
    assert ProjectIdea.objects.get(pk=idea.pk).seconds == 1


def test_a_wrong_telephone_is_said_and_nothing_counted(asking: Hall) -> None:
    idea = asking.idea(State.POOLED)
    answer = Client().post(f"/projects/{idea.pk}/second/", {"phone": "12"})
    assert answer.status_code == 422
    assert "电话号码不对" in text(answer)
    assert ProjectIdea.objects.get(pk=idea.pk).seconds == 0


def test_voices_are_limited_for_one_address(asking: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_views, "SECONDS_FROM_AN_ADDRESS", 0)
    cache.delete_pattern("*")
    idea = asking.idea(State.POOLED)
    assert Client().post(f"/projects/{idea.pk}/second/").status_code == 429


def test_a_shelved_project_says_why_and_takes_no_voice(asking: Hall) -> None:
    idea = asking.idea(State.POOLED)
    workflow.shelve(idea.pk, actor=asking.world.clerk, at=START, reason="等管网改造。")
    page = text(Client().get(f"/projects/{idea.pk}/"))
    assert "等管网改造。" in page
    assert "second/" not in page
    assert Client().post(f"/projects/{idea.pk}/second/").status_code == 409


def test_a_project_that_is_being_built_says_why_it_takes_no_more_voices(asking: Hall) -> None:
    idea = asking.idea(State.BUILDING)
    ProjectIdea.objects.filter(pk=idea.pk).update(seconds=7)
    page = text(Client().get(f"/projects/{idea.pk}/"))
    assert "7 人附议" in page
    assert "不用再附议" in page
    assert "second/" not in page


@pytest.mark.parametrize("state", [State.IDEA, State.SHELVED, State.WITHDRAWN])
def test_what_was_never_public_is_not_there(asking: Hall, state: str) -> None:
    idea = asking.idea(state)
    assert Client().get(f"/projects/{idea.pk}/").status_code == 404
    assert Client().post(f"/projects/{idea.pk}/second/").status_code == 404


def test_an_old_address_leads_to_what_it_was_put_under(asking: Hall) -> None:
    lead, idea = asking.idea(State.POOLED), asking.idea(State.POOLED)
    workflow.merge(idea.pk, actor=asking.world.clerk, at=START, lead_id=lead.pk)
    assert Client().get(f"/projects/{idea.pk}/")["Location"] == f"/projects/{lead.pk}/"
    assert "2 人提过" in text(Client().get(f"/projects/{lead.pk}/"))


def test_a_get_of_the_voice_leads_to_the_page(asking: Hall) -> None:
    idea = asking.idea(State.POOLED)
    assert Client().get(f"/projects/{idea.pk}/second/")["Location"] == f"/projects/{idea.pk}/"
