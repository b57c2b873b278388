"""What did not arrive becomes a telephone call: words to say, the number only behind its reason, and "打过了"."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Role, User
from core.workflow import WrongState
from notices import kinds, queries, services
from notices.kinds import Kind
from notices.models import Channel, GroupRobot, Notice, State
from notices.outbox import post
from notices.templatetags.undelivered import undelivered

PARKED = "/desk/notices/parked/"
PHONE = "13812341234"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kind() -> None:
    kinds.register(Kind("told", "有结果了", "probe/told", (Channel.SMS,), words=("link", "receipt2")))
    kinds.link("matter", lambda key: f"/desk/matters/{key}/")


@pytest.fixture
def clerk(person: Callable[..., User]) -> User:
    return person("clerk", Role.STATION_STAFF)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.sessions.AccountBackend")
    return client


def park(noon: datetime, number: int = 1, **changes: Any) -> Notice:
    post("told", at=noon, dedupe=f"p:{number}", phone=PHONE, region_code="411625001", subject=f"matter:{number}",
         context={"receipt": "K7QM4XWD3R"}, station_code=changes.pop("station_code", ""))  # fmt: skip
    notice = Notice.objects.latest("pk")
    values = {"state": State.PARKED, "attempts": 6, "last_error": "短信网关没有接收。"} | changes
    Notice.objects.filter(pk=notice.pk).update(**values)
    notice.refresh_from_db()
    return notice


class TestScript:
    def test_what_to_say_without_the_number(self, clerk: User, noon: datetime) -> None:
        park(noon)
        text = browser(clerk).get(PARKED).content.decode()
        assert "您好，您说的事有结果了，回执码 K7 开头。" in text
        assert 'href="/desk/matters/1/#t-body"' in text
        assert PHONE not in text

    def test_a_bounce_is_told_from_a_failure(self, clerk: User, noon: datetime) -> None:
        park(noon, bounced_at=noon, last_error="手机没收到：空号。")
        text = browser(clerk).get(PARKED).content.decode()
        assert "发出去了，手机没收到" in text
        assert "手机没收到：空号。" in text

    def test_the_countys_own_script(self, clerk: User, person: Callable[..., User], noon: datetime) -> None:
        county = person("county", Role.COUNTY_STAFF, "411625")
        services.change_text(kinds.get("told"), "PHONE", "老乡您好！<b>", actor=county, at=noon)
        park(noon)
        assert "老乡您好！&lt;b&gt;" in browser(clerk).get(PARKED).content.decode()

    def test_whose_number_is_erased_there_is_nobody_to_call(self, clerk: User, noon: datetime) -> None:
        park(noon, address="", context={})
        text = browser(clerk).get(PARKED).content.decode()
        assert "号码已抹去" in text
        assert "电话里怎么说" not in text
        assert "打过了" in text

    def test_a_kind_that_is_gone_still_shows(self, clerk: User, noon: datetime) -> None:
        park(noon, kind="forgotten")
        assert "forgotten" in browser(clerk).get(PARKED).content.decode()

    def test_a_colleagues_letter_has_no_script(self, clerk: User, noon: datetime) -> None:
        post("plain", at=noon, dedupe="c", user=clerk, email="c@example.test", channel=Channel.EMAIL,
             region_code="411625001")  # fmt: skip
        Notice.objects.update(state=State.PARKED)
        text = browser(clerk).get(PARKED).content.decode()
        assert "CLERK" in text
        assert "电话里怎么说" not in text

    def test_a_group_is_named(self, clerk: User, noon: datetime) -> None:
        robot = GroupRobot.objects.create(
            name="洺南站群", scope="station", code="x", region_code="411625001", address="secret", created_at=noon
        )
        park(noon, channel=Channel.WECOM, address=f"group:{robot.pk}")
        text = browser(clerk).get(PARKED).content.decode()
        assert "洺南站群" in text
        assert "不用再发" in text
        assert "电话里怎么说" not in text
        robot.delete()
        assert "已移除的群" in browser(clerk).get(PARKED).content.decode()

    def test_who_follows_on_wechat_is_not_shown(self, clerk: User, noon: datetime) -> None:
        park(noon, channel=Channel.WECHAT, address="oOPENID")
        text = browser(clerk).get(PARKED).content.decode()
        assert "微信关注者" in text
        assert "oOPENID" not in text

    def test_cost_does_not_grow_with_the_rows(self, clerk: User, noon: datetime) -> None:
        client = browser(clerk)
        park(noon, 1)
        client.get(PARKED)
        with CaptureQueriesContext(connection) as few:
            client.get(PARKED)
        for number in range(2, 30):
            park(noon, number)
        with CaptureQueriesContext(connection) as many:
            client.get(PARKED)
        assert len(many) == len(few)


class TestTold:
    def test_recorded_who_and_when(self, clerk: User, noon: datetime) -> None:
        notice = park(noon)
        page = browser(clerk).post(f"{PARKED}{notice.pk}/told/", follow=True)
        assert "已经另外告诉对方" in page.content.decode()
        notice.refresh_from_db()
        assert (notice.state, notice.told_by) == (State.TOLD, clerk)
        assert notice.told_at is not None
        entry = AuditEntry.objects.get(action="notice_told")
        assert (entry.actor, entry.subject) == (clerk, f"notice:{notice.pk}")
        assert queries.parked_count(clerk) == 0

    def test_twice_is_said(self, clerk: User, noon: datetime) -> None:
        notice = park(noon)
        client = browser(clerk)
        client.post(f"{PARKED}{notice.pk}/told/")
        assert client.post(f"{PARKED}{notice.pk}/told/").status_code == 409
        assert client.post(f"{PARKED}{notice.pk}/again/").status_code == 409
        assert AuditEntry.objects.filter(action="notice_told").count() == 1

    def test_out_of_sight_is_not_found(self, person: Callable[..., User], noon: datetime) -> None:
        notice = park(noon)
        stranger = browser(person("stranger", Role.STATION_STAFF, "411625002"))
        assert stranger.post(f"{PARKED}{notice.pk}/told/").status_code == 404

    @pytest.mark.parametrize(
        "role", [Role.COUNTY_LEADER, Role.UNIT_HANDLER, Role.REPRESENTATIVE, Role.GRID_WORKER, Role.SYSTEM_ADMIN]
    )
    def test_not_everybodys(self, person: Callable[..., User], noon: datetime, role: str) -> None:
        notice = park(noon)
        assert browser(person("x1y", role, "411625")).post(f"{PARKED}{notice.pk}/told/").status_code == 403

    def test_reading_the_address_changes_nothing(self, clerk: User, noon: datetime) -> None:
        notice = park(noon)
        assert browser(clerk).get(f"{PARKED}{notice.pk}/told/")["Location"] == PARKED
        assert Notice.objects.get().state == State.PARKED

    def test_the_matters_app_hears_of_it(self, clerk: User, noon: datetime) -> None:
        heard: list[Any] = []
        kinds.when_told("matter", lambda *what: heard.append(what))
        services.mark_told(park(noon).pk, actor=clerk, at=noon)
        assert heard == [("1", "told", clerk, noon)]

    def test_what_the_app_refuses_is_not_recorded(self, clerk: User, noon: datetime) -> None:
        def refuse(*_: Any) -> None:
            raise WrongState("不行。")

        kinds.when_told("matter", refuse)
        with pytest.raises(WrongState):
            services.mark_told(park(noon).pk, actor=clerk, at=noon)
        assert Notice.objects.get().state == State.PARKED

    @pytest.mark.parametrize("missing", ["told_at", "told_by"])
    def test_the_database_wants_to_know_who_and_when(self, clerk: User, noon: datetime, missing: str) -> None:
        park(noon)
        values = {"state": State.TOLD, "told_at": noon, "told_by": clerk}
        del values[missing]
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.update(**values)


class TestAllAgain:
    def test_what_could_not_be_sent(self, clerk: User, noon: datetime) -> None:
        for number in (1, 2, 3):
            park(noon, number)
        client = browser(clerk)
        assert "全部再试" in client.get(PARKED).content.decode()
        client.post(f"{PARKED}again/")
        assert set(Notice.objects.values_list("state", "attempts")) == {(State.PENDING, 0)}
        assert AuditEntry.objects.get(action="notices_retried").detail == {"count": 3}

    def test_not_what_the_telephone_did_not_take_nor_anothers(self, clerk: User, noon: datetime) -> None:
        park(noon, 1, bounced_at=noon)
        park(noon, 2, region_code="411625002")
        park(noon, 3, address="")
        browser(clerk).post(f"{PARKED}again/")
        assert not Notice.objects.filter(state=State.PENDING).exists()

    def test_one_row_needs_no_such_button(self, clerk: User, noon: datetime) -> None:
        park(noon)
        assert "全部再试" not in browser(clerk).get(PARKED).content.decode()


class TestSight:
    """A clerk sees what concerns the matters of his own station."""

    @pytest.mark.parametrize(
        ("station", "role", "region", "sees"),
        [
            ("somewhere", Role.STATION_STAFF, "411625001", True),
            ("somewhere", Role.STATION_STAFF, "411629", True),
            ("elsewhere", Role.STATION_STAFF, "411625001", False),
            ("", Role.STATION_STAFF, "411625001", True),
            ("elsewhere", Role.TOWN_STAFF, "411625001", True),
            ("elsewhere", Role.TOWN_STAFF, "411625002", False),
            ("elsewhere", Role.COUNTY_STAFF, "411625", True),
        ],
    )
    def test_by_station_else_by_region(
        self, person: Callable[..., User], noon: datetime, station: str, role: str, region: str, sees: bool
    ) -> None:
        park(noon, station_code=station)
        user = person("someone", role, region)
        assert queries.parked_count(user) == int(sees)
        assert undelivered(user, "matter", 1) == {"count": int(sees)}

    def test_the_matters_page_counts_its_own(self, clerk: User, noon: datetime) -> None:
        park(noon, 1)
        park(noon, 2)
        park(noon, 3, channel=Channel.WECOM, address="group:1", subject="matter:1")
        assert undelivered(clerk, "matter", 1) == {"count": 1}
        assert undelivered(clerk, "matter", 12) == {"count": 0}
