"""What the forms of the stations' pages take, and the sentences they refuse with."""

from typing import Any

import pytest

from stations.forms import BatchForm, CodeForm, ServiceForm, StationForm, StationSearch
from stations.models import Region, Representative, Service, ServicePost, Station, Venue
from tests.world import START, World


def bound(world: World, **changes: str) -> StationForm:
    usual = {"name": "洺南街道融合站点", "phone": "0394-555 0101", "opening_hours": "8:30–12:00", "is_active": "on"}
    form = StationForm(usual | changes, instance=Station.objects.get(pk=world.station.pk))
    form.is_valid()
    return form


@pytest.mark.parametrize("hours", [
    "", "8:30–12:00", "8:30-12:00 14:30-17:30", "8:30~12:00、14:30~17:30", "8:30—12:00，14:30—17:30",
    "8:30–12:00 · 14:30–17:30",
    "0:00–24:00",
])  # fmt: skip
def test_hours_as_people_write_them(world: World, hours: str) -> None:
    assert "opening_hours" not in bound(world, opening_hours=hours).errors


@pytest.mark.parametrize("hours", [
    "全天", "8点到12点", "8:30", "12:00–8:30", "8:30–12:00 9:00–10:00", "8:30–12:00 周末休息",
    "8:30–26:00", "8:30–8:30",
])  # fmt: skip
def test_hours_that_no_page_could_read_are_refused(world: World, hours: str) -> None:
    assert "8:30–12:00 14:30–17:30" in bound(world, opening_hours=hours).errors["opening_hours"][0]


@pytest.mark.parametrize("phone", ["0394-555 0101", "０３９４－５５５０１０１", "13800001234", ""])
def test_telephones_stay_as_they_were_typed(world: World, phone: str) -> None:
    form = bound(world, phone=phone)
    assert form.is_valid()
    assert form.facts()["phone"] == phone


def test_a_telephone_that_is_none_is_refused_with_an_example(world: World) -> None:
    assert "0394" in bound(world, phone="五五五").errors["phone"][0]


def test_the_form_opens_with_what_is_there(world: World) -> None:
    Venue.objects.create(station=world.station, kind="EXPRESS_WINDOW", place="一楼")
    Venue.objects.create(station=world.station, kind="PIONEER_POST", place="")
    ServicePost.objects.create(station=world.station, kind="LEGAL", hours="周三上午")
    ServicePost.objects.create(station=world.station, kind="PROJECT", is_active=False)
    form = StationForm(instance=world.station)
    assert form["venue_EXPRESS_WINDOW"].initial == "一楼"
    assert form["venue_PIONEER_POST"].initial == "在站内", "a venue without a place must not vanish on saving"
    assert form["venue_DELIBERATION_ROOM"].initial == ""
    offered = {box.name: (box.initial, hours.initial) for box, hours in form.post_fields()}
    assert offered["post_LEGAL"] == (True, "周三上午")
    assert offered["post_PROJECT"] == (False, "")


def test_saving_what_one_was_shown_changes_nothing(world: World) -> None:
    Venue.objects.create(station=world.station, kind="EXPRESS_WINDOW", place="一楼")
    shown = StationForm(instance=world.station)
    data: dict[str, Any] = {name: shown[name].value() for name in shown.fields}
    again = StationForm({k: v for k, v in data.items() if v not in (False, None)}, instance=world.station)
    assert again.is_valid(), again.errors
    assert again.places()["EXPRESS_WINDOW"] == "一楼"
    assert again.facts() == {name: getattr(world.station, name) for name in again.facts()}


def test_a_post_that_is_not_offered_has_no_hours(world: World) -> None:
    form = bound(world, hours_LEGAL="周三", post_MEDIATION="on", hours_MEDIATION=" 周五 ")
    assert form.hours()["LEGAL"] is None
    assert form.hours()["MEDIATION"] == "周五"


def test_every_field_has_a_name_for_people(world: World) -> None:
    for form in (
        StationForm(instance=world.station),
        CodeForm(station=world.station),
        ServiceForm(station=world.station),
    ):
        assert all(any("\u4e00" <= sign <= "\u9fff" for sign in str(field.label)) for field in form)


def test_codes_are_offered_for_one_s_own_people_posts_and_villages(world: World) -> None:
    own = ServicePost.objects.create(station=world.station, kind="LEGAL")
    ServicePost.objects.create(station=world.other_station, kind="LEGAL")
    ServicePost.objects.create(station=world.station, kind="PROJECT", is_active=False)
    Representative.objects.create(name="别处的代表")
    Region.objects.create(code="411625101001", name="别村", short_name="别村", level="village")
    form = CodeForm(station=world.station)
    assert list(form.fields["post"].queryset) == [own]
    assert [row.name for row in form.fields["representative"].queryset] == ["麦知秋"]
    assert list(form.fields["region"].queryset) == [world.village]


def test_what_is_not_offered_is_refused(world: World) -> None:
    post = ServicePost.objects.create(station=world.other_station, kind="LEGAL")
    form = CodeForm({"kind": "POST", "post": post.pk}, station=world.station)
    assert not form.is_valid()
    assert "post" in form.errors


def test_known_representatives_of_the_town_who_are_not_here_yet(world: World) -> None:
    village = Station.objects.create(code="dongjie", name="东街社区融合站点", region=world.village)
    neighbour, stranger = (Representative.objects.create(name=name) for name in ("邻村的", "外乡的"))
    Service.objects.create(station=village, representative=neighbour, since=START.date())
    Service.objects.create(station=world.other_station, representative=stranger, since=START.date())
    assert list(ServiceForm(station=world.station).fields["representative"].queryset) == [neighbour]


@pytest.mark.parametrize(("name", "is_chosen", "is_good"), [
    ("", False, False), ("  ", False, False), ("田有声", True, False), ("田有声", False, True), ("", True, True),
])  # fmt: skip
def test_one_known_or_one_new(world: World, name: str, is_chosen: bool, is_good: bool) -> None:
    village = Station.objects.create(code="dongjie", name="东街社区融合站点", region=world.village)
    known = Representative.objects.create(name="邻村的")
    Service.objects.create(station=village, representative=known, since=START.date())
    data = {"name": name, "representative": known.pk if is_chosen else ""}
    assert ServiceForm(data, station=world.station).is_valid() is is_good


@pytest.mark.parametrize("changes", [{"scope": "wutai"}, {"size": "a2"}, {"form": "svg"}, {"scope": ""}])
def test_an_order_takes_only_what_was_offered(changes: dict[str, str]) -> None:
    data = {"scope": "mingnan", "size": "a4", "form": "pdf"}
    assert BatchForm(data, scopes=[("mingnan", "洺南")]).is_valid()
    assert not BatchForm(data | changes, scopes=[("mingnan", "洺南")]).is_valid()


def test_the_search_needs_nothing(db: None) -> None:
    assert StationSearch({}, towns=Region.objects.none()).is_valid()
    assert not StationSearch({"town": "1"}, towns=Region.objects.none()).is_valid()
    assert not StationSearch({"q": "长" * 31}, towns=Region.objects.none()).is_valid()
