"""What the register of a year writes as a spreadsheet comes back in as the same projects, and once."""

import pytest
from django.test import Client

from projects.models import ProjectIdea
from projects.works.models import Work
from projects.yearly import importing
from tests.projects.works.conftest import Site
from tests.projects.yearly.conftest import ROAD, WATER, Office

FIELDS = (
    "idea__title", "idea__summary", "idea__region_id", "unit__code", "leader_post", "scope", "funds", "funds_source",
    "beneficiaries", "place", "starts_on", "ends_on",
)  # fmt: skip


def exported(office: Office) -> bytes:
    client = Client()
    client.force_login(office.staff)
    return bytes(client.post("/desk/projects/works/excel/").content)


def plans(year: int) -> list[tuple[object, ...]]:
    return list(Work.objects.filter(idea__year=year).order_by("idea__title").values_list(*FIELDS))


@pytest.fixture
def listed(office: Office) -> Office:
    """A year with a project that came by the long road and two that came by a list."""
    Site(office.hall).begun()
    ProjectIdea.objects.update(year=2026)
    other = [3, "+广场整修", ROAD[2], "", "", *ROAD[5:8], "", "", *ROAD[10:]]
    office.run(office.upload(ROAD, WATER, other))
    assert Work.objects.count() == 3
    return office


def test_the_same_year_knows_every_row(listed: Office) -> None:
    sheet = listed.bring(exported(listed))
    assert {line.verdict for line in importing.lines_of(sheet)} == {"ALREADY"}
    assert listed.run(sheet) == {"done": 0, "already": 3, "bad": []}


def test_another_year_makes_them_anew_with_the_same_plans(listed: Office) -> None:
    sheet = listed.bring(exported(listed), year=2027)
    assert listed.run(sheet) == {"done": 3, "already": 0, "bad": []}
    again, first = plans(2027), plans(2026)
    assert [row[0] for row in again] == [row[0] for row in first]
    for new, old in zip(again, first, strict=True):
        assert new[2:] == old[2:]  # all but the public words, which the long road gave by hand


def test_no_column_of_the_file_is_taken_for_another(listed: Office) -> None:
    sheet = listed.bring(exported(listed))
    headings = importing.table_of(sheet).headings
    found = {headings[at]: key for key, at in sheet.columns.items()}
    assert found == {
        "项目名称": "title", "建设内容": "scope", "建设地点": "place", "乡镇": "town", "责任单位": "unit",
        "责任领导职务": "leader", "资金（万元）": "funds", "资金来源": "fund_source", "受益人数": "people",
        "计划开工": "starts", "计划完工": "ends",
    }  # fmt: skip
