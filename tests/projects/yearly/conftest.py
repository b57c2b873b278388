"""A county's list as its government wrote it, and how it is brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from opinions.ledger.lines import Line
from projects.yearly import importing
from projects.yearly.models import YearlySheet
from stations.models import Unit
from tests.opinions.ledger.books import book
from tests.projects.conftest import Hall
from tests.world import START

HEADINGS = (
    "序号", "项目名称", "主要内容", "所在乡镇", "建设地点", "牵头单位", "责任领导（职务）", "投资（万元）", "资金来源",
    "受益人口", "开工时间", "完成时限", "备注",
)  # fmt: skip
ROAD = (
    1, "东街小学门口修人行道", "两米宽人行道一百五十米", "洺南街道", "东街小学门口", "县城管局", "分管副县长", "38.5",
    "县财政", "800人", "2026年3月", "2026年9月底前", "",
)  # fmt: skip
WATER = (
    2, "王寨村安全饮水", "换水管三公里，装净水设备一套", "", "吴台镇王寨村", "水利局", "副县长", "1.2亿元", "", "", "",
    "年底前", "跨年",
)  # fmt: skip
TITLE_ROW = ("郸城县2026年民生实事项目清单",)


@dataclass
class Office:
    """The county's office with a file in its hand."""

    hall: Hall

    @property
    def staff(self) -> Any:
        """Who brings it."""
        return self.hall.world.county_staff

    def upload(
        self, *rows: Sequence[Any], headings: Sequence[str] = HEADINGS, title: bool = True, year: int = 2026
    ) -> YearlySheet:  # fmt: skip
        """Upload rows below a merged title and the usual headings."""
        above = [TITLE_ROW, ()] if title else []
        return self.bring(book([*above, headings, *(rows or (ROAD, WATER))]), year=year)

    def bring(self, content: bytes, *, name: str = "清单.xlsx", year: int = 2026) -> YearlySheet:
        """Upload a file."""
        county = self.hall.world.county
        return importing.upload(name, content, region=county, year=year, owner=self.staff, at=START)

    def lines(self, *rows: Sequence[Any], **more: Any) -> list[Line]:
        """Return the preview of rows."""
        return importing.lines_of(self.upload(*rows, **more))

    def one(self, **cells: Any) -> Line:
        """Return the preview of the first row with some of its cells, by heading, changed."""
        row = [cells.get(heading.partition("（")[0], cell) for heading, cell in zip(HEADINGS, ROAD, strict=True)]
        return self.lines(row)[0]

    def run(self, sheet: YearlySheet, at: datetime = START) -> dict[str, Any]:
        """Carry it out and say what came of it."""
        return dict(importing.carry_out(sheet.pk, actor=self.staff, at=at).result)


@pytest.fixture
def office(hall: Hall) -> Office:
    """The small county; its second unit with 水 in its name makes a short name fit two."""
    county = hall.world.county
    Unit.objects.create(code="zls", name="郸城县自来水公司", short_name="县自来水公司", region=county)
    return Office(hall)
