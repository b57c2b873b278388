"""What the database itself holds, and how rows call themselves."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from stations.models import EntryCode, Mandate, Region, Representative, Service, ServicePost
from tests.world import START, World


def refused(make: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


@pytest.mark.parametrize("code", ["", "41", "4116250", "41162500A", "4116250010011"])
def test_region_codes_have_six_nine_or_twelve_digits(db: None, code: str) -> None:
    with pytest.raises(Exception, match="region_code_shape|too long"), transaction.atomic():
        Region.objects.create(code=code, name="x", short_name="x", level="village")


def test_a_code_exists_once(entry: EntryCode) -> None:
    refused(
        lambda: EntryCode.objects.create(
            code=entry.code, kind="STATION", station=entry.station, label="x", created_at=START
        )
    )


@pytest.mark.parametrize("kind", ["REPRESENTATIVE", "POST"])
def test_a_code_has_what_its_kind_names(world: World, kind: str) -> None:
    refused(
        lambda: EntryCode.objects.create(code="AAAA2222", kind=kind, station=world.station, label="x", created_at=START)
    )


def test_one_serves_once_at_a_time(world: World) -> None:
    person = Representative.objects.get()
    refused(lambda: Service.objects.create(station=world.station, representative=person, since=START.date()))


def test_a_mandate_ends_after_it_began(world: World) -> None:
    person = Representative.objects.get()
    refused(
        lambda: Mandate.objects.create(
            representative=person, level="COUNTY", term=16, started_on="2022-03-01", ended_on="2021-03-01"
        )
    )


def test_a_post_stands_once(world: World) -> None:
    ServicePost.objects.create(station=world.station, kind="LEGAL")
    refused(lambda: ServicePost.objects.create(station=world.station, kind="LEGAL"))


def test_names_and_addresses(world: World, entry: EntryCode) -> None:
    assert str(world.station) == "洺南街道融合站点"
    assert world.station.get_absolute_url() == "/s/mingnan/"
    assert str(world.town) == "洺南街道"
    assert world.village.town_code == "411625001"
    assert str(entry) == "站点门口"
    assert world.category.path == "市容环卫 · 路灯照明"


def test_a_representative_s_telephone_is_stored_encrypted(world: World) -> None:
    person = Representative.objects.create(name="田有声", phone="13800001234")
    stored = Representative.objects.filter(pk=person.pk).extra(select={"raw": "phone"}).values_list("raw", flat=True)[0]
    assert "13800001234" not in str(stored)
    assert Representative.objects.get(pk=person.pk).phone == "13800001234"
