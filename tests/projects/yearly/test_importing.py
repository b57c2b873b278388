"""A list is put on the list once: what was made, what existed, what was refused, and nothing half."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AuditEntry
from core.workflow import BadInput, NotAllowed
from projects.models import IdeaLine, ProjectIdea
from projects.states import Source, State
from projects.tasks import erase_old_lists
from projects.works.models import Milestone, Work
from projects.yearly import importing, reading, sample
from projects.yearly.models import YearlySheet
from tests.opinions.ledger.books import book, cells
from tests.projects.yearly.conftest import HEADINGS, ROAD, WATER, Office
from tests.world import START


def numbers() -> tuple[int, int, int, int]:
    return (
        ProjectIdea.objects.count(), Work.objects.count(), Milestone.objects.count(),
        IdeaLine.objects.filter(verb="enrol").count(),
    )  # fmt: skip


def test_good_rows_become_projects_and_bad_ones_are_named(office: Office) -> None:
    bad = [3, "没有单位的项目", *ROAD[2:5], "县教育局", *ROAD[6:]]
    sheet = office.upload(ROAD, bad, WATER, ROAD)
    assert office.run(sheet) == {
        "done": 2, "already": 1, "bad": [(5, "责任单位：没有“县教育局”这个单位，请照单位管理里的名称写")],
    }  # fmt: skip
    assert numbers() == (2, 2, 2, 2)
    assert set(ProjectIdea.objects.values_list("state", "source", "year")) == {(State.ADOPTED, Source.LIST, 2026)}
    sheet.refresh_from_db()
    assert (sheet.rows, sheet.done_at) == ("", START)
    entry = AuditEntry.objects.get(action="yearly_list_imported")
    assert entry.detail == {"year": 2026, "done": 2, "already": 1, "bad": 1}


def test_a_second_press_and_the_same_file_again_make_nothing(office: Office) -> None:
    sheet = office.upload()
    first = office.run(sheet)
    assert office.run(sheet) == first == {"done": 2, "already": 0, "bad": []}
    assert office.run(office.upload()) == {"done": 0, "already": 2, "bad": []}
    assert numbers() == (2, 2, 2, 2)
    assert AuditEntry.objects.filter(action="yearly_list_imported").count() == 2


def test_what_the_verb_refuses_leaves_nothing_and_the_rest_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importing.enrol

    def enrol(**given: Any) -> Any:
        made = real(**given)
        if given["title"] == ROAD[1]:
            raise BadInput("不行。")
        return made

    monkeypatch.setattr(importing, "enrol", enrol)
    assert office.run(office.upload()) == {"done": 1, "already": 0, "bad": [(4, "不行。")]}
    assert numbers() == (1, 1, 1, 1)


def test_a_failure_in_the_middle_leaves_nothing_at_all(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    real, sheet = importing.enrol, office.upload()

    def enrol(**given: Any) -> Any:
        if given["title"] == WATER[1]:
            raise RuntimeError
        return real(**given)

    monkeypatch.setattr(importing, "enrol", enrol)
    with pytest.raises(RuntimeError):
        office.run(sheet)
    assert numbers() == (0, 0, 0, 0)
    monkeypatch.undo()
    assert office.run(sheet)["done"] == 2


def test_whoever_lost_the_role_since_carries_nothing_out(office: Office) -> None:
    sheet = office.upload()
    with pytest.raises(NotAllowed):
        importing.carry_out(sheet.pk, actor=office.hall.world.clerk, at=START)
    assert numbers() == (0, 0, 0, 0)


def test_rows_nobody_carried_out_are_erased_after_a_day(office: Office) -> None:
    sheet = office.upload()
    assert importing.erase_old(START + timedelta(hours=23)) == 0
    assert importing.erase_old(START + timedelta(days=1)) == 1
    with pytest.raises(BadInput, match="请重新上传"):
        office.run(sheet)
    office.upload()
    assert (erase_old_lists(), erase_old_lists()) == (1, 0)
    assert not YearlySheet.objects.exclude(rows="").exists()


def test_a_list_that_is_too_long_is_refused_whole(office: Office) -> None:
    with pytest.raises(BadInput, match="最多 300 行，这个文件有 301 行"):
        office.upload(*([number, f"项目{number}", *ROAD[2:]] for number in range(301)))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("清单.xls", b"\xd0\xcf\x11\xe0", "另存为 .xlsx"),
        ("清单.xlsx", b"PK\x03\x04 broken", "打不开"),
        ("清单.csv", b"a", "找不到表头"),
        ("清单.xlsx", b"PK" + b"0" * (5 * 1024 * 1024), "最大 5 MB"),
    ],
)
def test_what_is_no_list(office: Office, name: str, content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        office.bring(content, name=name)


def test_a_csv_from_an_old_program(office: Office) -> None:
    lines = [",".join(map(str, row)) for row in (HEADINGS, ROAD, WATER)]
    sheet = office.bring("\r\n".join(lines).encode("gb18030"), name="清单.CSV")
    assert office.run(sheet)["done"] == 2


def test_our_own_file_is_known_by_each_of_its_headings(office: Office) -> None:
    written = io.BytesIO()
    sample.write(written)
    headings = [value for value in cells(written.getvalue())[0] if value]
    given = {
        "项目名称": ROAD[1],
        "建设内容": ROAD[2],
        "责任单位": "县城管局",
        "责任领导职务": "副县长",
        "资金（万元）": 12,
    }
    sheet = office.bring(book([headings, [given.get(heading, "") for heading in headings]]))
    assert sheet.columns == {key: at for at, key in enumerate(sample.SAMPLE)}
    assert office.run(sheet)["done"] == 1
    assert set(sample.HOW) == set(sample.SAMPLE) == set(reading.BY_KEY)


def test_what_was_brought_in_is_read_by_everybody_and_nobody_is_said_to_have_proposed_it(
    office: Office, client: Client
) -> None:
    office.run(office.upload(ROAD))
    row = ProjectIdea.objects.get()
    page = client.get(f"/projects/{row.pk}/").content.decode()
    for words in (ROAD[1], ROAD[2], "县里的年度清单上有它", "分管副县长", "9 月 30 日"):
        assert words in page
    assert "群众提出来" not in page
    client.force_login(office.staff)
    desk = client.get(row.get_absolute_url()).content.decode()
    assert "没有，县里的年度清单上有" in desk
    assert "没留电话" not in desk
    assert "年度清单" in client.get("/desk/projects/?tab=all&source=LIST").content.decode()


def test_the_rows_are_not_readable_in_the_database(office: Office) -> None:
    sheet = office.upload()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows FROM projects_yearlysheet WHERE id = %s", [sheet.pk])
        kept = str(cursor.fetchone()[0])
    assert ROAD[1] not in kept
    assert importing.table_of(sheet).rows[0][1][1] == ROAD[1]


def test_the_county_of_a_town_column_and_of_none(office: Office) -> None:
    office.run(office.upload(ROAD, WATER, [3, "全县路灯", ROAD[2], "全县", *ROAD[4:]]))
    places = dict(ProjectIdea.objects.values_list("title", "region_id"))
    assert places == {ROAD[1]: "411625001", WATER[1]: "411625101", "全县路灯": "411625"}
    stations = dict(ProjectIdea.objects.values_list("title", "station__code"))
    assert stations["全县路灯"] is None
    assert stations[ROAD[1]] == office.hall.world.station.code
