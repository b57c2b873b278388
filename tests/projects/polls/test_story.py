"""The whole way of a project, for everybody: in order, in plain sentences, with nobody in it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects import workflow as ideas
from projects.models import IdeaLine
from projects.polls import workflow
from projects.polls.story import AGAIN, ARRIVED, story_of
from projects.states import ROAD, TABLE, Source, State
from tests.projects.conftest import PHONE, Hall
from tests.projects.polls.conftest import OPENED, Booth
from tests.world import START


def words(booth: Booth, gathered: int = 0) -> list[str]:
    booth.idea.refresh_from_db()
    return [chapter.words for chapter in story_of(booth.idea, gathered)]


def test_from_the_first_idea_to_the_verdict_with_a_second_time(booth: Booth) -> None:
    first = booth.came_to(1, 0, 9)
    later = OPENED + timedelta(days=10)
    workflow.report_rectified(first.pk, actor=booth.clerk, at=later, words="坑填平了。")
    second = booth.open(at=later + timedelta(days=1))
    booth.speak(second, good=10)
    booth.close(second)
    assert words(booth) == [
        "有群众提出来", "收进项目储备库", "请大家来评", "大家评过，还不够满意，要整改", "整改好了", "请大家来评",
        "大家评过，达到了",
    ]  # fmt: skip
    days = [chapter.day for chapter in story_of(booth.idea, 0)]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (date(2026, 3, 25), date(2026, 4, 13))


@pytest.mark.parametrize(
    ("source", "gathered", "seconds", "began"),
    [
        (Source.RESIDENT, 0, 0, "有群众提出来"),
        (Source.PAPER, 2, 0, "有群众提出来，后来又有 2 人提了同样的"),
        (Source.REPRESENTATIVE, 0, 31, "人大代表提出来，31 人附议"),
        (Source.OPINION, 1, 5, "群众反映一件事，站点看着适合做成项目，后来又有 1 人提了同样的，5 人附议"),
    ],
)
def test_how_it_began(booth: Booth, source: str, gathered: int, seconds: int, began: str) -> None:
    booth.idea.source, booth.idea.seconds = source, seconds
    assert story_of(booth.idea, gathered)[0].words == began


def test_every_state_of_the_road_has_its_sentence() -> None:
    told = set(ARRIVED) | {State.IDEA}
    assert {state for _, states in ROAD for state in states} <= told
    assert {(source, target) for _, source, target in TABLE.pairs()} >= set(AGAIN)


def test_what_was_shelved_and_taken_up_again_is_told(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    ideas.shelve(idea.pk, actor=hall.world.clerk, at=START + timedelta(hours=1), reason="要等清淤。")
    hall.pool(idea, at=START + timedelta(hours=2))
    assert words(Booth(hall, idea))[1:] == ["收进项目储备库", "暂缓", "又收进项目储备库"]


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20))
def test_nothing_that_a_person_wrote_is_in_it(hall: Hall, text: str) -> None:
    idea = hall.idea(State.COMPLETED)
    plain = [chapter.words for chapter in story_of(idea, 0)]
    IdeaLine.objects.create(
        idea=idea, at=idea.changed_at, actor=None, actor_label=text, verb="reword", from_state="COMPLETED",
        to_state="COMPLETED", public_text=text, internal_text=text,
    )  # fmt: skip
    assert [chapter.words for chapter in story_of(idea, 0)] == plain


def test_the_public_page_tells_it_once_it_is_on_the_list(booth: Booth, client: Client) -> None:
    booth.came_to(10)
    page = client.get(f"/projects/{booth.idea.pk}/").content.decode()
    story = page.partition("从头到现在")[2].partition("</section>")[0]
    for sentence in ("有群众提出来", "收进项目储备库", "请大家来评", "大家评过，达到了", "4 月 2 日"):
        assert sentence in story
    assert PHONE not in page
    assert "田大山" not in page
    early = booth.hall.idea(State.POOLED)
    assert "从头到现在" not in client.get(f"/projects/{early.pk}/").content.decode()
