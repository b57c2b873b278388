"""Which unit and which town a cell names: one, or a sentence that says which ones it could be."""

import pytest

from opinions.ledger.fields import BadCell
from projects.yearly.places import Places, Units
from stations.models import Region, Unit
from tests.projects.yearly.conftest import Office


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("郸城县城管局", "chengguan"),
        ("县城管局", "chengguan"),
        ("城管局", "chengguan"),
        ("县城管局（牵头）", "chengguan"),
        ("县城管局环卫所", "chengguan"),
        (" 县 城 管 局 ", "chengguan"),
        ("水利局", "shuili"),
        ("自来水公司", "zls"),
    ],
)
def test_a_unit_is_found_by_the_ways_its_name_is_written(office: Office, text: str, code: str) -> None:
    assert Units(office.hall.world.county).found(text).code == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("水", "没有“水”这个单位"),
        ("公司", "对上了 2 个单位：县供电公司、县自来水公司"),
        ("县城管局、县水利局、县供电公司", "对上了 3 个单位"),
        ("省水利厅", "没有“省水利厅”这个单位"),
    ],
)
def test_a_unit_that_is_not_one_is_said(office: Office, text: str, said: str) -> None:
    with pytest.raises(BadCell, match=said):
        Units(office.hall.world.county).found(text)


def test_an_exact_name_wins_over_one_that_contains_it(office: Office) -> None:
    county = office.hall.world.county
    Unit.objects.create(code="longer", name="郸城县水利局水库管理处", short_name="县水利局水库管理处", region=county)
    assert Units(county).found("县水利局").code == "shuili"
    with pytest.raises(BadCell, match="县水利局、县水利局水库管理处"):
        Units(county).found("水利局")


def test_only_four_candidates_are_named(office: Office) -> None:
    county = office.hall.world.county
    for number in range(6):
        Unit.objects.create(code=f"s{number}", name=f"第{number}中心小学", short_name=f"{number}小", region=county)
    with pytest.raises(BadCell, match="对上了 6 个单位：0小、1小、2小、3小等"):
        Units(county).found("中心小学")


def test_a_unit_of_another_county_or_one_put_out_of_use_is_none(office: Office) -> None:
    world = office.hall.world
    other = Region.objects.create(code="411626", name="甲县", short_name="甲县", level="county")
    Unit.objects.create(code="theirs", name="甲县教育局", short_name="教育局", region=other)
    Unit.objects.filter(code="shuili").update(is_active=False)
    for text in ("教育局", "县水利局"):
        with pytest.raises(BadCell):
            Units(world.county).found(text)


@pytest.mark.parametrize("text", ["", "全县", "郸城县", "各乡镇", "洺南街道、吴台镇"])
def test_what_is_no_single_town_is_the_county_or_left_to_the_place(office: Office, text: str) -> None:
    county = office.hall.world.county
    assert Places(county).found(text) == (county if text else None)


@pytest.mark.parametrize(
    ("text", "code"), [("吴台", "411625101"), ("吴台镇（王寨村）", "411625101"), ("洺南街道东街", "411625001")]
)
def test_a_town_is_found_with_and_without_its_kind(office: Office, text: str, code: str) -> None:
    found = Places(office.hall.world.county).found(text)
    assert found is not None
    assert found.pk == code


def test_a_town_of_another_county_is_none(office: Office) -> None:
    Region.objects.create(code="411626001", name="乙镇", short_name="乙镇", level="township")
    with pytest.raises(BadCell, match="全县的写“全县”"):
        Places(office.hall.world.county).found("乙镇")
    assert Places(office.hall.world.county).named_in("乙镇中学") is None
