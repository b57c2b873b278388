"""The pages of the formal suggestions: who opens which, what stands in front, what a refusal keeps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from opinions.models import FormalSuggestion
from opinions.suggestions import workflow
from opinions.suggestions.states import State
from tests.opinions.suggestions.world import MINUTE, TEXTS, make, person
from tests.world import START, World

pytestmark = pytest.mark.django_db
LIST = "/desk/suggestions/"


@pytest.fixture
def signed_in(world: World) -> Callable[[str], Client]:
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(world.users[who])
        return client

    return sign_in


def html(answer: Any) -> str:
    return str(answer.content.decode())


def page_of(row: FormalSuggestion) -> str:
    return f"{LIST}{row.pk}/"


class TestList:
    def test_visitors_sign_in_first(self, client: Client) -> None:
        assert client.get(LIST)["Location"].startswith("/accounts/login/")

    @pytest.mark.parametrize(
        ("who", "status"),
        [("rep", 200), ("clerk", 200), ("town_staff", 200), ("county_staff", 200), ("leader", 200), ("handler", 200),
         ("grid", 403), ("admin", 403), ("security", 403), ("audit", 403)],
    )  # fmt: skip
    def test_it_opens_for_those_concerned(self, signed_in: Any, who: str, status: int) -> None:
        assert signed_in(who).get(LIST).status_code == status

    def test_late_ones_stand_first_and_closed_ones_last(self, world: World, signed_in: Any) -> None:
        now = timezone.now()
        closed = make(world, State.CLOSED, at=now - timedelta(days=1), title="办结的")
        running = make(world, State.ASSIGNED, at=now - timedelta(days=2), title="在办的")
        late = make(world, State.ASSIGNED, at=now - timedelta(days=200), title="超期的")
        draft = make(world, at=now, title="草稿")
        shown = [item["row"].pk for item in signed_in("county_staff").get(LIST).context["rows"]]
        assert shown == [late.pk, running.pk, draft.pk, closed.pk]

    @pytest.mark.parametrize(
        ("query", "count"),
        [("state=CLOSED", 1), ("state=ASSIGNED", 1), ("late=1", 1), ("late=1&state=CLOSED", 0), ("q=路灯", 3),
         ("q=2026-002", 1), ("q=麦知秋", 3), ("q=没有的", 0), ("place=411625001", 3), ("place=411625101", 0),
         ("state=NONSENSE", 0), ("page=99", 3)],
    )  # fmt: skip
    def test_filters_live_in_the_address(self, world: World, signed_in: Any, query: str, count: int) -> None:
        for state in (State.DRAFT, State.CLOSED, State.ASSIGNED):
            make(world, state)
        answer = signed_in("county_staff").get(f"{LIST}?{query}")
        assert answer.status_code == 200
        assert len(answer.context["rows"]) == count

    def test_by_unit(self, world: World, signed_in: Any) -> None:
        make(world, State.ASSIGNED)
        client = signed_in("county_staff")
        assert len(client.get(f"{LIST}?unit={world.unit.pk}").context["rows"]) == 1
        assert len(client.get(f"{LIST}?unit={world.other_unit.pk}").context["rows"]) == 0

    def test_it_costs_the_same_for_one_and_for_thirty(
        self, world: World, signed_in: Any, django_assert_max_num_queries: Any
    ) -> None:
        client = signed_in("county_staff")
        make(world, State.ASSIGNED)
        client.get(LIST)
        counts = []
        for more in (0, 11):
            for _ in range(more):
                make(world, State.ASSIGNED)
            with django_assert_max_num_queries(20) as queries:
                client.get(LIST)
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_an_empty_list_says_what_to_do(self, signed_in: Any) -> None:
        assert "去看群众说的事" in html(signed_in("rep").get(LIST))
        assert "去看群众说的事" not in html(signed_in("handler").get(LIST))


class TestOnePage:
    FRONT = (
        ("DRAFT", "rep", ["submit"]), ("DRAFT", "clerk", ["submit"]), ("DRAFT", "county_staff", []),
        ("RETURNED", "rep", ["submit"]), ("SUBMITTED", "county_staff", ["accept"]), ("SUBMITTED", "rep", []),
        ("ACCEPTED", "county_staff", ["assign"]), ("ACCEPTED", "leader", []), ("ASSIGNED", "handler", ["reply"]),
        ("ASSIGNED", "co_handler", []), ("ASSIGNED", "county_staff", []), ("REPLIED", "rep", ["judge"]),
        ("REPLIED", "clerk", ["judge"]), ("REPLIED", "handler", []), ("CLOSED", "rep", []), ("WITHDRAWN", "rep", []),
    )  # fmt: skip

    @pytest.mark.parametrize(("state", "who", "verbs"), FRONT)
    def test_one_next_act_stands_in_front(
        self, world: World, signed_in: Any, state: str, who: str, verbs: list[str]
    ) -> None:
        answer = signed_in(who).get(page_of(make(world, state)))
        assert [panel.verb for panel in answer.context["front"]] == verbs
        if not verbs:
            assert "现在等谁" in html(answer)

    def test_a_wish_for_more_time_comes_first_for_the_county(self, world: World, signed_in: Any) -> None:
        row = make(world, State.ASSIGNED)
        workflow.request_extension(
            row.pk, actor=world.handler, at=START + timedelta(hours=1), months=1, reason="等开标"
        )
        county = signed_in("county_staff").get(page_of(row))
        assert [panel.verb for panel in county.context["front"]] == ["grant_extension", "refuse_extension"]
        assert "等开标" in html(county)
        assert "request_extension" not in html(signed_in("handler").get(page_of(row)))

    def test_out_of_sight_is_not_there(self, world: World, signed_in: Any) -> None:
        row = make(world, State.ASSIGNED)
        for who in ("other_clerk", "grid", "other_handler", "far_rep"):
            assert signed_in(who).get(page_of(row)).status_code == 404, who
        for who in ("admin", "audit"):
            assert signed_in(who).get(page_of(row)).status_code in (403, 404), who

    def test_it_says_how_the_date_was_reached(self, world: World, signed_in: Any) -> None:
        shown = html(signed_in("leader").get(page_of(make(world, State.ASSIGNED))))
        assert "按代表法算 3 个月，到 2026 年 6 月 25 日。" in shown
        assert "最多六个月" in shown

    def test_the_evidence_is_a_row_of_links_for_who_sees_the_matters(self, world: World, signed_in: Any) -> None:
        row = make(world, State.ASSIGNED)
        link = f'href="/desk/opinions/{row.matters.values_list("opinion_id", flat=True)[0]}/"'
        assert link in html(signed_in("county_staff").get(page_of(row)))
        assert link not in html(signed_in("handler").get(page_of(row)))

    def test_nobody_reads_a_name_or_a_number(self, world: World, signed_in: Any) -> None:
        row = make(world, State.ASSIGNED)
        for who in ("rep", "clerk", "county_staff", "handler"):
            shown = html(signed_in(who).get(page_of(row)))
            assert "田大山" not in shown
            assert "1380000" not in shown


class TestActing:
    def test_the_whole_road_by_forms(self, world: World, signed_in: Any) -> None:
        row = make(world)
        steps = (
            ("rep", "submit", {}),
            ("county_staff", "send_back", {"reason": "写清楚"}),
            ("clerk", "submit", {"how": "签字"}),
            ("county_staff", "accept", {}),
            ("county_staff", "assign", {"lead": world.unit.pk, "co_units": [world.co_unit.pk]}),
            ("handler", "request_extension", {"months": "1", "reason": "等开标"}),
            ("county_staff", "grant_extension", {}),
            ("handler", "reply", {"body": "好了", "outcome": "A", "promised_on": ""}),
            ("rep", "judge", {"satisfaction": "SATISFIED"}),
        )  # fmt: skip
        for who, verb, data in steps:
            answer = signed_in(who).post(f"{page_of(row)}{verb}/", data)
            assert (answer.status_code, answer["Location"]) == (302, page_of(row)), (verb, html(answer)[:500])
        row.refresh_from_db()
        assert (row.state, row.satisfaction) == (State.CLOSED, "SATISFIED")

    @pytest.mark.parametrize(
        ("state", "who", "verb", "data", "status"),
        [
            ("SUBMITTED", "county_staff", "send_back", {"reason": ""}, 422),
            ("ACCEPTED", "county_staff", "assign", {"lead": ""}, 422),
            ("ASSIGNED", "handler", "reply", {"body": "在修", "outcome": "B"}, 422),
            ("ASSIGNED", "co_handler", "reply", {"body": "在修", "outcome": "A"}, 403),
            ("REPLIED", "rep", "judge", {"satisfaction": "DISSATISFIED", "comment": ""}, 422),
            ("REPLIED", "clerk", "judge", {"satisfaction": "FAIR"}, 422),
            ("CLOSED", "rep", "judge", {"satisfaction": "FAIR", "comment": "再说一句"}, 409),
            ("SUBMITTED", "leader", "accept", {}, 403),
            ("SUBMITTED", "other_clerk", "withdraw", {"reason": "x"}, 404),
            ("DRAFT", "rep", "invite", {"representative": "999999"}, 422),
        ],
    )
    def test_a_refusal_has_its_status_and_changes_nothing(
        self, world: World, signed_in: Any, state: str, who: str, verb: str, data: dict[str, str], status: int
    ) -> None:
        row = make(world, state)
        answer = signed_in(who).post(f"{page_of(row)}{verb}/", data)
        assert answer.status_code == status
        row.refresh_from_db()
        assert row.state == state
        if "comment" in data:
            assert data["comment"] in html(answer), "what was typed is given back"

    def test_opening_the_address_of_a_verb_leads_back(self, world: World, signed_in: Any) -> None:
        row = make(world)
        assert signed_in("rep").get(f"{page_of(row)}submit/")["Location"] == page_of(row)

    def test_asking_and_answering_by_forms(self, world: World, signed_in: Any) -> None:
        row = make(world)
        signed_in("rep").post(f"{page_of(row)}invite/", {"representative": person("安可期").pk})
        signer = row.cosigners.get()
        mate = signed_in("mate")
        assert [panel.verb for panel in mate.get(page_of(row)).context["front"]] == ["answer_invitation"]
        mate.post(f"{page_of(row)}answer_invitation/", {"agrees": "1", "cosigner": signer.pk})
        signer.refresh_from_db()
        assert (signer.answer, signer.recorded_by) == ("AGREED", None)

    def test_the_station_writes_down_who_has_no_account(self, world: World, signed_in: Any) -> None:
        row = make(world)
        said = signed_in("clerk").post(f"{page_of(row)}invite/", {"representative": person("苗谷雨").pk}, follow=True)
        assert "他没有账号" in html(said)
        assert "替他记下来" in html(said)
        data = {"agrees": "0", "cosigner": row.cosigners.get().pk, "how": "打电话说忙"}
        signed_in("clerk").post(f"{page_of(row)}answer_invitation/", data)
        assert row.cosigners.get().how == "打电话说忙"

    def test_one_matter_taken_out_and_one_person_let_off(self, world: World, signed_in: Any) -> None:
        row = make(world)
        workflow.invite(row.pk, actor=world.rep, at=START + MINUTE, representative=person("安可期"))
        client = signed_in("rep")
        first = row.matters.values_list("opinion_id", flat=True)[0]
        client.post(f"{page_of(row)}leave_out/", {"matter": first})
        client.post(f"{page_of(row)}let_off/", {"cosigner": row.cosigners.get().pk})
        assert (row.matters.count(), row.cosigners.count()) == (2, 0)


class TestWriting:
    def test_from_a_matter_the_like_of_it_is_offered(self, world: World, signed_in: Any) -> None:
        near = [world.opinion("ACCEPTED") for _ in range(2)]
        other = world.submit(body="自来水发黄", phone="")
        answer = signed_in("rep").get(f"{LIST}new/?matter={near[0].pk}")
        offered = {item["opinion"].pk: item["is_ticked"] for item in answer.context["offered"]}
        assert offered[near[0].pk] is True
        assert offered[near[1].pk] is False
        assert other.pk not in offered

    def test_a_matter_out_of_sight_offers_nothing(self, world: World, signed_in: Any) -> None:
        far = world.submit(station=world.other_station, region=world.other_town)
        answer = signed_in("rep").get(f"{LIST}new/?matter={far.pk}")
        assert answer.context["offered"] == []
        assert answer.context["start"] is None

    def test_a_draft_is_stored_with_what_is_ticked(self, world: World, signed_in: Any) -> None:
        rows = [world.submit(phone="") for _ in range(2)]
        answer = signed_in("rep").post(f"{LIST}new/", TEXTS | {"author": "", "matters": [row.pk for row in rows]})
        row = FormalSuggestion.objects.get()
        assert answer["Location"] == page_of(row)
        assert (row.representative.name, row.matters.count()) == ("麦知秋", 2)

    def test_without_a_title_everything_typed_and_ticked_stays(self, world: World, signed_in: Any) -> None:
        matter = world.submit(phone="")
        data = {"title": "", "why": "灯不亮的很多", "author": "", "matters": [matter.pk]}
        answer = signed_in("rep").post(f"{LIST}new/", data)
        assert answer.status_code == 422
        assert "灯不亮的很多" in html(answer)
        assert answer.context["offered"][0]["is_ticked"]

    def test_the_station_chooses_whose_it_is(self, world: World, signed_in: Any) -> None:
        client = signed_in("clerk")
        authors = dict(client.get(f"{LIST}new/").context["form"].fields["author"].choices)
        assert sorted(authors.values()) == sorted(["安可期", "苗谷雨", "麦知秋"])
        key = next(key for key, name in authors.items() if name == "苗谷雨")
        client.post(f"{LIST}new/", {"title": "路灯", "author": key})
        row = FormalSuggestion.objects.get()
        assert (row.representative.name, row.prepared_by) == ("苗谷雨", world.clerk)
        assert "clerk代拟" in html(client.get(page_of(row)))

    def test_whom_one_may_not_write_for_is_refused(self, world: World, signed_in: Any) -> None:
        key = f"{world.other_station.pk}-{person('顾长河').pk}"
        assert signed_in("clerk").post(f"{LIST}new/", {"title": "路灯", "author": key}).status_code == 422
        assert not FormalSuggestion.objects.exists()

    @pytest.mark.parametrize("who", ["handler", "county_staff", "grid", "leader", "town_staff"])
    def test_others_begin_none(self, signed_in: Any, who: str) -> None:
        assert signed_in(who).get(f"{LIST}new/").status_code == 403

    def test_a_station_without_representatives_is_told_what_to_do(self, world: World, signed_in: Any) -> None:
        world.other_station.services.all().delete()
        assert "没有登记进站代表" in html(signed_in("other_clerk").get(f"{LIST}new/"))
        assert signed_in("other_clerk").post(f"{LIST}new/", {"title": "x", "author": ""}).status_code == 422

    def test_the_words_change_and_a_wrong_form_keeps_them(self, world: World, signed_in: Any) -> None:
        row = make(world)
        client = signed_in("rep")
        refused = client.post(f"{page_of(row)}write/", TEXTS | {"title": "", "why": "改过的案由"})
        assert refused.status_code == 422
        assert "改过的案由" in html(refused)
        client.post(f"{page_of(row)}write/", TEXTS | {"why": "改过的案由"})
        row.refresh_from_db()
        assert row.why == "改过的案由"

    def test_after_it_was_handed_in_the_page_leads_back(self, world: World, signed_in: Any) -> None:
        row = make(world, State.SUBMITTED)
        for part in ("write", "gather"):
            assert signed_in("rep").get(f"{page_of(row)}{part}/")["Location"] == page_of(row)
        assert signed_in("county_staff").get(f"{page_of(row)}write/").status_code == 403

    def test_the_search_finds_what_may_be_added_and_nothing_else(self, world: World, signed_in: Any) -> None:
        row = make(world)
        wanted, gone = world.submit(phone="", body="西街路灯也坏了"), world.opinion("WITHDRAWN")
        answer = signed_in("rep").get(f"{page_of(row)}gather/?q=路灯")
        found = [item["opinion"].pk for item in answer.context["offered"]]
        assert found == [wanted.pk]
        assert gone.pk not in found
        signed_in("rep").post(f"{page_of(row)}gather/", {"matters": [wanted.pk]})
        assert row.matters.count() == 4

    @pytest.mark.parametrize("ticked", [[], ["abc"], ["999999999"]])
    def test_nothing_usable_ticked_is_said(self, world: World, signed_in: Any, ticked: list[str]) -> None:
        row = make(world)
        answer = signed_in("rep").post(f"{page_of(row)}gather/", {"matters": ticked})
        assert answer.status_code == 422
        assert row.matters.count() == 3


class TestBesideTheMatter:
    @pytest.mark.parametrize(
        ("who", "shown"), [("rep", True), ("clerk", True), ("county_staff", False), ("grid", False)]
    )
    def test_the_way_in_stands_on_the_matters_page(self, world: World, signed_in: Any, who: str, shown: bool) -> None:
        matter = world.submit()
        answer = signed_in(who).get(f"/desk/opinions/{matter.pk}/")
        assert ("写进代表建议" in html(answer)) is shown

    def test_the_matter_names_the_papers_it_stands_behind(self, world: World, signed_in: Any) -> None:
        row = make(world, State.SUBMITTED)
        matter = row.matters.values_list("opinion_id", flat=True)[0]
        assert page_of(row) in html(signed_in("clerk").get(f"/desk/opinions/{matter}/"))

    def test_the_representatives_home_shows_what_waits_for_him_first(self, world: World, signed_in: Any) -> None:
        make(world, title="草稿一份")
        make(world, State.REPLIED, title="等我看的")
        rows = signed_in("rep").get("/desk/").context["suggestions"]
        assert [(item["row"].title, item["waits"]) for item in rows] == [("等我看的", True), ("草稿一份", False)]
        assert "起草一份" in html(signed_in("rep").get("/desk/"))
