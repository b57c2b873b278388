"""The desk's forms: what they refuse, what they keep, and that nothing typed is ever thrown away."""

import io
import uuid
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from PIL import Image

from opinions import forms
from opinions.forms_walkin import ONLY, WalkInForm
from opinions.states import Kind, Outcome
from opinions.views.walkin import walkin_form
from stations.models import Region
from tests.world import World


def picture(name: str = "a.jpg") -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 90, 90)).save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue(), "image/jpeg")


def sent(**values: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return data


def files(*photos: SimpleUploadedFile) -> MultiValueDict:
    return MultiValueDict({"photos": list(photos)})


def test_photos_are_drawn_anew() -> None:
    form = forms.ProgressForm(sent(note="到现场了"), files(picture(), picture("b.jpg")))
    assert form.is_valid()
    assert [(photo.width, photo.height) for photo in form.cleaned_data["photos"]] == [(40, 30)] * 2


def test_seven_photos_are_too_many() -> None:
    form = forms.ProgressForm(sent(note="到现场了"), files(*[picture() for _ in range(7)]))
    assert not form.is_valid()
    assert form.errors["photos"] == ["照片最多 6 张，您选了 7 张。请少选几张再送。"]


def test_a_page_named_jpg_is_no_photo() -> None:
    fake = SimpleUploadedFile("a.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg")
    form = forms.ProgressForm(sent(note="到现场了"), files(fake))
    assert not form.is_valid()
    assert "photos" in form.errors


def test_no_photo_is_fine() -> None:
    form = forms.ProgressForm(sent(note="到现场了"), files())
    assert form.is_valid()
    assert form.cleaned_data["photos"] == []


def test_every_field_says_how_it_is_drawn() -> None:
    for name in dir(forms):
        cls = getattr(forms, name)
        if isinstance(cls, type) and issubclass(cls, forms.DeskForm) and cls.base_fields:
            if cls in (forms.AcceptForm, forms.AssignForm, forms.ReopenForm):
                continue  # need rows of the database
            for field in cls().fields.values():
                assert field.shown_as in {"text", "seg", "tick", "choices", "kinds", "photos"}


def test_kept_lists_sentences_and_no_ticks() -> None:
    form = forms.ProgressForm(sent(note="电工已到现场", is_public="on"))
    assert ("办到哪一步了", "电工已到现场") in form.kept


@pytest.mark.parametrize(
    ("outcome", "day"), [("A", None), ("B", date(2026, 5, 1)), ("C", date(2026, 5, 1)), ("D", None)]
)
def test_promise_counts_only_where_the_outcome_has_one(outcome: str, day: date | None) -> None:
    assert forms.promise_of({"outcome": outcome, "promised_on": date(2026, 5, 1)}) == day


def test_assign_form_offers_suggestions_first(world: World) -> None:
    form = forms.AssignForm(suggested=[(world.unit, "路灯归它"), (world.co_unit, "")])
    assert [value for value, _label in form.fields["lead"].choices] == [
        str(world.unit.pk), str(world.co_unit.pk), forms.OTHER,
    ]  # fmt: skip
    assert form.fields["lead"].initial == str(world.unit.pk)
    assert "co_units" not in form.fields


def test_assign_form_without_suggestion_starts_at_other(world: World) -> None:
    assert forms.AssignForm().fields["lead"].initial == forms.OTHER


def test_assign_form_gives_the_unit(world: World) -> None:
    form = forms.AssignForm(
        sent(lead=world.unit.pk, demand="修好", kind="ORDINARY"), suggested=[(world.unit, "")], may_join=True
    )
    assert form.is_valid()
    assert form.cleaned_data["unit"] == world.unit
    assert list(form.cleaned_data["co_units"]) == []


def test_assign_form_refuses_a_unit_that_is_closed(world: World) -> None:
    world.other_unit.is_active = False
    world.other_unit.save()
    form = forms.AssignForm(sent(lead="other", other_lead=world.other_unit.pk, demand="修好", kind="ORDINARY"))
    assert not form.is_valid()
    assert "other_lead" in form.errors


def test_accept_form_shows_whole_paths(world: World) -> None:
    form = forms.AcceptForm()
    labels = [label for _value, label in form.fields["category"].choices]
    assert "市容环卫 · 路灯照明" in labels


def test_told_form_takes_only_known_ways() -> None:
    assert forms.ToldForm(sent(how="打电话")).is_valid()
    assert not forms.ToldForm(sent(how="托梦")).is_valid()


def test_reveal_form_wants_a_real_reason() -> None:
    assert not forms.RevealForm(sent(reason="a")).is_valid()
    assert not forms.RevealForm(sent(reason="   ")).is_valid()
    assert forms.RevealForm(sent(reason="回电核实")).is_valid()


def walk_in(world: World, who: str = "clerk", **values: Any) -> WalkInForm:
    usual = {
        "channel": "WINDOW", "station": world.station.pk, "body": "巷子下水道返水", "how": "unit", "kind": "ORDINARY",
        "hide_identity": "on", "client_key": uuid.uuid4(),
    }  # fmt: skip
    return walkin_form(world.users[who], sent(**(usual | values)), files())


def test_walk_in_takes_the_shortest_input(world: World) -> None:
    form = walk_in(world)
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["people"], form.cleaned_data["phone"]) == (1, "")


@pytest.mark.parametrize("typed", ["138 0000 7742", "１３８００００７７４２", "+86-138-0000-7742"])
def test_walk_in_understands_how_people_write_numbers(world: World, typed: str) -> None:
    form = walk_in(world, phone=typed)
    assert form.is_valid()
    assert form.cleaned_data["phone"] == "13800007742"


def test_walk_in_refuses_half_a_number_in_words(world: World) -> None:
    form = walk_in(world, phone="1380000")
    assert not form.is_valid()
    assert "电话号码不对" in form.errors["phone"][0]


@pytest.mark.parametrize(
    ("field", "value"),
    [("body", ""), ("body", "字" * 5001), ("people", "0"), ("people", "-3"), ("channel", "QR"), ("client_key", "x"),
     ("how", "maybe"), ("location", "长" * 201)],
)  # fmt: skip
def test_walk_in_refuses(world: World, field: str, value: str) -> None:
    form = walk_in(world, **{field: value})
    assert not form.is_valid()
    assert field in form.errors


def test_walk_in_answer_needs_words_and_defaults_to_solved(world: World) -> None:
    assert "answer" in walk_in(world, how="spot").errors
    form = walk_in(world, how="spot", answer="带身份证来就行。")
    assert form.is_valid()
    assert form.cleaned_data["outcome"] == Outcome.A


def test_walk_in_of_a_representative_only_records(world: World) -> None:
    form = walk_in(world, "rep")
    assert "how" not in form.fields
    assert form.is_valid(), form.errors
    assert form.cleaned_data["how"] == ONLY


def test_walk_in_offers_only_own_stations_and_places(world: World) -> None:
    form = walk_in(world, station=world.other_station.pk)
    assert "station" in form.errors
    assert set(form.fields["region"].queryset) == {world.village}


def test_walk_in_refuses_a_village_of_another_station(world: World) -> None:
    Region.objects.create(code="411625101001", name="吴台村民委员会", short_name="吴台村", level="village")
    form = walk_in(world, "county_staff", station=world.station.pk, region="411625101001")
    assert not form.is_valid()
    assert "吴台村不归洺南街道融合站点管" in form.errors["region"][0]


def test_walk_in_of_a_grid_worker_starts_in_his_village(world: World) -> None:
    form = walkin_form(world.grid)
    assert form.initial["region"] == world.village.pk
    assert form.initial["station"] == world.station.pk


def test_kinds_are_those_of_the_loop() -> None:
    assert [value for value, _label in WalkInForm.base_fields["kind"].choices] == Kind.values
