"""Who is told of what: colleagues in the portal, the resident once, and the sentence on his own page."""

from datetime import timedelta

import pytest
from django.test import Client

from notices.models import Notice
from opinions.models import Opinion
from opinions.suggestions import notify, workflow
from opinions.suggestions.states import State
from tests.opinions.suggestions.world import MINUTE, make, person
from tests.world import START, World

pytestmark = pytest.mark.django_db
LATER = START + timedelta(hours=2)


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


@pytest.mark.parametrize(
    ("state", "kind", "who"),
    [
        (State.SUBMITTED, "suggestion_submitted", ["county_staff"]),
        (State.RETURNED, "suggestion_returned", ["rep"]),
        (State.ACCEPTED, "suggestion_accepted", ["rep"]),
        (State.ASSIGNED, "suggestion_assigned", ["co_handler", "handler"]),
        (State.REPLIED, "suggestion_replied", ["county_staff", "rep"]),
        (State.CLOSED, "suggestion_closed", ["co_handler", "county_staff", "handler"]),
    ],
)
def test_each_step_reaches_whom_it_concerns(world: World, state: str, kind: str, who: list[str]) -> None:
    make(world, state)
    assert told(kind) == who


def test_who_did_it_gets_no_message_about_it(world: World) -> None:
    make(world, State.WITHDRAWN)
    assert told("suggestion_withdrawn") == []


def test_whoever_wrote_it_for_him_is_told_with_him(world: World) -> None:
    row = workflow.draft(
        actor=world.clerk, at=START, station=world.station, representative=person("麦知秋"), title="路灯",
        why="a", analysis="b", proposal="c", opinion_ids=[world.submit().pk],
    )  # fmt: skip
    workflow.submit(row.pk, actor=world.clerk, at=LATER, how="当面")
    workflow.send_back(row.pk, actor=world.county_staff, at=LATER, reason="写清楚")
    assert told("suggestion_returned") == ["clerk", "rep"]


def test_a_colleague_asked_to_sign_is_told_and_one_without_account_is_passed_over(world: World) -> None:
    row = make(world)
    for name in ("安可期", "苗谷雨"):
        workflow.invite(row.pk, actor=world.rep, at=LATER, representative=person(name))
    assert told("suggestion_cosign_asked") == ["mate"]


def test_more_time_is_asked_of_the_county_and_answered_to_the_units(world: World) -> None:
    row = make(world, State.ASSIGNED)
    workflow.request_extension(row.pk, actor=world.handler, at=LATER, months=1, reason="等")
    workflow.grant_extension(row.pk, actor=world.county_staff, at=LATER + MINUTE)
    assert told("suggestion_extension_asked") == ["county_staff"]
    assert told("suggestion_extension_decided") == ["co_handler", "handler", "rep"]


def test_every_notice_leads_to_the_paper_and_names_no_person(world: World) -> None:
    row = make(world, State.CLOSED)
    rows = Notice.objects.filter(kind__startswith="suggestion_")
    assert {notice.subject for notice in rows} == {f"suggestion:{row.pk}"}
    assert all("田大山" not in str(notice.context) and "1380000" not in str(notice.context) for notice in rows)


def test_every_kind_is_used(world: World) -> None:
    from pathlib import Path  # noqa: PLC0415

    source = " ".join(path.read_text() for path in Path("opinions/suggestions").rglob("*.py"))
    for kind in notify.KINDS:
        assert source.count(f'"{kind}"') >= 2, f"{kind} is registered and never sent"


class TestResident:
    def messages(self) -> list[str]:
        return list(Notice.objects.filter(kind="resident_suggested", channel="SMS").values_list("address", flat=True))

    def test_he_is_told_once_when_it_is_answered(self, world: World) -> None:
        row = make(world, State.ASSIGNED)
        assert not Notice.objects.filter(kind="resident_suggested").exists()
        workflow.reply(row.pk, actor=world.handler, at=LATER, body="好了", outcome="A")
        first = Notice.objects.filter(kind="resident_suggested").count()
        assert first == 3
        workflow.judge(row.pk, actor=world.rep, at=LATER, satisfaction="DISSATISFIED", comment="没修")
        workflow.reply(row.pk, actor=world.handler, at=LATER + MINUTE, body="又修了", outcome="A")
        assert Notice.objects.filter(kind="resident_suggested").count() == first, "never ten messages"

    def test_one_telephone_with_three_matters_gets_one_message(self, world: World) -> None:
        row = make(world)
        for _ in range(3):
            matter = world.submit(phone="13911112222")
            workflow.gather(row.pk, actor=world.rep, at=LATER, opinion_ids=[matter.pk])
        workflow.submit(row.pk, actor=world.rep, at=LATER)
        workflow.accept(row.pk, actor=world.county_staff, at=LATER)
        workflow.assign(row.pk, actor=world.county_staff, at=LATER, lead=world.unit)
        workflow.reply(row.pk, actor=world.handler, at=LATER, body="好了", outcome="A")
        assert Notice.objects.filter(kind="resident_suggested").count() == 4

    def test_who_left_no_telephone_reads_it_on_his_page(self, world: World, client: Client) -> None:
        row = make(world)
        silent = world.submit(phone="")
        workflow.gather(row.pk, actor=world.rep, at=LATER, opinion_ids=[silent.pk])
        workflow.submit(row.pk, actor=world.rep, at=LATER)
        shown = client.get(f"/t/{silent.receipt}/").content.decode()
        assert f"您反映的事写进了代表建议“{row.title}”：县人大和代表正在看。" in shown

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            (State.RETURNED, "县人大和代表正在看"), (State.ACCEPTED, "县人大立案了"), (State.ASSIGNED, "单位正在办"),
            (State.REPLIED, "代表正在看"), (State.CLOSED, "办结了"),
        ],
    )  # fmt: skip
    def test_his_page_says_how_it_stands(self, world: World, client: Client, state: str, words: str) -> None:
        row = make(world, state)
        matter = Opinion.objects.filter(suggested_in__suggestion=row).earliest("pk")
        assert words in client.get(f"/t/{matter.receipt}/").content.decode()

    @pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN])
    def test_a_draft_is_not_his_business_yet(self, world: World, client: Client, state: str) -> None:
        matter = Opinion.objects.filter(suggested_in__suggestion=make(world, state)).earliest("pk")
        assert "代表建议" not in client.get(f"/t/{matter.receipt}/").content.decode()

    def test_a_page_he_has_already_is_told_apart(self, world: World, client: Client) -> None:
        row = make(world, State.SUBMITTED)
        matter = Opinion.objects.filter(suggested_in__suggestion=row).earliest("pk")
        client.get(f"/t/{matter.receipt}/")  # the first answer brings a cookie
        first = client.get(f"/t/{matter.receipt}/")
        assert client.get(f"/t/{matter.receipt}/", headers={"if-none-match": first["ETag"]}).status_code == 304
        workflow.accept(row.pk, actor=world.county_staff, at=LATER)
        again = client.get(f"/t/{matter.receipt}/", headers={"if-none-match": first["ETag"]})
        assert again.status_code == 200
        assert "县人大立案了" in again.content.decode()

    def test_other_matters_cost_nothing_more(self, world: World, client: Client) -> None:
        assert "代表建议" not in client.get(f"/t/{world.submit().receipt}/").content.decode()
