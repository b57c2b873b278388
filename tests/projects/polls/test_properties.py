"""What must hold of every poll: nobody twice, sums that can be counted again, voices that lead to nobody."""

import uuid
from collections import Counter
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.workflow import VerbError
from projects.models import ProjectIdea
from projects.onetime import OneTimeCode
from projects.polls import workflow
from projects.polls.models import Face, Poll, PollMark, PollVoice, Verdict
from projects.polls.tally import Result, Sum, tally, verdict
from projects.polls.workflow import Answers
from projects.states import State
from projects.workflow import open_campaign
from stations.queries import forget
from tests.projects.conftest import PLAN, Hall
from tests.projects.polls.conftest import BAD, DURING, GOOD, Booth
from tests.world import START, make_world

FACES = st.sampled_from(list(Face))
SUMS = st.builds(Sum, *[st.integers(0, 60)] * 3)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.django_db
@QUICK
@given(presses=st.lists(st.tuples(st.booleans(), st.integers(0, 5), FACES, st.lists(FACES, max_size=3)), max_size=20))
def test_sums_recount_from_the_ballots_and_nobody_speaks_twice(hall: Hall, presses: list[Any]) -> None:
    """Six slips and six devices are pressed in any order, any number of times: the first press of each counts."""
    with transaction.atomic():
        booth = Booth(hall, hall.idea(State.COMPLETED))
        poll = booth.open()
        codes, expected = booth.slips(poll, 6), {}
        for by_slip, number, face, answers in presses:
            said = Answers(face, answers)
            try:
                if by_slip:
                    workflow.speak_by_code(codes[number], at=DURING, said=said)
                else:
                    workflow.speak_by_device(poll.pk, at=DURING, said=said, device=f"{number:032x}")
            except VerbError:
                assert (by_slip, number) in expected
            expected.setdefault((by_slip, number), (face, answers))
        result = tally(poll)
        for by_slip, found in ((True, result.by_code), (False, result.by_device)):
            faces = Counter(face for (slip, _), (face, _) in expected.items() if slip == by_slip)
            assert found == Sum(faces["GOOD"], faces["FAIR"], faces["BAD"])
        asked = Counter(answers[0] for _, answers in expected.values() if answers)
        assert result.questions[0][1] == Sum(asked["GOOD"], asked["FAIR"], asked["BAD"])
        assert result.people.all == poll.voices.count() == len(expected)
        closed = booth.close(poll)
        assert closed.codes_used == result.by_code.all
        assert tally(Poll.objects.get(pk=poll.pk)) == result
        transaction.set_rollback(True)


@settings(max_examples=50)
@given(code=SUMS, device=SUMS, bar=st.integers(50, 100), least=st.integers(1, 40))
def test_the_verdict_is_what_the_sums_say(code: Sum, device: Sum, bar: int, least: int) -> None:
    people = Sum(code.good + device.good, code.fair + device.fair, code.bad + device.bad)
    found = verdict(Result(people, code, device, Sum(0, 0, 9), ()), bar=bar, least=least)
    if people.all < least:
        assert found == Verdict.FEW
    elif found == Verdict.GOOD:
        assert people.satisfied / people.all >= bar / 100 - 1e-9
        assert code.all < least or code.satisfied / code.all >= bar / 100 - 1e-9
    else:
        assert people.satisfied / people.all < bar / 100 or code.satisfied / code.all < bar / 100


@settings(max_examples=50)
@given(one=SUMS, bar=st.integers(1, 100))
def test_a_per_cent_never_rounds_up_to_the_bar(one: Sum, bar: int) -> None:
    assert 0 <= one.percent <= 100
    if one.all:
        assert one.reaches(bar) == (one.percent >= bar)
    else:
        assert (one.percent, one.reaches(bar)) == (0, False)


# Typed by hand: a new column makes this fail, and whoever adds it says here why it leads to nobody.
COLUMNS = {
    PollVoice: {"id", "poll", "door", "overall", "answers", "words"},
    PollMark: {"mark", "poll"},
    OneTimeCode: {"code_hash", "box", "is_spent"},
}


@pytest.mark.parametrize("model", COLUMNS)
def test_no_column_of_a_voice_a_mark_or_a_code_leads_to_the_other(model: type[models.Model]) -> None:
    fields = {field.name: field for field in model._meta.concrete_fields}
    assert set(fields) == COLUMNS[model]
    for field in fields.values():
        assert not isinstance(field, models.DateField | models.DateTimeField | models.TimeField | models.AutoField)
        assert field.remote_field is None or field.remote_field.model is Poll
    assert not isinstance(model._meta.pk, models.AutoField | models.IntegerField)
    assert not {row.name for row in model._meta.get_fields()} - set(fields)  # nothing points here either


@pytest.mark.django_db
def test_the_database_itself_has_no_other_column() -> None:
    with connection.cursor() as cursor:
        for model, names in COLUMNS.items():
            columns = connection.introspection.get_table_description(cursor, model._meta.db_table)
            assert {column.name.removesuffix("_id") for column in columns} == names


def test_keys_of_voices_are_by_chance(booth: Booth) -> None:
    poll = booth.open()
    booth.speak(poll, good=8)
    keys = list(poll.voices.values_list("pk", flat=True))
    assert {key.version for key in keys} == {4}  # by chance, not by the clock
    assert keys == sorted(keys)
    assert all(isinstance(key, uuid.UUID) for key in keys)


def test_no_code_device_or_name_stands_in_any_row(booth: Booth) -> None:
    poll = booth.open()
    code, device, rep = booth.slips(poll, 1)[0], "d" * 32, booth.hall.world.rep
    workflow.speak_by_code(code, at=DURING, said=GOOD)
    workflow.speak_by_device(poll.pk, at=DURING, said=BAD, device=device)
    workflow.speak_as_representative(poll.pk, actor=rep, at=DURING, said=BAD)
    kept = str([list(model.objects.values()) for model in COLUMNS]) + str(list(booth.idea.history.values()))
    for secret in (code, device, rep.username, "2026-03-26 12"):
        assert secret not in kept


@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_voice_is_never_changed(booth: Booth, act: str) -> None:
    poll = booth.open()
    booth.speak(poll, good=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        poll.voices.update(overall="BAD") if act == "update" else poll.voices.all().delete()
    assert PollVoice.objects.get().overall == "GOOD"


@pytest.fixture
def open_booth(transactional_db: None) -> Booth:
    """The same with real transactions, so that two threads see each other."""
    forget()
    world = make_world()
    hall = Hall(world, open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN))
    return Booth(hall, hall.idea(State.COMPLETED))


def at_once(times: int, act: Any) -> list[str]:
    """What each came to, all begun at the same moment."""
    gate, came = Barrier(times), []

    def run() -> None:
        gate.wait()
        try:
            act()
            came.append("done")
        except VerbError as error:
            came.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(came)


@pytest.mark.django_db(transaction=True)
def test_at_once_a_slip_a_device_and_a_representative_are_one_voice_each_and_the_end_is_one(open_booth: Booth) -> None:
    poll, rep = open_booth.open(), open_booth.hall.world.rep
    code = open_booth.slips(poll, 1)[0]
    speak = [
        lambda: workflow.speak_by_code(code, at=DURING, said=GOOD),
        lambda: workflow.speak_by_device(poll.pk, at=DURING, said=GOOD, device="e" * 32),
        lambda: workflow.speak_as_representative(poll.pk, actor=rep, at=DURING, said=GOOD),
    ]
    for one, refused in zip(speak, ("WrongCode", "AlreadySpoken", "AlreadySpoken"), strict=True):
        assert Counter(at_once(4, one)) == {"done": 1, refused: 3}
    assert poll.voices.count() == 3
    assert Counter(at_once(3, lambda: open_booth.close(poll))) == {"done": 1, "WrongState": 2}
    assert ProjectIdea.objects.get().history.filter(verb="evaluate").count() == 1
