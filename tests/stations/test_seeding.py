"""The county of the public lists, written once and left as the county edits it."""

import re

import pytest
from django.core.management import call_command

from core.text import clean_phone
from stations.models import Category, Region, ServicePost, Station, Unit, Venue
from stations.seeding import invented_name, seed_county, short_name


@pytest.fixture
def county(db: None) -> None:
    seed_county()


def test_the_county_s_regions(county: None) -> None:
    assert Region.objects.townships().count() == 22
    assert Region.objects.villages().count() == 531
    assert Region.objects.get(code="411625001").name == "洺南街道"
    assert Region.objects.inside("411625001").count() == 12


def test_every_village_lies_in_a_town(county: None) -> None:
    towns = set(Region.objects.townships().values_list("code", flat=True))
    assert {region.town_code for region in Region.objects.villages()} <= towns


@pytest.mark.parametrize(("name", "short"), [
    ("友谊社区居民委员会", "友谊社区"), ("王寨村民委员会", "王寨村"), ("王寨村委会", "王寨村"), ("洺南街道",) * 2,
    ("东街居民委员会", "东街社区"), ("郸城县", "郸城县"),
])  # fmt: skip
def test_what_people_call_a_region(name: str, short: str) -> None:
    assert short_name(name) == short


def test_no_short_name_still_holds_the_committee(county: None) -> None:
    assert not Region.objects.filter(short_name__contains="委员会").exists()


def test_a_station_for_every_town_and_for_some_villages(county: None) -> None:
    served = set(Station.objects.values_list("region_id", flat=True))
    assert served >= set(Region.objects.townships().values_list("code", flat=True))
    assert len(served) == 28


def test_each_station_has_its_four_venues_and_four_posts(county: None) -> None:
    for station in Station.objects.all():
        assert set(station.venues.values_list("kind", flat=True)) == set(Venue.Kind.values)
        assert set(station.posts.values_list("kind", flat=True)) == set(ServicePost.Kind.values)


def test_heads_are_invented_and_distinct(county: None) -> None:
    heads = list(Station.objects.values_list("head", flat=True))
    assert len(set(heads)) == len(heads) == 28
    assert [invented_name(number) for number in (1, 2)] == [invented_name(number) for number in (1, 2)]
    assert len({invented_name(number) for number in range(88)}) == 88


def test_telephones_are_invented_and_distinct(county: None) -> None:
    phones = list(Station.objects.values_list("phone", flat=True))
    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"0394-555 0\d{3}", phone) for phone in phones)
    assert all(clean_phone(phone).startswith("03945550") for phone in phones)


def test_the_nearest_station(county: None) -> None:
    assert Station.objects.for_region("411625001001").code == "mingnan-1"
    assert Station.objects.for_region("411625001011").code == "mingnan"
    assert Station.objects.for_region("411625101001").code == "wutai"
    assert Station.objects.for_region("999999") is None


def test_a_closed_village_station_sends_people_to_the_town(county: None) -> None:
    Station.objects.filter(code="mingnan-1").update(is_active=False)
    assert Station.objects.for_region("411625001001").code == "mingnan"


def test_every_leaf_names_its_unit_and_its_words(county: None) -> None:
    leaves = Category.objects.filter(children=None).select_related("parent", "usual_unit")
    assert leaves.count() > 30
    # what belongs to the town itself or to nobody in particular has no county unit
    without = [leaf.path for leaf in leaves if leaf.usual_unit is None]
    assert len(without) <= 5, without
    assert all(leaf.keywords for leaf in leaves if leaf.usual_unit is not None)
    assert all(leaf.parent is None or leaf.parent.parent_id is None for leaf in leaves), "two levels"


def test_a_path_reads_from_the_general_to_the_special(county: None) -> None:
    leaf = Category.objects.filter(parent__isnull=False).first()
    assert leaf is not None
    assert leaf.path == f"{leaf.parent} · {leaf.name}"


def test_towns_have_their_government_as_a_unit(county: None) -> None:
    assert Unit.objects.get(code="mingnan-zf").name == "洺南街道办事处"
    assert Unit.objects.get(code="wutai-zf").name == "吴台镇政府"
    assert Unit.objects.filter(region__level="county").count() >= 30


def test_again_changes_nothing_that_was_edited(county: None) -> None:
    Station.objects.filter(code="mingnan").update(name="改过的名字", head="新站长")
    Venue.objects.filter(station__code="mingnan").delete()
    before = [model.objects.count() for model in (Region, Unit, Category, Station, Venue)]
    seed_county()
    assert [model.objects.count() for model in (Region, Unit, Category, Station, Venue)] == before
    assert Station.objects.get(code="mingnan").name == "改过的名字"


def test_the_command_counts(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_county")
    assert "行政区划 554" in capsys.readouterr().out
