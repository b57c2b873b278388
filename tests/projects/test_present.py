"""How an idea is put into words: marks, places, keepers, voices; and that every state has its mark."""

import pytest

from core.templatetags.look import glyph
from projects.models import Campaign, IdeaLine, IdeaPhoto, ProjectIdea
from projects.present import MARKS, Stop, keeper_of, mark_of, place_of, road_of, support_words
from projects.states import ROAD, Source, State
from tests.projects.conftest import TITLE, Hall


def test_each_state_has_a_mark_of_its_own() -> None:
    assert set(MARKS) == set(State)
    shapes = [shape for _, shape in MARKS.values()]
    assert len(set(shapes)) == len(shapes)
    for shape in shapes:
        assert f"#g-{shape}" in glyph(shape)


@pytest.mark.parametrize("state", list(State))
def test_a_mark_carries_the_states_word(hall: Hall, state: str) -> None:
    assert mark_of(hall.idea(state)).label == State(state).label


@pytest.mark.parametrize(
    ("seconds", "gathered", "words"),
    [
        (0, 0, "还没有人附议"),
        (3, 0, "3 人附议"),
        (0, 2, "3 人提过"),
        (5, 1, "2 人提过，5 人附议"),
    ],
)
def test_voices_are_counted_in_words(seconds: int, gathered: int, words: str) -> None:
    assert support_words(ProjectIdea(seconds=seconds), gathered) == words


def test_a_place_is_a_village_a_town_or_the_whole_county(hall: Hall) -> None:
    world = hall.world
    assert place_of(hall.propose(region=world.village)) == "东街社区"
    assert place_of(hall.propose(region=world.town)) == "洺南街道"
    assert place_of(hall.propose(region=world.county)) == "全县"


def test_a_keeper_is_the_station_or_the_county(hall: Hall) -> None:
    assert keeper_of(hall.propose()) == "洺南街道融合站点"
    assert keeper_of(hall.propose(region=hall.world.county)) == "县人大代表工委"


def test_colleagues_call_it_by_its_public_title_once_there_is_one(hall: Hall) -> None:
    idea = hall.propose()
    assert idea.named == idea.heading
    assert hall.pool(idea).named == TITLE


def test_the_road_ends_in_the_box_where_everybody_judges() -> None:
    road = road_of(ProjectIdea(state=State.IDEA))
    assert [stop.word for stop in road] == [word for word, _ in ROAD]
    assert road[-1] == Stop("评议", "off", "box")
    assert sum(stop.tone == "now" for stop in road) == 1


def test_what_stands_in_a_log_line_names_nobody(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    said = (
        f"{idea}{idea!r}{idea.history.first()}{hall.campaign}{IdeaPhoto(idea=idea)}{IdeaLine(idea=idea, verb='pool')}"
    )
    assert "田大山" not in said
    assert idea.receipt in str(idea)
    assert str(Campaign.objects.get()) == "2027 年民生实事大家谈"


def test_what_the_list_brought_begins_on_the_list() -> None:
    row = ProjectIdea(state=State.BUILDING, source=Source.LIST)
    assert [(stop.word, stop.tone) for stop in road_of(row)] == [
        ("列入年度", "on"), ("实施", "now"), ("完工", "off"), ("评议", "off"),
    ]  # fmt: skip
    assert [stop.word for stop in road_of(ProjectIdea(state=State.SHELVED, source=Source.LIST))] == ["暂缓"]
    again = road_of(ProjectIdea(state=State.POOLED, source=Source.LIST))
    assert (again[0].word, len(again)) == ("征集", 8)
