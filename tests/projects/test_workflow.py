"""What each verb writes, tells and refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from core.uploads import CleanPhoto
from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from notices.models import Notice
from opinions.actors import RESIDENT
from projects import workflow
from projects.models import IdeaLine, ProjectIdea
from projects.states import Source, State
from stations.models import EntryCode, Region
from tests.projects.conftest import MINUTE, PHONE, PLAN, SUMMARY, TITLE, WORDS, Hall
from tests.world import START

LATER = START + timedelta(hours=1)


def last(idea: ProjectIdea) -> IdeaLine:
    return idea.history.order_by("-id")[0]


def kinds_told() -> set[tuple[str, str]]:
    return set(Notice.objects.values_list("kind", "channel"))


def test_an_idea_belongs_to_the_campaign_the_town_and_its_station(hall: Hall) -> None:
    idea = hall.propose()
    assert (idea.state, idea.year, idea.campaign, idea.station) == ("IDEA", 2027, hall.campaign, hall.world.station)
    assert len(idea.receipt) == 10
    assert idea.heading.startswith("东街小学门口")
    assert (idea.title, idea.summary, idea.pooled_at) == ("", "", None)
    assert last(idea).public_text == "您用手机提的，洺南街道融合站点收到"


def test_a_wish_for_the_whole_county_is_kept_by_the_county(hall: Hall) -> None:
    idea = hall.propose(region=hall.world.county)
    assert idea.station is None
    assert last(idea).public_text == "您用手机提的，县人大代表工委收到"
    told = Notice.objects.get(kind="idea_received")
    assert told.user == hall.world.county_staff


def test_a_code_gives_the_idea_to_its_station_only_where_the_place_is_in_reach(hall: Hall) -> None:
    code = EntryCode.objects.create(
        code="Q7K2M9", station=hall.world.station, kind="PROJECT", label="门口", created_at=START
    )
    assert hall.propose(region=hall.world.village, entry_code=code).station == hall.world.station
    assert hall.propose(region=hall.world.other_town, entry_code=code).station == hall.world.other_station


def test_the_station_and_the_proposer_are_told_and_nobody_is_named(hall: Hall) -> None:
    idea = hall.propose()
    assert kinds_told() == {("idea_received", "IN_SITE"), ("idea_kept", "SMS")}
    staff, mine = Notice.objects.get(kind="idea_received"), Notice.objects.get(kind="idea_kept")
    assert (staff.user, staff.subject) == (hall.world.clerk, f"idea:{idea.pk}")
    assert (mine.address, mine.context["path"]) == (PHONE, f"/projects/ideas/{idea.receipt}/")
    assert "田大山" not in f"{staff.context}{mine.context}"


def test_without_a_telephone_nobody_is_written_to(hall: Hall) -> None:
    hall.propose(phone="")
    assert kinds_told() == {("idea_received", "IN_SITE")}


@pytest.mark.parametrize("body", ["", "   ", "\u200b\u200b", "\n\n"])
def test_nothing_to_read_is_refused(hall: Hall, body: str) -> None:
    with pytest.raises(BadInput) as refused:
        hall.propose(body=body)
    assert refused.value.field == "body"


def test_what_is_too_long_is_refused_with_the_number(hall: Hall) -> None:
    with pytest.raises(BadInput, match="请删去 1 个字"):
        hall.propose(body="修" * 5001)
    with pytest.raises(BadInput, match="最多 200 个字"):
        hall.propose(location="东" * 201)


def test_too_many_photos_and_an_unknown_source_are_refused(hall: Hall) -> None:
    photo = CleanPhoto(b"jpeg", b"small", 4, 3, "0" * 64)
    with pytest.raises(BadInput, match="最多 6 张"):
        hall.propose(photos=[photo] * 7)
    with pytest.raises(BadInput, match="从哪里来"):
        hall.propose(source="DREAM")
    with pytest.raises(BadInput, match="那件意见"):
        hall.propose(source=Source.OPINION, actor=hall.world.clerk)
    assert ProjectIdea.objects.count() == 0


def test_the_same_key_and_words_are_one_idea_and_other_words_are_said_so(hall: Hall) -> None:
    key = uuid4()
    first = hall.propose(key=key)
    assert hall.propose(key=key) == first
    with pytest.raises(workflow.AlreadySent) as refused:
        hall.propose(key=key, body="另外修一座桥，过河的人都用得上。")
    assert refused.value.idea == first
    assert ProjectIdea.objects.count() == 1
    assert IdeaLine.objects.count() == 1


def test_after_the_last_day_a_resident_cannot_propose_and_what_was_sent_stays_sent(hall: Hall) -> None:
    night, morning = datetime(2026, 4, 30, 15, 59, tzinfo=UTC), datetime(2026, 4, 30, 16, 1, tzinfo=UTC)
    key = uuid4()
    sent = hall.propose(at=night, key=key)
    assert hall.propose(at=morning, key=key) == sent
    with pytest.raises(VerbError, match="已经结束了"):
        hall.propose(at=morning, key=uuid4())


def test_at_the_desk_an_idea_is_taken_all_year_and_counts_for_that_year(hall: Hall) -> None:
    at = datetime(2026, 8, 1, 4, tzinfo=UTC)
    idea = hall.propose(at=at, actor=hall.world.clerk, source=Source.PAPER)
    assert (idea.campaign, idea.year, idea.recorded_by) == (None, 2026, hall.world.clerk)
    assert last(idea).internal_text == "由clerk记下"


def test_who_wrote_it_down_is_not_told_that_it_came(hall: Hall) -> None:
    hall.propose(actor=hall.world.clerk, source=Source.PHONE, phone="")
    assert not Notice.objects.exists()


def test_a_representative_is_told_on_his_page(hall: Hall) -> None:
    idea = hall.propose(actor=hall.world.rep, source=Source.REPRESENTATIVE, phone="", name="")
    Notice.objects.all().delete()
    hall.pool(idea)
    told = Notice.objects.get(kind="idea_pooled")
    assert (told.user, told.channel) == (hall.world.rep, "IN_SITE")


def test_pooling_publishes_the_clean_words_and_keeps_the_others_inside(hall: Hall) -> None:
    idea = hall.pool(hall.propose())
    assert (idea.state, idea.title, idea.summary) == ("POOLED", TITLE, SUMMARY)
    assert idea.body == WORDS
    assert idea.pooled_at == START + MINUTE
    assert last(idea).public_text == f"进了项目储备库，公开的标题是“{TITLE}”，别人可以附议"
    assert ("idea_pooled", "SMS") in kinds_told()


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 41}, "title"),
        ({"summary": ""}, "summary"),
        ({"summary": "长" * 401}, "summary"),
        ({"category": None}, "category"),
    ],
)
def test_pooling_needs_public_words_and_a_category(hall: Hall, words: dict[str, Any], field: str) -> None:
    idea = hall.propose()
    with pytest.raises(BadInput) as refused:
        hall.pool(idea, **words)
    assert refused.value.field == field
    assert ProjectIdea.objects.get().state == State.IDEA


def test_mending_the_words_keeps_the_old_ones_in_the_history(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    Notice.objects.all().delete()
    workflow.reword(
        idea.pk, actor=hall.world.clerk, at=LATER, title="修人行道", summary="两米宽。", category=hall.world.category
    )
    line = last(idea)
    assert line.public_text == ""
    assert TITLE in line.internal_text
    assert SUMMARY in line.internal_text
    assert not Notice.objects.exists()


def test_shelving_tells_the_reason_to_all_who_wished_for_it(hall: Hall) -> None:
    idea, other = hall.idea(State.POOLED), hall.propose(phone="13900005678")
    workflow.merge(other.pk, actor=hall.world.clerk, at=LATER, lead_id=idea.pk)
    workflow.second(idea.pk, at=LATER, device="a", phone="13700000001")
    workflow.second(idea.pk, at=LATER, device="b")
    Notice.objects.all().delete()
    workflow.shelve(idea.pk, actor=hall.world.clerk, at=LATER, reason="地还没征下来。")
    told = {(row.kind, row.address) for row in Notice.objects.all()}
    assert told == {
        ("idea_shelved", PHONE), ("idea_shelved", "13900005678"), ("idea_seconder_shelved", "13700000001"),
    }  # fmt: skip
    assert last(idea).public_text == "暂缓：地还没征下来。"


def test_shelving_needs_a_reason(hall: Hall) -> None:
    with pytest.raises(BadInput, match="为什么暂缓"):
        workflow.shelve(hall.propose().pk, actor=hall.world.clerk, at=LATER, reason="  ")


def test_what_was_shelved_may_come_back_and_its_seconders_hear_of_it(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    workflow.second(idea.pk, at=LATER, device="a", phone="13700000001")
    workflow.shelve(idea.pk, actor=hall.world.clerk, at=LATER, reason="地还没征下来。")
    Notice.objects.all().delete()
    back = hall.pool(idea, at=LATER + MINUTE)
    assert (back.state, back.shelved_reason, back.pooled_at) == ("POOLED", "", START + MINUTE)
    assert {row.kind for row in Notice.objects.all()} == {"idea_pooled", "idea_seconder_pooled"}


def test_an_idea_that_was_never_public_tells_no_seconder(hall: Hall) -> None:
    workflow.shelve(hall.propose().pk, actor=hall.world.clerk, at=LATER, reason="不在县里的职责里。")
    assert {row.kind for row in Notice.objects.all()} == {"idea_received", "idea_kept", "idea_shelved"}


def test_withdrawing_tells_the_station(hall: Hall) -> None:
    idea = hall.propose()
    workflow.withdraw(idea.pk, actor=RESIDENT, at=LATER)
    assert Notice.objects.get(kind="idea_withdrawn").user == hall.world.clerk
    with pytest.raises(WrongState):
        workflow.withdraw(idea.pk, actor=RESIDENT, at=LATER)


def test_looking_at_the_telephone_is_written_down_for_both(hall: Hall) -> None:
    idea = hall.propose()
    workflow.reveal(idea.pk, actor=hall.world.clerk, at=LATER, reason="回电问地点")
    line = last(idea)
    assert (line.public_text, line.internal_text) == ("clerk看过您的联系方式", "回电问地点")
    with pytest.raises(BadInput):
        workflow.reveal(idea.pk, actor=hall.world.clerk, at=LATER, reason=" ")


def test_history_cannot_be_rewritten(hall: Hall) -> None:
    idea = hall.propose()
    for statement in ("UPDATE projects_idealine SET public_text = ''", "DELETE FROM projects_idealine"):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert idea.history.count() == 1


def test_time_never_runs_backwards_in_the_history(hall: Hall) -> None:
    idea = hall.propose(at=LATER)
    hall.pool(idea, at=START)
    assert [row.at for row in idea.history.order_by("id")] == [LATER, LATER]


def test_an_idea_from_a_matter_is_told_to_whoever_raised_the_matter(hall: Hall) -> None:
    opinion = hall.world.opinion()
    idea = hall.propose(
        actor=hall.world.clerk, source=Source.OPINION, opinion=opinion, region=opinion.region, phone="", name=""
    )
    assert idea.station == opinion.station
    assert (idea.phone, idea.name) == ("", "")
    told = Notice.objects.get(kind="idea_kept")
    assert told.address == opinion.phone
    assert last(idea).public_text.startswith("您反映的事适合做成民生实事项目")


def test_a_village_without_a_station_of_its_own_is_the_towns(hall: Hall) -> None:
    village = Region.objects.create(code="411625101002", name="大王庄", short_name="大王庄", level="village")
    assert hall.propose(region=village).station == hall.world.other_station


def test_a_campaign_is_opened_once_a_year_by_the_county(hall: Hall) -> None:
    county, actor = hall.world.county, hall.world.county_staff
    with pytest.raises(BadInput, match="已经有了"):
        workflow.open_campaign(region=county, actor=actor, at=LATER, plan=PLAN)
    for other in (hall.world.clerk, hall.world.town_staff, hall.world.leader, hall.world.rep):
        with pytest.raises(NotAllowed):
            workflow.change_campaign(hall.campaign.pk, actor=other, at=LATER, plan=PLAN)
