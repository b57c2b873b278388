"""The year's list: what stands on it, in which order, counted by step and light, what is next, and what it costs."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.board.year import STAGES, URGENCY, is_for, the_year, year_asked
from projects.models import Poll, PollVoice, ProjectIdea
from projects.polls.models import Verdict
from projects.states import ON_THE_LIST, PUBLISHED, State
from projects.works.measure import Light
from projects.works.models import WorkPhoto
from tests.projects.board.conftest import Reader
from tests.projects.works.heap import DAY, LATE, LATER, OLD, SOON, TODAY, build, poll, wish
from tests.world import World


def lines(**asked: Any) -> list[Any]:
    year = the_year(TODAY, **asked)
    return list(year.lines) if year else []


def test_every_state_of_the_list_has_one_step_and_one_place_in_the_order() -> None:
    stepped = [state for _, states in STAGES.values() for state in states]
    assert sorted(stepped) == sorted(ON_THE_LIST) == sorted(URGENCY)
    assert set(PUBLISHED) - set(ON_THE_LIST) == {State.POOLED, State.SCREENED, State.LISTED, State.SHELVED}


def test_without_a_list_there_is_none(world: World) -> None:
    wish(world, State.POOLED)
    assert the_year(TODAY) is None


@pytest.mark.parametrize("state", [state for state in State if state != State.MERGED])
def test_only_what_is_on_the_list_and_published_stands_there(world: World, state: str) -> None:
    here, other = build(world), build(world, state)
    expected = {here.pk} | ({other.pk} if state in ON_THE_LIST else set())
    assert {line.idea.pk for line in lines()} == expected


def test_each_number_is_the_number_of_rows_behind_it(world: World) -> None:
    for state in (*ON_THE_LIST, State.BUILDING, State.BUILDING, State.EVALUATED):
        build(world, state)
    build(world, due=LATE)
    build(world, due=SOON)
    year = the_year(TODAY)
    assert year is not None
    assert {step.key: step.count for step in year.steps} == {
        "": 11, "adopted": 2, "building": 5, "completed": 2, "evaluated": 2
    }  # fmt: skip
    for step in year.steps:
        chosen = the_year(TODAY, stage=step.key)
        assert chosen is not None
        assert len(chosen.lines) == step.count
        assert sum(count for _, count in chosen.lights) == step.count
        assert [one.is_chosen for one in chosen.steps] == [one.key == step.key for one in chosen.steps]
    assert {mark[2]: count for mark, count in year.lights} == {"拖期": 1, "快到期": 1, "按时": 5, "完成": 4}
    assert len(lines(stage="nonsense")) == year.count == 11


def test_what_still_has_to_be_done_comes_first_and_of_that_what_is_late(world: World) -> None:
    for state in reversed(URGENCY):
        build(world, state)
    late, soon = build(world, due=LATE), build(world, due=SOON)
    states = [line.idea.state for line in lines()]
    assert states == [State.RECTIFYING, *[State.BUILDING] * 3, *URGENCY[2:]]
    assert [line.idea.pk for line in lines()][1:3] == [late.pk, soon.pk]


def test_a_town_has_its_own_before_the_countys_and_nobody_elses(world: World) -> None:
    county = build(world, State.RECTIFYING, region=world.county)
    village, other = build(world, region=world.village), build(world, region=world.other_town)
    assert [line.idea.pk for line in lines(town="411625001")] == [village.pk, county.pk]
    assert [line.idea.pk for line in lines(town="411625101")] == [other.pk, county.pk]
    assert len(lines()) == 3


@given(st.sampled_from(["", "411625001", "411625101"]), st.sampled_from(["411625", "411625001", "411625001005"]))
def test_a_place_is_a_towns_when_it_lies_there_or_holds_everybody(town: str, region: str) -> None:
    assert is_for(ProjectIdea(region_id=region), town) == (region == "411625" or region.startswith(town))


@pytest.mark.parametrize(
    ("typed", "year"),
    [("2025", 2025), ("2027", 2027), ("", 2026), ("2024", 2026), ("२०२५", 2026), ("2025'", 2026), ("-1", 2026)],
)
def test_the_year_that_runs_is_shown_unless_another_is_asked(typed: str, year: int) -> None:
    assert year_asked(typed, [2027, 2026, 2025], TODAY) == year


def test_before_its_first_year_a_county_shows_the_next(world: World) -> None:
    assert year_asked("", [2029, 2028], TODAY) == 2028
    old, new = build(world, year=2025), build(world)
    assert [line.idea.pk for line in lines()] == [new.pk]
    assert [line.idea.pk for line in lines(year="2025")] == [old.pk]
    year = the_year(TODAY)
    assert year is not None
    assert (year.number, list(year.years)) == (2026, [2026, 2025])


def test_a_row_says_how_far_in_which_light_and_what_is_next(world: World) -> None:
    build(world, due=LATE)
    (line,) = lines()
    assert (line.summary.percent, line.summary.light, line.place) == (70, Light.LATE, "洺南街道")
    assert line.next_words == "下一步：第 2 段，6 月 28 日"


def test_a_day_that_was_moved_does_not_hide_the_first(world: World) -> None:
    work = build(world)
    work.milestones.filter(position=2).update(first_due_on=date(2026, 6, 1))
    (line,) = lines()
    assert line.summary.light == Light.LATE
    assert line.next_words.endswith("（原定 6 月 1 日）")


def test_what_has_not_begun_says_when_it_will_and_whether_it_should_have(world: World) -> None:
    build(world, State.ADOPTED, plan={"begun_on": None, "starts_on": LATER})
    assert lines()[0].next_words == "计划 8 月 30 日开工"
    ProjectIdea.objects.get().work.__class__.objects.update(starts_on=TODAY - DAY)
    assert lines()[0].next_words == "计划 6 月 30 日开工，还没有开"


def test_what_is_finished_says_when_and_what_waits_for_the_last_look_says_so(world: World) -> None:
    build(world, State.COMPLETED)
    assert lines()[0].next_words == "6 月 30 日完工"
    work = build(world)
    work.milestones.update(percent=100, done_on=OLD)
    assert next(line.next_words for line in lines() if line.idea.pk == work.pk) == "节点都做完了，等着验收"


def test_what_people_said_stands_beside_it_and_a_running_poll_tells_nothing(world: World) -> None:
    judged = poll(world, build(world, State.EVALUATED), Verdict.GOOD)
    running = poll(world, build(world, State.COMPLETED))
    few = poll(world, build(world, State.COMPLETED), Verdict.FEW)
    mending = build(world, State.RECTIFYING)
    poll(world, mending, Verdict.FEW)
    newest = poll(world, mending, Verdict.BAD, number=2)
    for said in (judged, running):
        for overall in ("GOOD", "GOOD", "FAIR", "BAD"):
            PollVoice.objects.create(poll=said, door="DEVICE", overall=overall)
        PollVoice.objects.create(poll=said, door="REP", overall="BAD")  # stands apart from the people's
    briefs = {line.idea.pk: line.brief for line in lines()}
    assert briefs[judged.idea_id].words == "4 人来评，75% 满意或基本满意"
    assert (briefs[running.idea_id].mark[2], briefs[running.idea_id].words) == ("正在评", "请您也来评")
    assert (briefs[few.idea_id].mark[2], briefs[few.idea_id].words) == ("不作数", "来评的有 0 人，太少")
    assert briefs[newest.idea_id].mark[2] == "正在整改"
    assert Poll.objects.count() == 5


def test_one_and_thirty_rows_cost_the_same(world: World, django_assert_num_queries: Any) -> None:
    build(world)
    with django_assert_num_queries(5):  # years, rows, milestones, photos, polls
        the_year(TODAY)
    for _ in range(29):
        poll(world, build(world), Verdict.GOOD)
    with django_assert_num_queries(5):
        year = the_year(TODAY)
    with django_assert_num_queries(4):
        the_year(TODAY, is_short=True)
    assert year is not None
    assert (year.count, len(year.first), len(year.rest)) == (30, 12, 18)


def test_thirty_rows_still_fit_a_telephone(world: World, reader: Reader) -> None:
    for _ in range(30):
        build(world, due=LATE)
    page = reader.page()
    assert len(page.encode()) < 60_000
    assert page.count('<ul class="built">') == 2
    assert "还有 <span" in page
    assert WorkPhoto.objects.count() == 0
