"""Queries put together once: the same rows as the queryset, with other values each time, and no silent mistakes."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from core.prepared import Prepared
from tests.world import make_user

pytestmark = pytest.mark.django_db


def _by_name() -> Prepared:
    return Prepared(lambda name: User.objects.filter(username=name).values_list("pk", "name"), "a mark")


def test_it_finds_what_the_queryset_finds_for_each_value() -> None:
    users = [make_user("first"), make_user("second")]
    find = _by_name()
    assert [find(user.username) for user in users] == [[(user.pk, user.name)] for user in users]
    assert find("nobody") == []


def test_it_costs_one_statement_and_knows_no_value_of_the_call_before() -> None:
    make_user("first")
    find = _by_name()
    find("first")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert find("second") == []
    assert len(seen) == 1
    assert "first" not in seen[0]["sql"]
    assert "a mark" not in seen[0]["sql"]


def test_a_value_is_never_read_as_sql() -> None:
    make_user("first")
    assert _by_name()("x' OR '1'='1") == []


def test_fixed_values_stay_and_several_marks_keep_their_places() -> None:
    start, end = datetime(1970, 1, 1, tzinfo=UTC), datetime(1971, 1, 1, tzinfo=UTC)
    between = Prepared(
        lambda since, until: AuditEntry.objects.filter(action="x", at__gte=since, at__lt=until).values_list("pk"),
        start,
        end,
    )
    days = [datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2, 3)]
    rows = [AuditEntry.objects.create(action="x", at=day) for day in days]
    AuditEntry.objects.create(action="y", at=days[1])
    assert between(days[1], days[2]) == [(rows[1].pk,)]
    assert between(days[2], days[1]) == []


def test_a_mark_that_is_not_in_the_query_is_refused() -> None:
    lost = Prepared(lambda name: User.objects.values_list("pk"), "a mark")
    with pytest.raises(TypeError, match="Each mark"):
        lost("first")


def test_a_column_that_would_come_out_as_stored_is_refused() -> None:
    coded = Prepared(lambda pk: User.objects.filter(pk=pk).values_list("phone"), 8_888_888)
    with pytest.raises(TypeError, match="must be converted"):
        coded(1)


def test_a_value_hidden_inside_an_expression_still_takes_its_place() -> None:
    user = make_user("first")
    later = Prepared(lambda pk: User.objects.filter(pk=F("pk") * 0 + pk).values_list("pk"), 8_888_888)
    assert later(user.pk) == [(user.pk,)]
