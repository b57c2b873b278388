"""Ideas brought in at the desk, the link with a matter, campaigns, the paper sheet, the code's prints."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import AuditEntry
from projects.links import of_matter
from projects.models import Campaign, ProjectIdea
from projects.states import Source, State
from stations.models import EntryCode
from stations.prints.layouts import PROJECTS
from stations.prints.render import PRINTS, facts_of
from tests.projects.conftest import WORDS, Hall
from tests.world import START

NEW = "/desk/projects/new/"


def signed_in(hall: Hall, who: str) -> Client:
    client = Client()
    client.force_login(hall.world.users[who])
    return client


def typed(**changes: Any) -> dict[str, Any]:
    given = {"source": "PAPER", "body": WORDS, "region": "411625001005", "location": "", "name": "田大山",
             "phone": "13800001234", "client_key": str(uuid4())}  # fmt: skip
    return given | changes


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize("source", ["PAPER", "PHONE", "POST"])
def test_a_clerk_writes_down_what_came_on_paper_by_telephone_or_at_the_post(hall: Hall, source: str) -> None:
    answer = signed_in(hall, "clerk").post(NEW, typed(source=source), follow=True)
    idea = ProjectIdea.objects.get()
    assert (idea.source, idea.recorded_by, idea.station) == (source, hall.world.clerk, hall.world.station)
    assert "记下了" in text(answer)
    assert idea.receipt[:4] in text(answer)


def test_the_next_one_at_once(hall: Hall) -> None:
    answer = signed_in(hall, "clerk").post(NEW, typed(next="1"))
    assert answer["Location"] == NEW


def test_a_double_press_writes_once(hall: Hall) -> None:
    client, once = signed_in(hall, "clerk"), typed()
    assert client.post(NEW, once)["Location"] == client.post(NEW, once)["Location"]
    assert ProjectIdea.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": ""}, "请填写这一项"),
        ({"region": "411625101"}, "请从列表里选择"),
        ({"phone": "12"}, "电话号码不对"),
        ({"source": "OPINION"}, "请从列表里选择"),
    ],
)
def test_bad_input_is_said_and_kept(hall: Hall, changes: dict[str, Any], sentence: str) -> None:
    answer = signed_in(hall, "clerk").post(NEW, typed(**changes))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "田大山" in text(answer)
    assert not ProjectIdea.objects.exists()


def test_a_key_that_no_page_of_ours_made_counts_as_none(hall: Hall) -> None:
    assert signed_in(hall, "clerk").post(NEW, typed(client_key="x")).status_code == 302
    assert ProjectIdea.objects.get().client_key is not None


@pytest.mark.parametrize(
    ("who", "places"),
    [
        ("clerk", {"411625001", "411625001005"}),
        ("town_staff", {"411625001", "411625001005"}),
        ("county_staff", {"411625", "411625001", "411625101"}),
        ("rep", {"411625001", "411625001005"}),
    ],
)
def test_the_places_offered_are_ones_own(hall: Hall, who: str, places: set[str]) -> None:
    form = signed_in(hall, who).get(NEW).context["form"]
    assert set(form.fields["region"].queryset.values_list("code", flat=True)) == places


def test_a_representative_proposes_in_his_own_name(hall: Hall) -> None:
    client = signed_in(hall, "rep")
    page = client.get(NEW)
    assert "我提一件" in text(page)
    assert not {"source", "name", "phone"} & set(page.context["form"].fields)
    client.post(NEW, typed())
    idea = ProjectIdea.objects.get()
    assert (idea.source, idea.name, idea.phone) == (Source.REPRESENTATIVE, "", "")


def test_a_matter_becomes_an_idea_and_both_know_it(hall: Hall) -> None:
    opinion, client = hall.world.opinion(), signed_in(hall, "clerk")
    page = text(client.get(opinion.get_absolute_url()))
    assert f"{NEW}?opinion={opinion.pk}" in page
    form = client.get(f"{NEW}?opinion={opinion.pk}").context["form"]
    assert form.initial["body"] == opinion.body
    client.post(NEW, typed(opinion=opinion.pk, body=opinion.body))
    idea = ProjectIdea.objects.get()
    assert (idea.source, idea.opinion, idea.name, idea.phone) == (Source.OPINION, opinion, "", "")
    page = text(client.get(opinion.get_absolute_url()))
    assert f'href="/desk/projects/{idea.pk}/"' in page
    assert f"{NEW}?opinion={opinion.pk}" not in page
    assert f'href="/desk/opinions/{opinion.pk}/"' in text(client.get(idea.get_absolute_url()))


def test_the_link_is_for_those_who_read_ideas(hall: Hall) -> None:
    opinion = hall.world.opinion("HANDLING")
    for who, count in {"clerk": 1, "town_staff": 1, "county_staff": 1, "rep": 1, "leader": 0, "handler": 0}.items():
        assert len(of_matter(hall.world.users[who], opinion)) == count, who
    assert of_matter(hall.world.clerk, hall.world.opinion("DECLINED")) == []


def test_a_matter_out_of_sight_cannot_be_turned_into_one(hall: Hall) -> None:
    opinion = hall.world.opinion()
    for query in (opinion.pk, "x", "9" * 30, "-1"):
        assert signed_in(hall, "other_clerk").get(f"{NEW}?opinion={query}").status_code == 404
    assert signed_in(hall, "other_clerk").post(NEW, typed(opinion=opinion.pk)).status_code == 404


@pytest.mark.parametrize("who", ["leader", "grid", "handler", "admin"])
def test_who_brings_in_no_ideas_finds_the_door_shut(hall: Hall, who: str) -> None:
    assert signed_in(hall, who).get(NEW).status_code == 403
    assert signed_in(hall, who).post(NEW, typed()).status_code == 403


PLANNED = {"year": "2028", "title": "2028 年民生实事大家谈", "words": "说说您盼着的。", "opens_on": "2027-03-01",
           "closes_on": "2027-04-30"}  # fmt: skip


def test_the_county_opens_and_mends_a_campaign(hall: Hall) -> None:
    client = signed_in(hall, "county_staff")
    assert "年民生实事大家谈" in text(client.get("/desk/projects/campaigns/new/"))
    answer = client.post("/desk/projects/campaigns/new/", PLANNED, follow=True)
    assert "2028 年民生实事大家谈" in text(answer)
    campaign = Campaign.objects.get(year=2028)
    client.post(campaign.get_absolute_url(), PLANNED | {"closes_on": "2027-05-31"})
    campaign.refresh_from_db()
    assert campaign.closes_on == date(2027, 5, 31)
    actions = AuditEntry.objects.filter(action__startswith="campaign_").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["campaign_opened", "campaign_opened", "campaign_changed"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"closes_on": "2027-02-01"}, "结束的日子在开始以前"),
        ({"year": "2027"}, "2027 年的已经有了"),
        ({"year": "1990"}, "最小填"),
        ({"title": ""}, "请填写这一项"),
        ({"opens_on": "明天"}, "日期没有写对"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_refused(hall: Hall, changes: dict[str, str], sentence: str) -> None:
    answer = signed_in(hall, "county_staff").post("/desk/projects/campaigns/new/", PLANNED | changes)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert Campaign.objects.count() == 1


def test_the_year_of_a_campaign_with_ideas_stays(hall: Hall) -> None:
    hall.propose()
    answer = signed_in(hall, "county_staff").post(hall.campaign.get_absolute_url(), PLANNED)
    assert "年度不能再改" in text(answer)


def test_the_newest_campaign_stands_first_whenever_it_was_written_down(hall: Hall) -> None:
    client = signed_in(hall, "county_staff")
    for year in (2029, 2028):
        client.post("/desk/projects/campaigns/new/", PLANNED | {"year": year, "title": f"{year} 年大家谈"})
    page = text(client.get("/desk/projects/campaigns/"))
    places = [page.index(words) for words in ("2029 年大家谈", "2028 年大家谈", hall.campaign.title)]
    assert places == sorted(places)


@pytest.mark.parametrize("who", ["clerk", "town_staff", "leader", "rep", "admin"])
def test_campaigns_are_run_by_the_county_alone(hall: Hall, who: str) -> None:
    for address in ("/desk/projects/campaigns/", "/desk/projects/campaigns/new/", hall.campaign.get_absolute_url()):
        assert signed_in(hall, who).get(address).status_code == 403
        assert signed_in(hall, who).post(address, PLANNED).status_code in (403, 405)


def test_the_paper_sheet_has_lines_to_fill_and_the_stations_own_code(asking: Hall) -> None:
    client = signed_in(asking, "clerk")
    page = text(client.get("/desk/projects/sheet/"))
    for words in ("想办什么", "在哪里", "怎么称呼您", "0394-5550101", "/projects/ideas/new/"):
        assert words in page
    assert "建一个“民生实事”的码" not in page or "站点与码" in page
    EntryCode.objects.create(
        code="Q7K2M9AB", station=asking.world.station, kind="PROJECT", label="征集", created_at=START
    )
    assert "/q/Q7K2M9AB/" in text(client.get("/desk/projects/sheet/"))


def test_the_county_chooses_whose_sheet(asking: Hall) -> None:
    client = signed_in(asking, "county_staff")
    other = asking.world.other_station
    assert other.name in text(client.get(f"/desk/projects/sheet/?station={other.pk}"))
    assert client.get("/desk/projects/sheet/?station=x").status_code == 200
    assert signed_in(asking, "rep").get("/desk/projects/sheet/").status_code == 403


def test_the_print_of_such_a_code_invites_to_propose(hall: Hall) -> None:
    entry = EntryCode.objects.create(
        code="Q7K2M9AB", station=hall.world.station, kind="PROJECT", label="征集", created_at=START
    )
    facts = facts_of(entry, "https://rd.example")
    assert facts.pitch == PROJECTS
    for size in PRINTS.values():
        words = " ".join(shape.words for shape in size.sheet(facts).shapes if hasattr(shape, "words"))
        assert "民生实事大家谈" in words
        assert "码上找代表" not in words


def test_a_station_makes_such_a_code(hall: Hall) -> None:
    answer = signed_in(hall, "clerk").post("/desk/stations/mingnan/codes/", {"kind": "PROJECT", "label": ""})
    assert answer.status_code == 302
    entry = EntryCode.objects.get(kind="PROJECT")
    assert entry.label == "民生实事征集"
    assert Client().get(f"/q/{entry.code}/")["Location"].startswith("/projects/ideas/new/?q=")


def test_the_stations_page_leads_to_the_projects(hall: Hall) -> None:
    page = text(Client().get("/s/mingnan/"))
    assert 'href="/projects/?station=mingnan"' in page
    assert 'href="/projects/"' in text(Client().get("/"))
    assert hall.idea(State.IDEA).heading not in page


def test_whoever_goes_back_and_writes_another_one_gets_it_in_at_the_next_press(hall: Hall) -> None:
    client, first = signed_in(hall, "clerk"), typed()
    client.post(NEW, first)
    other = first | {"body": "村口的桥栏杆断了一截，盼着把桥修一修，再装两盏灯。"}
    refused = client.post(NEW, other)
    assert (refused.status_code, ProjectIdea.objects.count()) == (422, 1)
    assert client.post(NEW, other | {"client_key": refused.context["form"]["client_key"].value()}).status_code == 302
    assert ProjectIdea.objects.count() == 2
