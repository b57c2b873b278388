"""项目储备库: tabs, filters, order, the same cost for one row and thirty, and the spreadsheet."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from accounts.models import AuditEntry
from projects import workflow
from projects.filters import IdeaFilter
from projects.models import Campaign, ProjectIdea
from projects.states import Source, State
from tests.projects.conftest import PHONE, TITLE, Hall
from tests.world import START

LATER = START + timedelta(hours=1)
LIST = "/desk/projects/"


def signed_in(hall: Hall, who: str) -> Client:
    client = Client()
    client.force_login(hall.world.users[who])
    return client


def found(hall: Hall, query: str, who: str = "county_staff") -> list[int]:
    rows = ProjectIdea.objects.visible_to(hall.world.users[who])
    return [row.pk for row in IdeaFilter(QueryDict(query), queryset=rows, user=hall.world.users[who]).ordered]


def test_the_tabs_are_the_stages(hall: Hall) -> None:
    ids = {state: hall.idea(state).pk for state in (State.IDEA, State.POOLED, State.SHELVED)}
    assert found(hall, "tab=new") == [ids[State.IDEA]]
    assert found(hall, "tab=pool") == [ids[State.POOLED]]
    assert found(hall, "tab=shelved") == [ids[State.SHELVED]]
    assert set(found(hall, "tab=all")) == set(ids.values())


def test_each_filter_keeps_what_it_names(hall: Hall) -> None:
    here = hall.idea(State.POOLED)
    there = hall.propose(
        region=hall.world.other_town,
        actor=hall.world.county_staff,
        source=Source.PAPER,
        body="修一座过河的桥，两村人用。",
    )
    workflow.second(here.pk, at=LATER, device="a")
    ProjectIdea.objects.filter(pk=there.pk).update(year=2025)
    parent = hall.world.category.parent
    for query, expected in {
        "town=411625001": {here.pk},
        "town=411625101": {there.pk},
        f"station={hall.world.station.pk}": {here.pk},
        "year=2027": {here.pk},
        "year=2025": {there.pk},
        f"category={parent.pk}": {here.pk},
        "source=PAPER": {there.pk},
        "source=RESIDENT": {here.pk},
        "state=IDEA": {there.pk},
        "seconds=1": {here.pk},
        "seconds=0": {here.pk, there.pk},
        "q=过河 桥": {there.pk},
        f"q={here.receipt}": {here.pk},
        f"q={TITLE}": {here.pk},
        "q=没有这个词": set(),
    }.items():
        assert set(found(hall, query)) == expected, query


@pytest.mark.parametrize(
    "query", ["tab=x", "town=1", "station=x", "year=1", "category=0", "source=x", "state=x", "seconds=-1", "sort=x"]
)
def test_an_unusable_value_shows_nothing_and_says_so(hall: Hall, query: str) -> None:
    hall.propose()
    assert found(hall, query) == []
    page = signed_in(hall, "county_staff").get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert "地址里有一项条件用不了" in page.content.decode()


def test_the_order_is_newest_or_most_seconded(hall: Hall) -> None:
    old, new = hall.idea(State.POOLED), hall.idea(State.POOLED, at=LATER)
    workflow.second(old.pk, at=LATER, device="a")
    assert found(hall, "tab=pool") == [new.pk, old.pk]
    assert found(hall, "tab=pool&sort=seconds") == [old.pk, new.pk]


def test_the_page_begins_with_what_waits_and_keeps_its_address(hall: Hall) -> None:
    idea, pooled = hall.propose(), hall.idea(State.POOLED)
    client = signed_in(hall, "clerk")
    page = client.get(LIST)
    assert [row["idea"].pk for row in page.context["rows"]] == [idea.pk]
    page = client.get(f"{LIST}?tab=pool&source=RESIDENT")
    assert [row["idea"].pk for row in page.context["rows"]] == [pooled.pk]
    assert "?tab=all&amp;source=RESIDENT" in page.content.decode()
    assert "用了 1 项" in page.content.decode()


def test_an_empty_list_says_what_to_do(hall: Hall) -> None:
    page = signed_in(hall, "clerk").get(LIST).content.decode()
    assert "没有等着看的" in page
    assert "没有这样的项目" in signed_in(hall, "clerk").get(f"{LIST}?tab=pool").content.decode()


def test_who_may_do_what_from_the_list(asking: Hall) -> None:
    buttons = {"登记一件", "纸质征集表</a>", "大家谈</a>", "导出 Excel"}
    asking.propose()
    for who, expected in {
        "clerk": {"登记一件", "纸质征集表</a>", "导出 Excel"},
        "county_staff": buttons,
        "leader": {"导出 Excel"},
        "rep": {"登记一件", "导出 Excel"},
    }.items():
        page = signed_in(asking, who).get(LIST).content.decode()
        assert {words for words in buttons if words in page} == expected, who


def test_no_campaign_is_said_and_the_county_can_open_one(hall: Hall) -> None:
    Campaign.objects.all().delete()
    assert "开一轮大家谈" in signed_in(hall, "county_staff").get(LIST).content.decode()
    page = signed_in(hall, "clerk").get(LIST).content.decode()
    assert "眼下没有在征集" in page
    assert "开一轮大家谈" not in page


def test_one_row_and_thirty_cost_the_same(hall: Hall, django_assert_max_num_queries: Any) -> None:
    hall.idea(State.POOLED)
    client = signed_in(hall, "county_staff")
    client.get(f"{LIST}?tab=all")
    with django_assert_max_num_queries(40) as one:
        client.get(f"{LIST}?tab=all")
    for _ in range(29):
        hall.idea(State.POOLED)
    with django_assert_max_num_queries(len(one)):
        page = client.get(f"{LIST}?tab=all")
    assert len(page.context["rows"]) == 30


def test_pages_of_fifty(hall: Hall) -> None:
    for _ in range(51):
        hall.propose()
    client = signed_in(hall, "clerk")
    assert "第 1 页，共 2 页" in client.get(LIST).content.decode()
    assert len(client.get(f"{LIST}?page=2").context["rows"]) == 1
    assert len(client.get(f"{LIST}?page=x").context["rows"]) == 50


def words_of(answer: Any) -> str:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        return " ".join(parts.read(name).decode() for name in parts.namelist())


def test_the_spreadsheet_holds_the_list_and_nobodys_name(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    hall.propose(region=hall.world.other_town, body="别的乡镇的一件事，不在单子里。")
    answer = signed_in(hall, "clerk").post(f"{LIST}export/?tab=pool")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    words = words_of(answer)
    assert TITLE in words
    for hidden in ("田大山", PHONE, idea.receipt, "别的乡镇的一件事"):
        assert hidden not in words
    line = AuditEntry.objects.get(action="ideas_exported")
    assert line.detail == {"count": 1, "filters": "tab"}


@pytest.mark.parametrize(
    "body", ["=1+1 修路修路", "+cmd|' /C calc'!A0 修路", "@SUM(A1) 修路", "-2+3 修路修路", "\t=1 修路"]
)
def test_no_cell_becomes_a_formula(hall: Hall, body: str) -> None:
    hall.propose(body=body)
    words = words_of(signed_in(hall, "clerk").post(f"{LIST}export/?tab=new"))
    assert "<f>" not in words
    assert 'quotePrefix="1"' in words


def test_an_empty_list_is_not_exported_and_a_get_leads_back(hall: Hall) -> None:
    client = signed_in(hall, "clerk")
    assert client.post(f"{LIST}export/?tab=pool")["Location"] == f"{LIST}?tab=pool"
    assert client.get(f"{LIST}export/?tab=pool")["Location"] == f"{LIST}?tab=pool"
    assert not AuditEntry.objects.filter(action="ideas_exported").exists()


def test_whoever_opens_a_row_comes_back_to_where_he_was(hall: Hall) -> None:
    idea, client = hall.idea(State.POOLED), signed_in(hall, "clerk")
    page = client.get(f"{LIST}?tab=pool&q=人行道&other=1").content.decode()
    asked = "tab=pool&amp;q=%E4%BA%BA%E8%A1%8C%E9%81%93"
    assert f'href="{idea.get_absolute_url()}?{asked}"' in page
    opened = client.get(f"{idea.get_absolute_url()}?tab=pool&q=人行道&other=1").content.decode()
    assert f'href="{LIST}?{asked}"' in opened
    assert f'href="{LIST}">民生实事' in client.get(idea.get_absolute_url()).content.decode()
