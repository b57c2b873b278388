"""What the forms take as it was meant, and what they refuse with a sentence."""

from typing import Any
from uuid import UUID

import pytest

from projects.forms import CampaignForm, DeskIdeaForm, MergeForm, PoolForm, ProposeForm, RevealForm, SheetForm
from projects.models import ProjectIdea
from projects.states import State
from stations.models import Category, Region, Station
from tests.projects.conftest import SUMMARY, TITLE, WORDS, Hall

PLACES = [("411625001", "洺南街道"), ("411625", "全县都用得上")]


def street(**changes: Any) -> ProposeForm:
    typed = {"body": WORDS, "region": "411625001", "consent": "on"} | changes
    return ProposeForm({name: value for name, value in typed.items() if value is not None}, places=PLACES)


def test_the_least_one_has_to_write() -> None:
    form = street()
    assert form.is_valid()
    assert isinstance(form.cleaned_data["client_key"], UUID)
    assert (form.cleaned_data["name"], form.cleaned_data["phone"]) == ("", "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("138 0000 1234", "13800001234"), ("+86 138-0000-1234", "13800001234"), ("０３９４-5550101", "03945550101")],
)
def test_a_number_is_understood_as_it_was_meant(typed: str, kept: str) -> None:
    form = street(phone=typed)
    assert form.is_valid()
    assert form.cleaned_data["phone"] == kept


def test_words_are_kept_as_typed_but_for_what_prints_nothing() -> None:
    form = street(body="  修路\0，\r\n两米宽  ")
    assert form.is_valid()
    assert form.cleaned_data["body"] == "  修路，\n两米宽  "


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": None}, "body"),
        ({"body": "\u200b"}, "body"),
        ({"region": None}, "region"),
        ({"region": "x"}, "region"),
        ({"consent": None}, "consent"),
        ({"phone": "110"}, "phone"),
        ({"name": "名" * 41}, "name"),
        ({"location": "东" * 201}, "location"),
        ({"q": "Q" * 21}, "q"),
    ],
)
def test_each_mistake_is_said_at_its_field_alone(changes: dict[str, Any], field: str) -> None:
    form = street(**changes)
    assert set(form.errors) == {field}
    assert form.errors[field][0].endswith("。")


def test_the_whole_county_is_a_choice() -> None:
    assert street(region="411625").is_valid()
    assert ("", "请选") in street().fields["region"].choices


def desk(hall: Hall, *, is_own: bool = False, **changes: Any) -> DeskIdeaForm:
    typed = {"source": "PAPER", "body": WORDS, "region": hall.world.town.pk} | changes
    return DeskIdeaForm(typed, places=Region.objects.inside("411625001"), is_own=is_own)


def test_the_desks_form_knows_three_doors(hall: Hall) -> None:
    for source in ("PAPER", "PHONE", "POST"):
        assert desk(hall, source=source).is_valid()
    for source in ("RESIDENT", "REPRESENTATIVE", "OPINION", ""):
        assert "source" in desk(hall, source=source).errors


def test_ones_own_idea_has_no_proposer_beside_it(hall: Hall) -> None:
    form = desk(hall, is_own=True, name="别人", phone="13800001234")
    assert form.is_valid()
    assert not {"source", "name", "phone"} & set(form.cleaned_data)


def test_a_place_out_of_reach_is_no_choice(hall: Hall) -> None:
    assert "region" in desk(hall, region=hall.world.other_town.pk).errors


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"title": "长" * 41}, "title"), ({"summary": "长" * 401}, "summary"), ({"category": 0}, "category")],
)
def test_public_words_have_their_room(hall: Hall, changes: dict[str, Any], field: str) -> None:
    typed = {"title": TITLE, "summary": SUMMARY, "category": hall.world.category.pk}
    rows = Category.objects.select_related("parent")
    assert PoolForm(typed, categories=rows).is_valid()
    assert set(PoolForm(typed | changes, categories=rows).errors) == {field}


def test_a_group_is_chosen_or_named_by_its_receipt(hall: Hall) -> None:
    lead, seen = hall.idea(State.POOLED), ProjectIdea.objects.all()

    def lead_of(**typed: str) -> Any:
        form = MergeForm(typed, leads=[lead], seen=seen)
        return form.cleaned_data["lead_id"] if form.is_valid() else form.errors

    assert lead_of(lead=str(lead.pk)) == lead.pk
    assert lead_of(receipt=f" {lead.receipt[:4]}-{lead.receipt[4:].lower()} ") == lead.pk
    assert "receipt" in lead_of()
    assert "receipt" in lead_of(receipt="没有")
    assert "lead" in lead_of(lead="0")
    assert "lead" not in MergeForm({}, leads=[], seen=seen).fields


def test_the_typed_receipt_wins_over_the_choice(hall: Hall) -> None:
    lead, other = hall.idea(State.POOLED), hall.propose()
    form = MergeForm({"lead": str(lead.pk), "receipt": other.receipt}, leads=[lead], seen=ProjectIdea.objects.all())
    assert form.is_valid()
    assert form.cleaned_data["lead_id"] == other.pk


@pytest.mark.parametrize(("reason", "is_good"), [("回电", True), ("", False), ("看", False), ("长" * 101, False)])
def test_a_reason_says_something(reason: str, is_good: bool) -> None:
    assert RevealForm({"reason": reason}).is_valid() == is_good


def test_one_county_is_not_asked_for_and_several_are(hall: Hall) -> None:
    counties = Region.objects.filter(level="county")
    assert "region" not in CampaignForm(counties=counties).fields
    Region.objects.create(code="411626", name="别的县", short_name="别的县", level="county")
    assert "region" in CampaignForm(counties=counties.all()).fields
    assert "region" not in CampaignForm(counties=counties.all(), campaign=hall.campaign).fields


def test_a_sheet_needs_no_choice(hall: Hall) -> None:
    stations = Station.objects.all()
    assert SheetForm({}, stations=stations).is_valid()
    assert not SheetForm({"station": "0"}, stations=stations).is_valid()
