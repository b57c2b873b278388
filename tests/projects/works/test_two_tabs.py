"""A project open in two tabs: the page that is behind undoes nothing, and what is wrong is said in plain words."""

from datetime import date

import pytest

from core.workflow import BadInput
from projects.works.models import Inspection, Milestone, Work, WorkChange
from tests.projects.works.conftest import Site
from tests.projects.works.test_pages import at, planned, reported, signed_in


@pytest.fixture
def work(site: Site) -> Work:
    """A project that was begun."""
    return site.begun()


def percents(work: Work) -> list[int]:
    return list(Milestone.objects.filter(work=work).values_list("percent", flat=True))


def test_a_report_from_a_page_that_is_behind_moves_only_what_was_changed(site: Site, work: Work) -> None:
    first, second, *rest = work.milestones.values_list("pk", flat=True)
    client, page = signed_in(site, "handler"), {f"initial-step_{pk}": 0 for pk in (first, second, *rest)}
    assert f'name="initial-step_{first}" value="0"' in client.get(at(work)).content.decode()
    shown = {f"step_{pk}": 0 for pk in (first, second, *rest)}
    for changed, words in ((first, "挖好了。"), (second, "铺了一半。")):
        data = reported(work, words=words) | shown | page | {f"step_{changed}": 50}
        assert client.post(at(work, "report/"), data).status_code == 302
    assert percents(work)[:2] == [50, 50]


def test_a_percent_too_high_is_said_plainly_and_the_page_keeps_what_it_showed(site: Site, work: Work) -> None:
    step = work.milestones.first()
    assert step is not None
    data = reported(work) | {f"step_{step.pk}": 101, f"initial-step_{step.pk}": 7}
    page = signed_in(site, "handler").post(at(work, "report/"), data).content.decode()
    assert "这里最大填 100。" in page
    assert f'name="initial-step_{step.pk}" value="7"' in page


def test_a_plan_changed_meanwhile_is_not_changed_back(site: Site, work: Work) -> None:
    client = signed_in(site, "county_staff")
    page = client.get(at(work, "plan/"))
    seen = page.context["form"]["seen"].value()
    assert client.post(at(work, "plan/"), planned(work, unit=work.unit_id, funds="99", seen=seen)).status_code == 302
    work.refresh_from_db()
    before = WorkChange.objects.count()
    late = client.post(at(work, "plan/"), planned(work, unit=work.unit_id, place="西门", seen=seen))
    assert late.status_code == 409
    assert "刚刚有人改过这个计划" in late.content.decode()
    work.refresh_from_db()
    assert (work.funds, work.place == "西门", WorkChange.objects.count()) == (99, False, before)
    fresh = client.get(at(work, "plan/")).context["form"]["seen"].value()
    assert client.post(at(work, "plan/"), planned(work, unit=work.unit_id, place="西门", seen=fresh)).status_code == 302


def test_an_inspection_in_the_year_26_is_refused(site: Site, work: Work) -> None:
    with pytest.raises(BadInput) as refused:
        site.inspect(work, day=date(26, 4, 2))
    assert refused.value.field == "day"
    assert not Inspection.objects.exists()


@pytest.mark.parametrize(
    ("funds", "said"), [("123456789012", "最多写 9 位数"), ("1.234", "最多写 2 位"), ("一百", "请填一个数")]
)
def test_an_amount_is_refused_in_plain_words(site: Site, work: Work, funds: str, said: str) -> None:
    page = signed_in(site, "county_staff").post(at(work, "plan/"), planned(work, unit=work.unit_id, funds=funds))
    assert page.status_code == 422
    assert said in page.content.decode()
