"""The desk's pages of the building and what everybody sees: who may open what, what is refused and how."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.uploads import CleanPhoto
from opinions.models import Opinion
from projects.models import Campaign
from projects.states import State
from projects.works.models import Inspection, ProgressReport, Work, WorkChange, WorkPhoto
from tests.projects.works.conftest import Site

LIST = "/desk/projects/works/"
PHOTO = CleanPhoto(b"jpeg", b"small", 4, 3, "0" * 64)


@pytest.fixture
def site(site: Site) -> Site:
    """The campaign runs whenever the test does."""
    Campaign.objects.update(opens_on=date(2020, 1, 1), closes_on=date(2099, 12, 31))
    return site


@pytest.fixture
def work(site: Site) -> Work:
    """A project that was begun two hours ago."""
    return site.begun(at=timezone.now() - timedelta(hours=2))


def signed_in(site: Site, who: str) -> Client:
    client = Client()
    client.force_login(site.hall.world.users[who])
    return client


def at(work: Work, end: str = "") -> str:
    return f"/desk/projects/{work.pk}/work/{end}"


def reported(work: Work, **other: Any) -> dict[str, Any]:
    percents = {f"step_{step.pk}": 10 for step in work.milestones.all()}
    return {"words": "铺了一半。", "client_key": uuid4()} | percents | other


def planned(work: Work | None, **other: Any) -> dict[str, Any]:
    rows = list(work.milestones.all()) if work else []
    data: dict[str, Any] = {
        "leader_post": "分管副县长", "scope": "人行道", "funds": "38.50", "funds_source": "县财政",
        "beneficiaries": 800, "place": "东街小学门口",
        "starts_on": "2026-03-20", "ends_on": "2026-07-31", "reason": "加了一段。",
        "steps-TOTAL_FORMS": len(rows) + 1, "steps-INITIAL_FORMS": 0,
        f"steps-{len(rows)}-title": "画线", f"steps-{len(rows)}-due_on": "2026-07-30", f"steps-{len(rows)}-weight": 2,
    }  # fmt: skip
    for number, row in enumerate(rows):
        kept = {"id": row.pk, "title": row.title, "due_on": row.due_on, "weight": row.weight}
        data |= {f"steps-{number}-{name}": value for name, value in kept.items()}
    return data | other


SEES = ("clerk", "town_staff", "county_staff", "leader", "rep", "handler")


@pytest.mark.parametrize("who", [*SEES, "other_handler", "other_clerk"])
def test_the_page_is_for_whom_it_concerns(site: Site, work: Work, who: str) -> None:
    client = signed_in(site, who)
    assert client.get(LIST).status_code == 200
    assert client.get(at(work)).status_code == (200 if who in SEES else 404)
    assert ("东街小学门口修人行道" in client.get(LIST).content.decode()) == (who in SEES)


@pytest.mark.parametrize("who", ["grid", "admin", "security", "audit"])
def test_nobody_else_has_such_pages(site: Site, work: Work, who: str) -> None:
    client = signed_in(site, who)
    assert {client.get(LIST).status_code, client.get(at(work)).status_code} == {403}


@pytest.mark.parametrize("who", SEES)
def test_no_page_of_the_building_names_who_proposed_it(site: Site, work: Work, who: str) -> None:
    page = signed_in(site, who).get(at(work)).content.decode()
    assert "田" not in page
    assert "1234" not in page
    assert "挤在一起" not in page  # the proposer's own words


def test_the_unit_reports_and_what_it_typed_is_kept_when_refused(site: Site, work: Work) -> None:
    client = signed_in(site, "handler")
    refused = client.post(at(work, "report/"), reported(work, words=""))
    assert refused.status_code == 422
    assert 'value="10"' in refused.content.decode()
    too_far = client.post(at(work, "report/"), {**reported(work), f"step_{work.milestones.first().pk}": 101})  # type: ignore[union-attr]
    assert too_far.status_code == 422
    assert "铺了一半。" in too_far.content.decode()
    assert not ProgressReport.objects.exists()
    data = reported(work)
    for _ in range(2):
        assert client.post(at(work, "report/"), data).status_code == 302
    assert ProgressReport.objects.count() == 1


def test_whoever_acts_on_a_project_comes_back_to_the_same_list(site: Site, work: Work) -> None:
    client, kept = signed_in(site, "handler"), "?q=%E8%B7%AF&page=2"
    page = client.get(at(work) + kept + "&next=//evil.example").content.decode()
    assert f'action="{at(work, "report/")}{kept.replace("&", "&amp;")}"' in page
    assert client.post(at(work, "report/") + kept, reported(work))["Location"] == at(work) + kept
    county = signed_in(site, "county_staff")
    plan = county.get(at(work, "plan/") + kept).content.decode()
    assert f'href="{at(work)}{kept.replace("&", "&amp;")}"' in plan
    data = planned(work, unit=site.hall.world.unit.pk, funds="40")
    assert county.post(at(work, "plan/") + kept, data)["Location"] == at(work) + kept


def test_another_units_handler_finds_nothing_to_report_on(site: Site, work: Work) -> None:
    assert signed_in(site, "other_handler").post(at(work, "report/"), reported(work)).status_code == 404
    assert signed_in(site, "clerk").post(at(work, "report/"), reported(work)).status_code == 403
    assert not ProgressReport.objects.exists()


def test_a_state_that_moved_on_is_said(site: Site, work: Work) -> None:
    client = signed_in(site, "county_staff")
    answer = client.post(at(work, "start/"), {"day": "2026-11-01"})
    assert answer.status_code == 409
    assert client.post(at(work, "complete/"), {"day": f"{timezone.localdate()}"}).status_code == 422
    assert client.post(at(work, "complete/"), {"day": "昨天"}).status_code == 422
    for verb in ("start/", "report/", "complete/", "inspect/"):
        assert client.get(at(work, verb)).status_code == 302


def test_an_inspection_by_the_form(site: Site, work: Work) -> None:
    client = signed_in(site, "rep")
    data = {"day": f"{timezone.localdate()}", "people": "麦知秋", "words": "", "findings": "坑。\n\n没有围挡。"}
    refused = client.post(at(work, "inspect/"), data)
    assert refused.status_code == 422
    assert "没有围挡。" in refused.content.decode()
    assert client.post(at(work, "inspect/"), data | {"words": "又平。", "client_key": "nonsense"}).status_code in (
        302,
        422,
    )
    data |= {"words": "平。", "client_key": str(uuid4())}
    for _ in range(2):
        assert client.post(at(work, "inspect/"), data).status_code == 302
    assert Inspection.objects.filter(words="平。").count() == 1
    assert Opinion.objects.count() == 2
    page = client.get(at(work)).content.decode()
    assert Opinion.objects.first().get_absolute_url() in page  # type: ignore[union-attr]
    assert Opinion.objects.first().get_absolute_url() not in signed_in(site, "handler").get(at(work)).content.decode()  # type: ignore[union-attr]


@pytest.mark.parametrize(("findings", "said"), [("坑。", "都转成了意见"), ("", "没有提出问题")])
def test_what_is_said_after_an_inspection_is_true(site: Site, work: Work, findings: str, said: str) -> None:
    data = {"day": f"{timezone.localdate()}", "people": "麦知秋", "words": "平。", "findings": findings}
    answer = signed_in(site, "rep").post(at(work, "inspect/"), data | {"client_key": str(uuid4())}, follow=True)
    assert [str(one) for one in answer.context["messages"] if said in str(one)]


def test_the_county_adopts_by_the_form_and_changes_with_a_reason(site: Site) -> None:
    idea, client = site.hall.idea(State.LISTED), signed_in(site, "county_staff")
    page, unit = f"/desk/projects/{idea.pk}/work/plan/", site.hall.world.unit.pk
    assert page in client.get(idea.get_absolute_url()).content.decode()
    assert client.get(page).status_code == 200
    for other in ({"unit": ""}, {"funds": "-1"}, {"steps-0-due_on": ""}, {"steps-0-due_on": "2027-01-01"}):
        refused = client.post(page, planned(None, **{"unit": unit} | other))
        assert refused.status_code == 422
        assert "分管副县长" in refused.content.decode()
    assert not Work.objects.exists()
    assert client.post(page, planned(None, unit=unit)).status_code == 302
    work = Work.objects.get()
    assert [(row.title, row.weight) for row in work.milestones.all()] == [("画线", 2)]
    assert client.post(page, planned(work, unit=unit, reason="")).status_code == 422
    assert client.post(page, planned(work, unit=unit, funds="40")).status_code == 302
    assert {row.what for row in WorkChange.objects.all()} == {"资金", "节点“画线”"}


@pytest.mark.parametrize("state", [State.POOLED, State.SCREENED, State.COMPLETED, State.EVALUATED, State.SHELVED])
def test_there_is_no_plan_page_before_and_after(site: Site, state: str) -> None:
    idea = site.hall.idea(state)
    assert signed_in(site, "county_staff").get(f"/desk/projects/{idea.pk}/work/plan/").status_code == 404


@pytest.mark.parametrize("who", ["clerk", "town_staff", "leader", "rep", "handler"])
def test_the_plan_is_the_countys(site: Site, work: Work, who: str) -> None:
    assert signed_in(site, who).get(at(work, "plan/")).status_code == 403


@pytest.mark.parametrize("path", [LIST, "page"])
def test_thirty_cost_as_much_as_one(site: Site, path: str) -> None:
    client, counts = signed_in(site, "county_staff"), []
    first = site.begun(at=timezone.now() - timedelta(hours=2))
    for more in (0, 6):
        for number in range(more):
            site.begun(at=timezone.now() - timedelta(hours=2))
            site.report(first, number, at=timezone.now() - timedelta(minutes=50), photos=[PHOTO])
            site.inspect(first, "坑。", at=timezone.now() - timedelta(minutes=40))
        if not more:
            site.report(first, 1, at=timezone.now() - timedelta(hours=1), photos=[PHOTO])
            site.inspect(first, "坑。", at=timezone.now() - timedelta(hours=1))
        client.get(at(first))  # what a session's first page asks once
        with CaptureQueriesContext(connection) as asked:
            assert client.get(at(first) if path == "page" else path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_everybody_sees_the_building_and_its_photos(site: Site, work: Work) -> None:
    site.report(work, 100, 40, at=timezone.now(), photos=[PHOTO])
    page = Client().get(f"/projects/{work.pk}/").content.decode()
    for words in ("40%", "38.5</span> 万元", "分管副县长", "拖期", "路基平好了。"):
        assert words in page
    token = WorkPhoto.objects.get().token
    assert Client().get(f"/projects/{work.pk}/photos/{token}/small/")["Content-Type"] == "image/jpeg"
    assert Client().get(f"/projects/{work.pk}/photos/{uuid4()}/").status_code == 404
    other = site.begun(at=timezone.now())
    assert Client().get(f"/projects/{other.pk}/photos/{token}/").status_code == 404


def test_a_project_that_was_put_aside_still_shows_what_was_done(site: Site, work: Work) -> None:
    type(site.idea(work)).objects.filter(pk=work.pk).update(state=State.SHELVED, shelved_reason="钱先用到防汛上。")
    page = Client().get(f"/projects/{work.pk}/").content.decode()
    assert "为什么暂缓：钱先用到防汛上。" in page
    assert "办到哪一步" in page


def test_before_the_list_nothing_is_said_of_a_building(site: Site) -> None:
    for state in (State.POOLED, State.SCREENED, State.LISTED):
        page = Client().get(f"/projects/{site.hall.idea(state).pk}/").content.decode()
        assert "办到哪一步" not in page
        assert "为什么暂缓" not in page
