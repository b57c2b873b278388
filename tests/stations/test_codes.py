"""Making, finding, counting and revoking entry codes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from core.codes import ALPHABET
from core.workdays import local_date
from core.workflow import BadInput, NotAllowed, WrongState
from stations import codes
from stations.models import EntryCode, Representative, ScanCount, ServicePost
from tests.world import START, World

TODAY = local_date(START)


def make(world: World, kind: str = "STATION", **more: Any) -> EntryCode:
    return codes.create_code(world.station.pk, kind, actor=world.clerk, at=START, **({"label": ""} | more))


def test_a_code_is_eight_characters_one_can_say(entry: EntryCode) -> None:
    assert re.fullmatch(f"[{ALPHABET}]{{8}}", entry.code)
    assert entry.created_at == START
    assert entry.get_absolute_url() == f"/q/{entry.code}/"


def test_codes_differ_and_follow_no_order(world: World) -> None:
    made = [make(world).code for _ in range(30)]
    assert len(set(made)) == 30
    assert made != sorted(made)


@pytest.mark.parametrize(("kind", "label"), [("STATION", "站点门口"), ("WINDOW", "代表民意直通车窗口")])
def test_a_code_is_named_by_its_kind_where_nobody_says(world: World, kind: str, label: str) -> None:
    assert make(world, kind).label == label


def test_a_representative_s_code(world: World) -> None:
    person = Representative.objects.get(name="麦知秋")
    entry = make(world, "REPRESENTATIVE", representative=person)
    assert (entry.label, entry.representative) == ("麦知秋代表", person)


def test_a_post_s_code(world: World) -> None:
    post = ServicePost.objects.create(station=world.station, kind="LEGAL")
    assert make(world, "POST", post=post).label == "法律服务岗"


def test_a_place_s_code(world: World) -> None:
    entry = make(world, "PLACE", region=world.village, location="东街社区")
    assert (entry.label, entry.location, entry.region) == ("东街社区公示栏", "东街社区", world.village)


def test_a_representative_of_another_station_is_refused(world: World) -> None:
    stranger = Representative.objects.create(name="田有声")
    with pytest.raises(BadInput) as refused:
        make(world, "REPRESENTATIVE", representative=stranger)
    assert refused.value.field == "representative"


def test_a_representative_s_code_needs_the_representative(world: World) -> None:
    with pytest.raises(BadInput, match="代表"):
        make(world, "REPRESENTATIVE")


def test_a_post_of_another_station_is_refused(world: World) -> None:
    post = ServicePost.objects.create(station=world.other_station, kind="LEGAL")
    with pytest.raises(BadInput, match="服务岗"):
        make(world, "POST", post=post)


def test_a_village_of_another_town_is_refused(world: World) -> None:
    with pytest.raises(BadInput, match="不在本站点"):
        make(world, "PLACE", region=world.other_town)


def test_a_place_without_a_name_is_refused(world: World) -> None:
    with pytest.raises(BadInput) as refused:
        make(world, "PLACE")
    assert refused.value.field == "label"


@pytest.mark.parametrize("name", ["other_clerk", "leader", "rep", "grid", "handler", "admin"])
def test_others_make_no_codes(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        codes.create_code(world.station.pk, "STATION", actor=world.users[name], at=START, label="")
    assert not EntryCode.objects.exists()


def test_making_and_revoking_leave_a_line_without_the_code(world: World, entry: EntryCode) -> None:
    codes.revoke_code(entry.pk, actor=world.clerk, at=START)
    lines = list(AuditEntry.objects.filter(subject="station:mingnan").order_by("pk"))
    assert [line.action for line in lines] == ["entry_code_created", "entry_code_revoked"]
    assert entry.code not in str([line.detail for line in lines])


def test_a_drawn_code_that_exists_is_drawn_again(
    world: World, entry: EntryCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([entry.code, entry.code, "AAAA2222"])
    monkeypatch.setattr(codes, "new_entry_code", lambda: next(drawn))
    assert make(world).code == "AAAA2222"


def test_after_some_tries_a_sentence_and_no_row(
    world: World, entry: EntryCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "new_entry_code", lambda: entry.code)
    with pytest.raises(WrongState, match="再点一次"):
        make(world)
    assert EntryCode.objects.count() == 1


def test_revoked_once_and_for_all(world: World, entry: EntryCode) -> None:
    codes.revoke_code(entry.pk, actor=world.clerk, at=START)
    with pytest.raises(WrongState):
        codes.revoke_code(entry.pk, actor=world.clerk, at=START + timedelta(days=1))
    entry.refresh_from_db()
    assert entry.revoked_at == START
    assert not EntryCode.objects.live().exists()


def test_others_revoke_nothing(world: World, entry: EntryCode) -> None:
    with pytest.raises(NotAllowed):
        codes.revoke_code(entry.pk, actor=world.other_clerk, at=START)


@pytest.mark.parametrize("change", [str.lower, lambda c: f"{c[:4]} {c[4:]}", lambda c: f" {c[:4]}-{c[4:]}。"])
def test_found_however_it_is_typed(entry: EntryCode, change: Any) -> None:
    assert codes.find(change(entry.code)) == entry


@pytest.mark.parametrize("typed", ["", "   ", "。。", "ZZZZ9999", "a" * 5000, "'; DROP TABLE", "码上找代表"])
def test_nothing_is_found_for_anything_else(entry: EntryCode, typed: str) -> None:
    assert codes.find(typed) is None


def test_scans_are_counted_by_day_in_one_statement(entry: EntryCode) -> None:
    for _ in range(3):
        with CaptureQueriesContext(
            connection,
        ) as made:
            codes.count_scan(entry, TODAY)
        assert len(made) == 1
    codes.count_scan(entry, TODAY - timedelta(days=1))
    assert dict(entry.scans.values_list("day", "count")) == {TODAY: 3, TODAY - timedelta(days=1): 1}


def test_a_scan_holds_a_day_and_a_number_and_nothing_else() -> None:
    assert {field.name for field in ScanCount._meta.get_fields()} == {"id", "entry_code", "day", "count"}


def test_one_row_a_day_is_held_by_the_database(entry: EntryCode) -> None:
    codes.count_scan(entry, TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ScanCount.objects.create(entry_code=entry, day=TODAY, count=1)
