"""The inbox, the parked messages and the rules page."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Role, User
from notices import kinds, queries, rules_cache
from notices.models import Channel, DeliveryRules, Notice, State
from notices.outbox import post
from notices.views import inbox
from notices.views import parked as parked_page

INBOX, PARKED, RULES = "/desk/notices/", "/desk/notices/parked/", "/desk/notices/rules/"
PHONE = "13812341234"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def clerk(person: Callable[..., User]) -> User:
    return person("clerk", Role.STATION_STAFF)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.sessions.AccountBackend")
    return client


def tell(user: User, noon: datetime, count: int = 1, **fields: Any) -> None:
    for number in range(count):
        post("plain", at=noon, dedupe=f"x:{number}", user=user, channel=Channel.IN_SITE, **fields)


@pytest.mark.parametrize("page", ["", "parked/", "rules/"])
def test_visitors_are_led_to_sign_in(client: Client, page: str, db: None) -> None:
    assert client.get(INBOX + page)["Location"] == f"/accounts/login/?next={INBOX}{page}"


class TestInbox:
    def test_ones_own_notices_in_words(self, clerk: User, person: Callable[..., User], noon: datetime) -> None:
        tell(clerk, noon, context={"title": "三盏路灯不亮"})
        tell(person("other"), noon, context={"title": "别人的事"})
        text = browser(clerk).get(INBOX).content.decode()
        assert "三盏路灯不亮" in text
        assert "别人的事" not in text
        assert "1 条没看" in text

    def test_values_are_escaped_on_the_page(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, context={"title": "<script>alert(1)</script>"})
        text = browser(clerk).get(INBOX).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text

    def test_opening_marks_as_read_and_leads_to_the_matter(self, clerk: User, noon: datetime) -> None:
        kinds.link("opinion", lambda key: f"/desk/opinions/{key}/")
        tell(clerk, noon, subject="opinion:12")
        notice = Notice.objects.get()
        client = browser(clerk)
        assert client.get(f"{INBOX}{notice.pk}/read/")["Location"] == INBOX
        assert Notice.objects.get().read_at is None
        assert client.post(f"{INBOX}{notice.pk}/read/")["Location"] == "/desk/opinions/12/"
        first = Notice.objects.get().read_at
        client.post(f"{INBOX}{notice.pk}/read/")
        assert Notice.objects.get().read_at == first

    def test_anothers_notice_is_not_found(self, clerk: User, person: Callable[..., User], noon: datetime) -> None:
        tell(clerk, noon)
        stranger = browser(person("stranger"))
        assert stranger.post(f"{INBOX}{Notice.objects.get().pk}/read/").status_code == 404
        assert Notice.objects.get().read_at is None

    def test_all_at_once(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, 3)
        client = browser(clerk)
        client.post(f"{INBOX}read/")
        assert queries.unread_count(clerk) == 0
        assert "都看过了" in client.get(INBOX).content.decode()

    def test_unread_only(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, 3)
        Notice.objects.filter(dedupe="x:1").update(read_at=noon)
        page = browser(clerk).get(f"{INBOX}?show=unread")
        assert len(page.context["rows"]) == 2

    def test_empty_pages_say_what_comes_here(self, clerk: User) -> None:
        assert "还没有通知" in browser(clerk).get(INBOX).content.decode()
        assert "没有没看的通知" in browser(clerk).get(f"{INBOX}?show=unread").content.decode()

    def test_pages_go_by_the_last_one_seen(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, 70)
        client, seen, address = browser(clerk), [], INBOX
        while address:
            page = client.get(address)
            seen += [row["notice"].pk for row in page.context["rows"]]
            address = f"{INBOX}?before={page.context['older']}" if page.context["older"] else ""
        assert len(seen) == len(set(seen)) == 70
        assert client.get(f"{INBOX}?before=9999999999999999999999").status_code == 200

    def test_cost_does_not_grow_with_the_rows(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, 1)
        client = browser(clerk)
        client.get(INBOX)
        with CaptureQueriesContext(connection) as few:
            client.get(INBOX)
        tell(clerk, noon, 30)
        with CaptureQueriesContext(connection) as many:
            client.get(INBOX)
        assert len(many) == len(few)

    def test_the_rail_counts_the_unread(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, 4)
        assert '条没看">4</span>' in browser(clerk).get(INBOX).content.decode()

    def test_counting_stops_early(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, queries.CAP + 5)
        assert queries.unread_count(clerk) == queries.CAP


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/desk/opinions/1/", "/desk/opinions/1/"),
        ("https://evil.test/", ""),
        ("//evil.test/", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_notices_lead_to_our_own_pages_only(wanted: str | None, leads: str) -> None:
    assert inbox.destination(Notice(subject="", context={"url": wanted})) == leads


class TestParked:
    @pytest.fixture
    def parked(self, db: None, noon: datetime) -> Notice:
        post("news", at=noon, dedupe="p", phone=PHONE, region_code="411625001003", context={"title": "路灯"})
        Notice.objects.update(state=State.PARKED, attempts=6, last_error="短信网关没有接收。")
        return Notice.objects.get()

    def test_masked_with_the_reason(self, parked: Notice, clerk: User) -> None:
        text = browser(clerk).get(PARKED).content.decode()
        assert "138****1234" in text
        assert PHONE not in text
        assert "短信网关没有接收" in text
        assert "试了 6 次" in text

    @pytest.mark.parametrize(
        ("role", "region", "status", "rows"),
        [
            (Role.STATION_STAFF, "411625001", 200, 1),
            (Role.STATION_STAFF, "411625002", 200, 0),
            (Role.TOWN_STAFF, "411625001", 200, 1),
            (Role.COUNTY_STAFF, "411625", 200, 1),
            (Role.COUNTY_STAFF, "411626", 200, 0),
            (Role.COUNTY_LEADER, "411625", 403, 0),
            (Role.UNIT_HANDLER, "411625", 403, 0),
            (Role.REPRESENTATIVE, "411625", 403, 0),
            (Role.GRID_WORKER, "411625", 403, 0),
            (Role.SYSTEM_ADMIN, "411625", 403, 0),
            (Role.SECURITY_ADMIN, "411625", 403, 0),
            (Role.AUDIT_ADMIN, "411625", 403, 0),
        ],
    )
    def test_who_sees_it(
        self, parked: Notice, person: Callable[..., User], role: str, region: str, status: int, rows: int
    ) -> None:
        page = browser(person("someone", role, region)).get(PARKED)
        assert page.status_code == status
        if status == 200:
            assert len(page.context["rows"]) == rows

    def test_try_again(self, parked: Notice, clerk: User) -> None:
        client = browser(clerk)
        assert client.post(f"{PARKED}{parked.pk}/again/")["Location"] == PARKED
        assert Notice.objects.get().state == State.PENDING
        assert client.post(f"{PARKED}{parked.pk}/again/").status_code == 409

    def test_another_towns_notice_is_not_found(self, parked: Notice, person: Callable[..., User]) -> None:
        stranger = browser(person("stranger", Role.STATION_STAFF, "411625002"))
        assert stranger.post(f"{PARKED}{parked.pk}/again/").status_code == 404

    def test_an_erased_address_is_told(self, parked: Notice, clerk: User) -> None:
        Notice.objects.update(address="")
        text = browser(clerk).get(PARKED).content.decode()
        assert "号码已抹去" in text
        assert "再试一次" not in text

    def test_mails_are_masked_too(self, noon: datetime) -> None:
        notice = Notice(channel=Channel.EMAIL, address="laotian@example.test")
        assert parked_page.masked(notice) == "l***@example.test"

    def test_nothing_parked(self, clerk: User) -> None:
        assert "都发出去了" in browser(clerk).get(PARKED).content.decode()

    def test_counted_for_the_caretaker(self, parked: Notice, clerk: User) -> None:
        assert queries.parked_count(clerk) == 1


class TestRules:
    FORM = {"quiet_from": "20:00", "quiet_until": "09:00", "max_attempts": "3", "erase_after_days": "30",
            "digest_at": "08:00", "digest_minutes": "10"}  # fmt: skip

    @pytest.fixture
    def admin(self, person: Callable[..., User]) -> User:
        return person("sysadmin", Role.SYSTEM_ADMIN, "411625")

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMIN])
    def test_closed_to_everybody_else(self, person: Callable[..., User], role: str) -> None:
        client = browser(person("someone", role, "411625"))
        assert client.get(RULES).status_code == 403
        assert client.post(RULES, self.FORM).status_code == 403
        assert not DeliveryRules.objects.exists()

    def test_starts_from_the_defaults(self, admin: User) -> None:
        text = browser(admin).get(RULES).content.decode()
        assert 'value="21:00"' in text
        assert 'value="08:00"' in text

    def test_saving_twice_keeps_one_row_and_two_lines(
        self, admin: User, noon: datetime, django_capture_on_commit_callbacks: Callable[..., Any]
    ) -> None:
        client = browser(admin)
        rules_cache.current_rules()
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(RULES, self.FORM).status_code == 302
        client.post(RULES, self.FORM | {"max_attempts": "4"})
        row = DeliveryRules.objects.get()
        assert (row.quiet_from, row.max_attempts) == (time(20), 4)
        assert AuditEntry.objects.filter(action="delivery_rules_changed", actor=admin).count() == 2
        assert rules_cache.current_rules().quiet_from == time(20)

    @pytest.mark.parametrize(
        ("field", "value"), [("max_attempts", "0"), ("erase_after_days", "1"), ("quiet_from", "25:00")]
    )
    def test_unusable_numbers_are_refused(self, admin: User, field: str, value: str) -> None:
        page = browser(admin).post(RULES, self.FORM | {field: value})
        assert page.status_code == 200
        assert page.context["form"].errors[field]
        assert not DeliveryRules.objects.exists()


def test_rules_are_asked_for_once_a_minute(db: None, django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        for _ in range(5):
            rules_cache.current_rules()


def test_support_screen_shows_no_address(person: Callable[..., User], noon: datetime) -> None:
    post("news", at=noon, dedupe="a", phone=PHONE, context={"title": "路灯"})
    admin = browser(person("sysadmin", Role.SYSTEM_ADMIN, "411625"))
    text = admin.get("/admin/notices/notice/").content.decode()
    assert "news" in text
    assert PHONE not in text
    assert "路灯" not in text


def test_read_all_spares_what_came_later(clerk: User, noon: datetime) -> None:
    tell(clerk, datetime.now(noon.tzinfo) + timedelta(hours=1))
    browser(clerk).post(f"{INBOX}read/")
    assert queries.unread_count(clerk) == 1
