"""The pages of commendations: the county's, everybody's, and the representative's own record."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duties.commendations import workflow
from duties.commendations.models import Commendation
from duties.commendations.workflow import Words
from opinions.commending.figures import NOTHING, figures
from opinions.receptions import workflow as receptions
from stations.models import Representative
from stations.queries import forget
from tests.opinions.receptions.world import opened, told
from tests.world import START, World, make_world

pytestmark = pytest.mark.django_db
LIST = "/desk/commendations/"
GIVEN = {"title": "接待用心", "day": "2026-03-25", "reason": "来一位听一位，三个月盯完一条路。"}


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Iterator[None]:
    settings.SECOND_FACTOR_REQUIRED = False
    cache.delete_pattern("*")
    with time_machine.travel(START + timedelta(hours=2), tick=False):
        yield
    cache.delete_pattern("*")


@pytest.fixture
def world(db: None) -> World:
    forget()
    return make_world()


def rep() -> Representative:
    return Representative.objects.get(name="麦知秋")


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


def drafted(world: World, person: Any = None) -> Commendation:
    words = Words(GIVEN["title"], START.date(), GIVEN["reason"], ("接待选民：坐班接待 9 次。",))
    return workflow.draft_commendation(person or rep(), world.station, words, actor=world.county_staff, at=START)


def published(world: World, person: Any = None) -> Commendation:
    return workflow.publish_commendation(drafted(world, person).pk, actor=world.county_staff, at=START)


def test_from_the_name_to_the_public_page(world: World) -> None:
    row = opened(world)
    receptions.receive(row.pk, told(world), actor=world.clerk, at=START)
    client = client_of(world, "county_staff")
    found = text(client.get(f"{LIST}new/", {"q": "知秋"}))
    address = f"{LIST}new/rep/{rep().pk}/"
    assert address in found
    form = text(client.get(address))
    assert "坐班接待 1 次，来了 1 位群众" in form
    answer = client.post(address, GIVEN | {"station": world.station.pk})
    draft = Commendation.objects.get()
    assert answer["Location"] == draft.get_absolute_url()
    assert draft.figures[0].startswith("接待选民：坐班接待 1 次")
    assert GIVEN["reason"] not in text(Client().get("/commendations/"))
    preview = text(client.get(f"{LIST}{draft.pk}/publish/"))
    assert GIVEN["reason"] in preview
    assert Commendation.objects.get().state == "DRAFT"
    assert "公布了" in text(client.post(f"{LIST}{draft.pk}/publish/", follow=True))
    cache.delete_pattern("*")
    street = text(Client().get("/commendations/"))
    for said in ("麦知秋", "洺南街道融合站点", GIVEN["title"], GIVEN["reason"]):
        assert said in street
    assert "坐班接待 1 次" not in street


def test_a_form_with_a_fault_keeps_what_was_typed(world: World) -> None:
    client, address = client_of(world, "county_staff"), f"{LIST}new/rep/{rep().pk}/"
    given = GIVEN | {"station": world.station.pk}
    for broken in ({"reason": ""}, {"title": "表" * 31}, {"day": "2026-02-31"}, {"station": "9999"}, {"title": "\0"}):
        answer = client.post(address, given | broken)
        assert answer.status_code == 422
        assert "还差一处" in text(answer)
    assert not Commendation.objects.exists()
    assert client.get(f"{LIST}new/odd/{rep().pk}/").status_code == 404
    assert client.get(f"{LIST}new/staff/999999/").status_code == 404


def test_staff_of_a_station_are_found_with_what_they_wrote_down(world: World) -> None:
    assert figures(world.clerk, 2026, START) == [NOTHING]
    opened(world)
    client = client_of(world, "county_staff")
    address = f"{LIST}new/staff/{world.clerk.pk}/"
    assert address in text(client.get(f"{LIST}new/", {"q": world.clerk.name}))
    assert "组织了 1 次" in text(client.get(address))
    assert client.post(address, GIVEN | {"station": world.station.pk}).status_code == 302
    assert Commendation.objects.get().member == world.clerk


def test_nobody_is_proposed(world: World) -> None:
    found = text(client_of(world, "county_staff").get(f"{LIST}new/"))
    assert "麦知秋" not in found
    for typed in ("没有这个人", "<b>x", "%", "塅" * 300, "\0"):
        answer = client_of(world, "county_staff").get(f"{LIST}new/", {"q": typed})
        assert answer.status_code == 200
        assert "没有叫这个名字" in text(answer)


READS, WRITES = {"county_staff", "leader"}, {"county_staff"}


@pytest.mark.parametrize(
    "who", ["clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "admin", "audit"]
)
def test_who_opens_and_who_acts(world: World, who: str) -> None:
    row, client = drafted(world), client_of(world, who)
    for address in (LIST, f"{LIST}{row.pk}/"):
        assert client.get(address).status_code == (200 if who in READS else 403)
    for address in (f"{LIST}new/", f"{LIST}new/rep/{rep().pk}/", f"{LIST}{row.pk}/publish/"):
        assert client.get(address).status_code == (200 if who in WRITES else 403)
    if who not in WRITES:
        for verb in ("rewrite", "publish", "withdraw"):
            assert client.post(f"{LIST}{row.pk}/{verb}/", GIVEN).status_code == 403
        assert client.post(f"{LIST}new/rep/{rep().pk}/", GIVEN).status_code == 403
        assert Commendation.objects.get().state == "DRAFT"


def test_a_draft_is_rewritten_and_what_is_published_is_not(world: World) -> None:
    row, client = drafted(world), client_of(world, "county_staff")
    assert "改好了" in text(client.post(f"{LIST}{row.pk}/rewrite/", GIVEN | {"title": "盯住一条路"}, follow=True))
    assert Commendation.objects.get().title == "盯住一条路"
    assert client.post(f"{LIST}{row.pk}/rewrite/", GIVEN | {"title": ""}).status_code == 422
    client.post(f"{LIST}{row.pk}/publish/")
    assert [client.post(f"{LIST}{row.pk}/{verb}/", GIVEN).status_code for verb in ("rewrite", "publish")] == [409, 409]
    assert client.get(f"{LIST}{row.pk}/publish/")["Location"] == row.get_absolute_url()
    assert client.get(f"{LIST}{row.pk}/withdraw/")["Location"] == row.get_absolute_url()


def test_taken_back_it_is_gone_for_everybody_and_the_reason_stays_inside(world: World) -> None:
    row, client = published(world), client_of(world, "county_staff")
    assert "麦知秋" in text(Client().get("/commendations/"))
    assert client.post(f"{LIST}{row.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert "查下来不是他" in text(client.post(f"{LIST}{row.pk}/withdraw/", {"reason": "查下来不是他"}, follow=True))
    cache.delete_pattern("*")
    assert "麦知秋" not in text(Client().get("/commendations/"))
    assert "接待用心" not in text(client_of(world, "rep").get(f"/desk/records/{rep().pk}/"))


def test_the_representatives_own_record_shows_it_and_no_draft(world: World) -> None:
    drafted(world)
    mine = f"/desk/records/{rep().pk}/"
    assert "县人大的表彰" not in text(client_of(world, "rep").get(mine))
    published(world)
    assert "县人大的表彰" in text(client_of(world, "rep").get(mine))


def test_the_home_page_leads_to_the_thanks_and_the_themes(world: World) -> None:
    home = text(Client().get("/"))
    assert 'href="/commendations/"' in home
    assert 'href="/themes/"' in home


def test_a_year_stands_by_itself(world: World) -> None:
    row = published(world)
    Commendation.objects.filter(pk=row.pk).update(day=START.date().replace(year=2025))
    assert "麦知秋" not in text(Client().get("/commendations/"))
    cache.delete_pattern("*")
    assert "/commendations/2025/" in text(Client().get("/commendations/"))
    assert "麦知秋" in text(Client().get("/commendations/2025/"))
    for year in (1999, 2027, 99999):
        assert Client().get(f"/commendations/{year}/").status_code == 404


def test_the_street_reads_names_and_reasons_and_nothing_else(world: World) -> None:
    Representative.objects.filter(pk=rep().pk).update(phone="13800007777")
    published(world)
    published(world, world.clerk)
    found = text(Client().get("/commendations/"))
    assert world.clerk.name in found
    for secret in ("13800007777", "坐班接待 9 次", "/desk/", "第 1 名"):
        assert secret not in found


def test_one_or_thirty_cost_the_same(world: World) -> None:
    published(world)
    client = client_of(world, "leader")
    counts: dict[str, list[int]] = {"/commendations/": [], LIST: []}
    for _ in range(2):
        for address, asked_of in counts.items():
            cache.delete_pattern("*")
            client.get(address)
            cache.delete_pattern("*")
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            asked_of.append(len(asked))
        for _number in range(28):
            published(world)
    for few, many in counts.values():
        assert few == many
