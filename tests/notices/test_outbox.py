"""Writing notices: one statement, once per occasion, with the caller's transaction."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notices import kinds, outbox, rules_cache
from notices.drafts import plain
from notices.kinds import Kind, UnknownKind
from notices.models import Channel, DeliveryRules, Notice, State
from notices.outbox import Draft, post, post_many

PHONE = "13812341234"


@pytest.fixture
def clerk(person: Callable[..., User]) -> User:
    return person("clerk")


def test_in_site_notice_is_there_at_once(clerk: User, noon: datetime) -> None:
    assert post("news", at=noon, dedupe="a", user=clerk, subject="opinion:1", context={"title": "路灯"}) == 1
    [notice] = Notice.objects.all()
    assert (notice.channel, notice.state, notice.sent_at) == (Channel.IN_SITE, State.SENT, noon)
    assert notice.context == {"title": "路灯"}


def test_in_site_ignores_the_quiet_hours(clerk: User, noon: datetime) -> None:
    night = noon.replace(hour=23)
    post("news", at=night, dedupe="a", user=clerk)
    assert Notice.objects.get().sent_at == night


def test_a_text_message_written_at_night_waits_for_the_morning(db: None, noon: datetime) -> None:
    post("news", at=noon.replace(hour=23), dedupe="a", phone=PHONE)
    notice = Notice.objects.get()
    assert notice.state == State.PENDING
    assert notice.not_before == noon.replace(hour=8) + timedelta(days=1)


def test_changed_quiet_hours_count_for_new_notices(db: None, noon: datetime) -> None:
    DeliveryRules.objects.create(quiet_from=time(11, 0), quiet_until=time(13, 0))
    rules_cache.forget()
    post("news", at=noon, dedupe="a", phone=PHONE)
    assert Notice.objects.get().not_before == noon.replace(hour=13)


def test_the_same_occasion_is_told_once(clerk: User, noon: datetime) -> None:
    for _ in range(3):
        post("news", at=noon, dedupe="overdue:7", user=clerk, phone=PHONE)
    assert sorted(Notice.objects.values_list("channel", flat=True)) == [Channel.IN_SITE, Channel.SMS]


def test_the_same_occasion_for_two_people_reaches_both(person: Callable[..., User], noon: datetime) -> None:
    drafts = [Draft("news", noon, "overdue:7", user=person(name)) for name in ("anna", "bert")]
    post_many(
        [*drafts, Draft("news", noon, "overdue:7", phone=PHONE), Draft("news", noon, "overdue:7", phone="13900001111")]
    )
    assert Notice.objects.count() == 4


def test_many_drafts_are_one_statement(person: Callable[..., User], noon: datetime) -> None:
    users = [person(f"user{number}") for number in range(12)]
    rules_cache.current_rules()
    drafts = [Draft("news", noon, f"x:{user.pk}", user_id=user.pk) for user in users]
    drafts += [Draft("news", noon, f"y:{number}", phone=f"138000000{number:02}") for number in range(10)]
    with CaptureQueriesContext(connection) as queries:
        assert post_many(drafts) == 22
    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]
    assert "ON CONFLICT DO NOTHING" in queries[0]["sql"]


def test_nothing_to_write_is_no_statement(
    noon: datetime, django_assert_num_queries: Callable[..., object], db: None
) -> None:
    with django_assert_num_queries(0):
        assert post_many([]) == 0
        assert post("news", at=noon, dedupe="a") == 0  # a resident who left no phone


def test_unknown_kind_is_an_error_and_writes_nothing(clerk: User, noon: datetime) -> None:
    good = Draft("news", noon, "a", user=clerk)
    with pytest.raises(UnknownKind):
        post_many([good, Draft("gossip", noon, "b", user=clerk)])
    assert not Notice.objects.exists()


def test_it_lives_and_dies_with_the_callers_transaction(clerk: User, noon: datetime) -> None:
    with transaction.atomic():
        post("news", at=noon, dedupe="a", user=clerk)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_channels_follow_the_addresses_a_person_has(person: Callable[..., User], noon: datetime) -> None:
    full = person("full", email="full@example.test", phone=PHONE)
    bare = person("bare")
    post_many([Draft("plain", noon, "a", user=full), Draft("plain", noon, "a", user=bare)])
    assert set(Notice.objects.filter(user=full).values_list("channel", flat=True)) == {"IN_SITE", "EMAIL", "SMS"}
    assert set(Notice.objects.filter(user=bare).values_list("channel", flat=True)) == {"IN_SITE"}


def test_a_named_channel_is_the_only_one(person: Callable[..., User], noon: datetime) -> None:
    post("plain", at=noon, dedupe="a", user=person("full", phone=PHONE), channel=Channel.SMS)
    assert [notice.channel for notice in Notice.objects.all()] == [Channel.SMS]


def test_the_address_is_encrypted_in_the_table(db: None, noon: datetime) -> None:
    post("news", at=noon, dedupe="a", phone=PHONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT notices_notice::text FROM notices_notice")
        [(row,)] = cursor.fetchall()
    assert PHONE not in row
    assert Notice.objects.get().address == PHONE


def test_the_address_shows_in_no_repr(person: Callable[..., User], noon: datetime) -> None:
    user = person("full", email="full@example.test", phone=PHONE)
    draft = Draft("plain", noon, "a", user=user, phone=PHONE, email="full@example.test", context={"x": PHONE})
    post_many([draft])
    shown = repr(draft) + "".join(f"{notice!r}{notice}" for notice in Notice.objects.all()) + repr(user) + str(user)
    assert PHONE not in shown
    assert "full@example.test" not in shown


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("路灯\n【银行】请点 http://evil", "路灯 【银行】请点 http://evil"),
        ("a\r\nBcc: x@y", "a Bcc: x@y"),
        ("\u202e翻转\u200b", "翻转"),
        ("洺南街道", "洺南街道"),
        ("x" * 500, "x" * 200),
        (7, 7),
        (True, True),
        (None, None),
        ([1, "a\nb"], [1, "a b"]),
        (0.5, 0.5),
    ],
)
def test_values_stay_on_one_line(typed: object, stored: object) -> None:
    assert plain({"value": typed}) == {"value": stored}


def test_nudges_only_when_something_waits(
    person: Callable[..., User], noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[int] = []
    monkeypatch.setattr(outbox, "nudge", lambda: called.append(1))
    user = person("clerk")
    post("news", at=noon, dedupe="a", user=user)
    assert called == []
    post("news", at=noon, dedupe="a", phone=PHONE)
    assert called == [1]


def test_a_kind_is_registered_once() -> None:
    kind = Kind("extra", "另一种", "probe/plain")
    assert kinds.register(kind) is kind
    assert kinds.register(Kind("extra", "另一种", "probe/plain")) == kind
    with pytest.raises(ValueError, match="twice"):
        kinds.register(Kind("extra", "改了名", "probe/plain"))
    assert "extra" in [known.name for known in kinds.known()]


def test_subjects_lead_where_their_app_says() -> None:
    kinds.link("opinion", lambda key: f"/desk/opinions/{key}/")
    assert kinds.address_of("opinion:12") == "/desk/opinions/12/"
    assert kinds.address_of("roster:12") == ""
    assert kinds.address_of("opinion") == ""
    assert kinds.address_of("") == ""
