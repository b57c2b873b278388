"""What is offered as the same thing: pairs of characters in common, and only what the reader may see."""

import pytest

from opinions.models import Opinion
from projects import workflow
from projects.models import ProjectIdea
from projects.similar import published_like, visible_like
from projects.states import State
from tests.projects.conftest import MINUTE, Hall
from tests.world import START

SAME = "东街小学门口的人行道，学生上学放学用得上，盼着修。"
OTHER = "洺河边上建一个能遮雨的公交站台，老人等车不淋雨。"


def like(text: str) -> list[int]:
    return [row.pk for row in published_like(text, "411625")]


def test_the_same_wish_in_other_words_is_found(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    assert like(SAME) == [idea.pk]
    assert like(OTHER) == []


@pytest.mark.parametrize("text", ["", "路", "修路", "的的的的的的的的的的", "　　", "。。。。。。"])
def test_too_little_finds_nothing(hall: Hall, text: str) -> None:
    hall.idea(State.POOLED)
    assert like(text) == []


@pytest.mark.parametrize("state", [State.IDEA, State.SHELVED, State.MERGED, State.WITHDRAWN])
def test_only_what_can_be_seconded_is_offered_to_everybody(hall: Hall, state: str) -> None:
    hall.idea(state)
    assert like(SAME) == []


def test_what_was_pooled_and_shelved_since_is_not_offered(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    workflow.shelve(idea.pk, actor=hall.world.clerk, at=START + MINUTE, reason="等管网。")
    assert like(SAME) == []


def test_everybody_is_compared_with_the_public_words_alone(hall: Hall) -> None:
    hall.pool(hall.propose(body=OTHER), title="修一条路", summary="路修好了大家走。")
    assert like(OTHER) == []


def test_another_countys_ideas_are_not_offered(hall: Hall) -> None:
    hall.idea(State.POOLED)
    assert published_like(SAME, "411626") == []


def test_the_nearest_comes_first_and_only_four_come(hall: Hall) -> None:
    for number in range(6):
        hall.pool(hall.propose(), summary=f"东街小学门口修人行道，第 {number} 段，学生上学放学用得上。")
    found = published_like(SAME, "411625")
    assert len(found) == 4


def test_slips_of_the_pen_are_seen_through(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    assert like("东街小学门口修人行道 ，八百多个学生，用得上\u200b！") == [idea.pk]


def test_colleagues_are_offered_open_ideas_in_their_sight(hall: Hall) -> None:
    mine, near, far = hall.propose(), hall.propose(body=SAME), hall.propose(body=SAME, region=hall.world.other_town)
    hall.idea(State.WITHDRAWN)
    assert {row.pk for row in visible_like(hall.world.clerk, mine)} == {near.pk}
    assert {row.pk for row in visible_like(hall.world.county_staff, mine)} == {near.pk, far.pk}


def test_looking_costs_one_question(hall: Hall, django_assert_num_queries: object) -> None:
    for _ in range(5):
        hall.idea(State.POOLED)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert published_like(SAME, "411625")
    assert Opinion.objects.count() == 0
    assert ProjectIdea.objects.count() == 5
