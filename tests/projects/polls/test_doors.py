"""What is said of each door of a closed poll, and never so that one door is read from the other."""

import pytest

from projects.polls.present import shown
from tests.projects.polls.conftest import Booth


def _said(booth: Booth, slips: tuple[int, int], devices: tuple[int, int]) -> list[str]:
    poll = booth.open()
    for (good, bad), by_slip in ((slips, True), (devices, False)):
        booth.speak(poll, good, 0, bad, by_slip=by_slip)
    return shown(booth.close(poll), poll.closes_on).doors


@pytest.mark.parametrize(("slips", "devices"), [((11, 0), (0, 1)), ((0, 2), (11, 0)), ((1, 0), (1, 10))])
def test_two_people_at_one_door_are_not_read_from_the_whole(
    booth: Booth, slips: tuple[int, int], devices: tuple[int, int]
) -> None:
    said = _said(booth, slips, devices)
    assert said == [f"凭纸条来评的 {sum(slips)} 人。", f"用手机来评的 {sum(devices)} 人。"]


def test_many_at_both_are_told_apart(booth: Booth) -> None:
    said = _said(booth, (7, 1), (2, 1))
    assert said == ["凭纸条来评的 8 人，满意和基本满意的 7 人。", "用手机来评的 3 人，满意和基本满意的 2 人。"]


def test_where_all_came_by_one_door_it_is_the_whole(booth: Booth) -> None:
    assert _said(booth, (10, 1), (0, 0)) == ["凭纸条来评的 11 人，满意和基本满意的 10 人。"]
