"""What must hold of every ballot: no code twice, sums that can be counted again, voices that lead to nobody."""

import uuid
from collections import Counter
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.workflow import VerbError
from projects.ballots import voting
from projects.ballots.models import Ballot, BallotItem, BallotTick, BallotVoice
from projects.ballots.tally import agrees, decide, tally
from projects.onetime import OneTimePrint
from projects.workflow import open_campaign
from stations.queries import forget
from tests.projects.ballots.conftest import Session, make_session
from tests.projects.conftest import PLAN, Hall
from tests.world import START, make_world

QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PRESSES = st.lists(
    st.tuples(st.sampled_from(["phone", "one", "two"]), st.integers(0, 5), st.sets(st.integers(1, 3))), max_size=30
)


@pytest.mark.django_db
@QUICK
@given(presses=PRESSES)
def test_no_code_votes_twice_and_the_totals_recount_from_the_rows(session: Session, presses: list[Any]) -> None:
    """Six slips are voted by telephone or entered by two clerks, in any order: the first finished is the voice."""
    with transaction.atomic():
        ballot = session.open(places=2, eligible=6)
        codes = session.slips(ballot, 6)
        voices: dict[int, frozenset[int] | None] = {}
        read: dict[tuple[str, int], frozenset[int] | None] = {}
        for way, slip, places in presses:
            wanted = frozenset(places) if len(places) <= 2 else None
            is_new = slip not in voices
            try:
                if way == "phone":
                    voting.vote(codes[slip], ticks=session.items(ballot, *places))
                    voices[slip] = wanted
                else:
                    actor = session.staff if way == "one" else session.second
                    came = session.paper(ballot, codes[slip], *places, actor=actor)
                    read[way, slip] = wanted
                    other = ("two" if way == "one" else "one", slip)
                    agree = other in read and read[other] == wanted
                    assert (came == "counted") == agree
                    if agree:
                        voices[slip] = wanted
            except VerbError:
                assert not is_new or (way == "phone" and wanted is None)
            else:
                assert is_new
        valid = [one for one in voices.values() if one is not None]
        counted = tally(ballot)
        assert (counted.valid, counted.returned) == (len(valid), len(voices))
        assert list(counted.approvals.values()) == [sum(place in one for one in valid) for place in (1, 2, 3)]
        _close(session, ballot, counted)
        transaction.set_rollback(True)


def _close(session: Session, ballot: Ballot, counted: Any) -> None:
    ballot.entries.all().delete()
    if counted.returned * 2 > ballot.eligible:
        closed = Ballot.objects.get(pk=session.close(ballot).pk)
        assert closed.valid + closed.invalid == closed.returned <= closed.given <= closed.codes_made <= closed.eligible
        assert agrees(closed, tally(closed))


@settings(max_examples=50)
@given(votes=st.lists(st.integers(0, 9), min_size=1, max_size=7), places=st.integers(1, 7), eligible=st.integers(5, 12))
def test_who_passes_is_what_a_plain_reading_of_the_rule_says(votes: list[int], places: int, eligible: int) -> None:
    for number, (mine, result) in enumerate(zip(votes, decide(votes, places=places, eligible=eligible), strict=True)):
        rivals = [other for place, other in enumerate(votes) if place != number and other * 2 > eligible]
        ahead = sum(other > mine for other in rivals)
        beside = sum(other == mine for other in rivals)
        if mine * 2 <= eligible or ahead >= places:
            assert result == "FAILED"
        elif ahead + beside < places:
            assert result == "PASSED"
        else:
            assert result == "TIED"


@settings(max_examples=50)
@given(votes=st.lists(st.integers(0, 9), min_size=1, max_size=7), places=st.integers(1, 7))
def test_never_more_pass_than_there_are_places(votes: list[int], places: int) -> None:
    assert Counter(decide(votes, places=places, eligible=9))["PASSED"] <= places


# Typed by hand: a new column makes this fail, and whoever adds it says here why it leads to nobody.
COLUMNS: dict[type[models.Model], set[str]] = {
    BallotVoice: {"id", "ballot", "is_valid"},
    BallotTick: {"id", "voice", "item"},
    OneTimePrint: {"key_hash", "box", "number"},
}


@pytest.mark.parametrize("model", COLUMNS)
def test_no_column_of_a_voice_leads_to_a_code_a_person_or_a_moment(model: type[models.Model]) -> None:
    fields = {field.name: field for field in model._meta.concrete_fields}
    assert set(fields) == COLUMNS[model]
    for field in fields.values():
        assert not isinstance(field, models.DateField | models.DateTimeField | models.TimeField | models.AutoField)
        assert field.remote_field is None or field.remote_field.model in (Ballot, BallotItem, BallotVoice)
    assert not isinstance(model._meta.pk, models.AutoField | models.IntegerField)
    assert {row.name for row in model._meta.get_fields()} - set(fields) <= {"ticks"}


@pytest.mark.django_db
def test_the_database_itself_has_no_other_column() -> None:
    with connection.cursor() as cursor:
        for model, names in COLUMNS.items():
            columns = connection.introspection.get_table_description(cursor, model._meta.db_table)
            assert {column.name.removesuffix("_id") for column in columns} == names


def test_keys_are_by_chance_and_no_code_or_name_stands_in_a_row(session: Session) -> None:
    ballot = session.open(places=2)
    phone, paper = session.slips(ballot, 2)
    voting.vote(phone, ticks=session.items(ballot, 1, 2))
    session.paper(ballot, paper, 1)
    session.paper(ballot, paper, 1, actor=session.second)
    assert {row.pk.version for model in (BallotVoice, BallotTick) for row in model.objects.all()} == {4}
    kept = str([list(model.objects.values()) for model in COLUMNS])
    for secret in (phone, paper, session.staff.username, session.second.username, "2026-03"):
        assert secret not in kept
    assert all(isinstance(row.pk, uuid.UUID) for row in BallotVoice.objects.all())


@pytest.fixture
def open_session(transactional_db: None) -> Session:
    """The same with real transactions, so that threads see each other."""
    forget()
    world = make_world()
    return make_session(Hall(world, open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN)))


def at_once(acts: list[Any]) -> list[str]:
    """What each came to, all begun at the same moment."""
    gate, came = Barrier(len(acts)), []

    def run(act: Any) -> None:
        gate.wait()
        try:
            came.append(str(act() and "done"))
        except VerbError as error:
            came.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.django_db(transaction=True)
def test_at_once_by_telephone_and_on_paper_a_slip_is_one_voice_and_the_close_is_one(open_session: Session) -> None:
    session = open_session
    ballot = session.open(places=1, eligible=5)
    slip, *others = session.slips(ballot, 4)
    session.paper(ballot, slip, 1)
    acts = [lambda: voting.vote(slip, ticks=session.items(ballot, 1))] * 3
    came = at_once([*acts, lambda: session.paper(ballot, slip, 1, actor=session.second)])
    assert Counter(came) == {"done": 1, "WrongCode": 3}
    assert ballot.voices.count() == 1
    for code in others:
        voting.vote(code, ticks=session.items(ballot, 2))
    assert Counter(at_once([lambda: session.close(ballot)] * 3)) == {"done": 1, "WrongState": 2}
    assert session.states() == ["SHELVED", "BALLOTED", "SHELVED"]
