"""One message instead of ten, for colleagues; never for residents."""

import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from accounts import services as accounts
from accounts.models import Role, User
from notices import digest, kinds, rules_cache, services, texts
from notices.delivery import deliver_due
from notices.digest import FOLD_FROM, gather
from notices.kinds import Family, Kind
from notices.models import Channel, DeliveryRules, GroupRobot, Notice, NoticeText, State
from notices.outbox import Draft, post, post_many
from tests.notices.conftest import SHANGHAI

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 26, 8, 0, tzinfo=SHANGHAI)
OUTSIDE = (Channel.EMAIL, Channel.WECOM, Channel.WECHAT)
TITLE = "东街路灯不亮"


@pytest.fixture(autouse=True)
def _families() -> None:
    kinds.register_family(Family("deadlines", "快到期或超期的事", "list:late", is_daily=True))
    kinds.register_family(Family("arrivals", "新来的事", "list:todo"))
    kinds.link("matter", lambda key: f"/desk/matters/{key}/")
    kinds.link("list", lambda group: f"/desk/matters/?group={group}")
    for name, title, family in (
        ("late", "已经超期", "deadlines"), ("soon", "期限快到了", "deadlines"), ("new", "收到一条新意见", "arrivals"),
    ):  # fmt: skip
        kinds.register(Kind(name, title, "probe/plain", pass_on=OUTSIDE, family=family))
    kinds.register(Kind("alone", "单独的", "probe/plain", pass_on=(Channel.EMAIL,)))


@pytest.fixture
def clerk(person: Callable[..., User]) -> User:
    return person("clerk", Role.STATION_STAFF, email="clerk@example.test")


def tell(user: User, at: datetime, kind: str, count: int = 1, start: int = 0) -> None:
    post_many(
        Draft(
            kind=kind, at=at, dedupe=f"{kind}:{number}:{user.pk}", user_id=user.pk, subject=f"matter:{number}",
            region_code="411625001",
            context={
                "title": f"{TITLE}{number}", "receipt": f"K7QM4XWD{number:02}", "tag": "1",
                "groups": ["station:somewhere", "unit:chengguan", "county:411625"],
            },
        )
        for number in range(start, start + count)
    )  # fmt: skip


def inbox(user: User) -> list[Notice]:
    return list(Notice.objects.inbox_of(user).order_by("pk"))


def outgoing(channel: str = Channel.EMAIL) -> list[Notice]:
    return list(Notice.objects.filter(channel=channel).order_by("pk"))


class TestWhen:
    def test_deadlines_wait_for_the_morning(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late")
        assert Notice.objects.get().pass_on_at == MORNING

    def test_what_comes_at_midnight_goes_that_morning(self, clerk: User) -> None:
        tell(clerk, MORNING.replace(hour=0, minute=2), "late")
        assert Notice.objects.get().pass_on_at == MORNING

    def test_at_the_very_hour_the_next_day_is_meant(self, clerk: User) -> None:
        tell(clerk, MORNING, "late")
        assert Notice.objects.get().pass_on_at == MORNING + timedelta(days=1)

    def test_others_wait_until_the_stretch_is_over(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon + timedelta(minutes=3), "new")
        assert Notice.objects.get().pass_on_at == noon + timedelta(minutes=10)

    def test_what_has_no_family_goes_at_once(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "alone")
        assert Notice.objects.get().pass_on_at == noon

    def test_what_goes_nowhere_does_not_wait(self, clerk: User, noon: datetime) -> None:
        post("news", at=noon, dedupe="x", user=clerk, channel=Channel.IN_SITE)
        assert Notice.objects.get().pass_on_at is None

    def test_at_night_everything_waits_for_the_same_morning(self, clerk: User, noon: datetime) -> None:
        for hour in (21, 22, 23):
            tell(clerk, noon.replace(hour=hour), "new", start=hour)
        assert set(Notice.objects.values_list("pass_on_at", flat=True)) == {MORNING}

    def test_the_countys_own_hours(self, clerk: User, noon: datetime) -> None:
        DeliveryRules.objects.create(digest_at=time(9, 30), digest_minutes=60)
        tell(clerk, noon, "late")
        tell(clerk, noon, "new", start=5)
        when = dict(Notice.objects.values_list("kind", "pass_on_at"))
        assert when["late"] == MORNING + timedelta(hours=1, minutes=30)
        assert when["new"] == noon + timedelta(hours=1)


class TestOnThePage:
    def test_at_once_and_one_by_one_before_its_time(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late", 15)
        gather(noon + timedelta(hours=1))
        assert len(inbox(clerk)) == 15

    def test_fifteen_become_one_in_the_morning(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late", 9)
        tell(clerk, noon, "soon", 6, start=50)
        gather(MORNING)
        [one] = inbox(clerk)
        assert texts.title(one) == "有 15 件快到期或超期的事"
        assert texts.body(one) == "已经超期 9 件，期限快到了 6 件。"
        assert one.read_at is None
        assert one.parts.count() == 15
        assert kinds.address_of(one.subject) == "/desk/matters/?group=late"

    def test_few_stay_as_they_are(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "new", FOLD_FROM - 1)
        gather(noon + timedelta(minutes=10))
        assert [row.kind for row in inbox(clerk)] == ["new", "new"]

    def test_what_was_read_is_not_brought_up_again(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late", 5)
        for row in inbox(clerk)[:3]:
            services.mark_read(clerk, row.pk, at=noon)
        gather(MORNING)
        assert len(inbox(clerk)) == 5

    def test_each_person_has_his_own(self, clerk: User, person: Callable[..., User], noon: datetime) -> None:
        other = person("other")
        tell(clerk, noon, "late", 4)
        tell(other, noon, "late", 4, start=50)
        gather(MORNING)
        assert [len(inbox(user)) for user in (clerk, other)] == [1, 1]
        assert set(inbox(clerk)[0].parts.values_list("user", flat=True)) == {clerk.pk}

    def test_families_stay_apart(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late", 3)
        tell(clerk, noon, "new", 3, start=50)
        gather(MORNING)
        assert {row.kind for row in inbox(clerk)} == {"digest_deadlines", "digest_arrivals"}

    def test_a_second_run_changes_nothing(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late", 5)
        assert gather(MORNING) == 5
        before = Notice.objects.count()
        assert gather(MORNING) == gather(MORNING + timedelta(days=3)) == 0
        assert Notice.objects.count() == before

    def test_the_next_morning_brings_a_new_one(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late", 3)
        gather(MORNING)
        tell(clerk, noon + timedelta(days=1), "late", 4, start=50)
        gather(MORNING + timedelta(days=1))
        assert [texts.title(row)[:5] for row in inbox(clerk)] == ["有 3 件", "有 4 件"]

    def test_the_countys_own_text_may_hold_the_list(
        self, clerk: User, person: Callable[..., User], noon: datetime
    ) -> None:
        county = person("county", Role.COUNTY_STAFF, "411625")
        services.change_text(kinds.get("digest_deadlines"), Channel.IN_SITE, "{件数} 件：{清单}", actor=county, at=noon)
        tell(clerk, noon, "late", 3)
        gather(MORNING)
        assert texts.body(inbox(clerk)[0]).startswith("3 件：1. 其他：东街路灯不亮0\n2.")

    def test_the_page_lists_them_with_their_ways(self, client: Any, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late", 4)
        gather(MORNING)
        client.force_login(clerk, backend="accounts.sessions.AccountBackend")
        text = client.get("/desk/notices/").content.decode()
        assert "有 4 件快到期或超期的事" in text
        assert 'href="/desk/matters/3/"' in text
        assert "1 条没看" in text


class TestByMail:
    def test_one_letter_with_the_list(self, clerk: User, noon: datetime, mailoutbox: Any) -> None:
        tell(clerk, noon, "late", 15)
        gather(MORNING)
        assert deliver_due(MORNING).sent == 1
        [letter] = mailoutbox
        assert letter.to == ["clerk@example.test"]
        assert letter.subject == "有 15 件快到期或超期的事"
        assert letter.body.count(TITLE) == 15
        assert "15. 其他：东街路灯不亮14" in letter.body
        assert "https://example.test/desk/matters/?group=late" in letter.body

    def test_a_single_one_keeps_its_own_words(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late")
        gather(MORNING)
        [letter] = outgoing()
        assert (letter.kind, letter.subject) == ("late", "matter:0")
        assert texts.link(letter) == "https://example.test/desk/matters/0/"

    def test_a_long_list_ends_with_the_rest(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late", digest.LISTED + 7)
        gather(MORNING)
        assert outgoing()[0].context["items"][-1] == "还有 7 件，请到工作台看。"

    def test_only_what_was_not_read(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late", 5)
        for row in inbox(clerk)[:4]:
            services.mark_read(clerk, row.pk, at=noon)
        gather(MORNING)
        assert [row.kind for row in outgoing()] == ["late"]
        Notice.objects.all().delete()
        tell(clerk, noon, "late")
        Notice.objects.update(read_at=noon)
        gather(MORNING)
        assert outgoing() == []

    def test_nobody_without_an_address_and_nobody_who_left(self, person: Callable[..., User], noon: datetime) -> None:
        tell(person("noaddress"), noon, "late", 4)
        tell(person("gone", email="gone@example.test", is_active=False), noon, "late", 4, start=50)
        gather(MORNING)
        assert outgoing() == []

    def test_none_leaves_at_night(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "alone")
        gather(noon.replace(hour=22))
        assert outgoing()[0].not_before == MORNING

    def test_a_kind_that_is_gone_is_let_go(self, clerk: User, noon: datetime) -> None:
        tell(clerk, noon, "late")
        Notice.objects.update(kind="forgotten")
        assert gather(MORNING) == 1
        assert outgoing() == []


class TestInGroups:
    @pytest.fixture
    def groups(self, noon: datetime) -> dict[str, GroupRobot]:
        made = {}
        for scope, code in (("station", "somewhere"), ("unit", "chengguan"), ("county", "411625"), ("unit", "other")):
            made[f"{scope}:{code}"] = GroupRobot.objects.create(
                name=code, scope=scope, code=code, region_code="411625", address="x", created_at=noon
            )
        return made

    def told(self) -> dict[str, int]:
        names = {f"group:{row.pk}": row.place for row in GroupRobot.objects.all()}
        found: dict[str, int] = {}
        for row in outgoing(Channel.WECOM):
            found[names[row.address]] = found.get(names[row.address], 0) + 1
        return found

    def test_the_group_of_the_person_who_was_told(
        self, clerk: User, person: Callable[..., User], groups: dict[str, GroupRobot], noon: datetime
    ) -> None:
        tell(clerk, noon, "new")
        gather(noon + timedelta(minutes=10))
        assert self.told() == {"station:somewhere": 1}

    def test_handlers_of_one_unit_share_one_message(
        self, person: Callable[..., User], groups: dict[str, GroupRobot], noon: datetime
    ) -> None:
        for name in ("one", "two", "three"):
            user = person(name)
            accounts.grant_role(user, Role.UNIT_HANDLER, actor=None, at=noon, region_code="411625",
                                unit_code="chengguan")  # fmt: skip
            tell(user, noon, "new", 2)
        gather(noon + timedelta(minutes=10))
        assert self.told() == {"unit:chengguan": 1}
        assert texts.title(outgoing(Channel.WECOM)[0]) == "有 2 件新来的事"

    @pytest.mark.parametrize(("region", "groups_told"), [("411625", 1), ("4116", 1), ("411626", 0), ("41162", 1)])
    def test_the_countys_group_for_the_county_and_the_city(
        self, person: Callable[..., User], groups: dict[str, GroupRobot], noon: datetime, region: str, groups_told: int
    ) -> None:
        tell(person("boss", Role.COUNTY_STAFF, region), noon, "new")
        gather(noon + timedelta(minutes=10))
        assert sum(self.told().values()) == groups_told

    def test_nobodys_group(self, person: Callable[..., User], groups: dict[str, GroupRobot], noon: datetime) -> None:
        tell(person("leader", Role.COUNTY_LEADER, "411625"), noon, "new")
        gather(noon + timedelta(minutes=10))
        assert self.told() == {}

    def test_a_group_that_is_switched_off(self, clerk: User, groups: dict[str, GroupRobot], noon: datetime) -> None:
        GroupRobot.objects.update(is_active=False)
        tell(clerk, noon, "new")
        gather(noon + timedelta(minutes=10))
        assert self.told() == {}

    def test_the_same_occasion_reaches_a_group_once(
        self, clerk: User, person: Callable[..., User], groups: dict[str, GroupRobot], noon: datetime
    ) -> None:
        tell(clerk, noon, "new")
        gather(noon + timedelta(minutes=10))
        tell(person("colleague", Role.STATION_STAFF), noon + timedelta(minutes=20), "new")
        gather(noon + timedelta(minutes=30))
        assert self.told() == {"station:somewhere": 1}

    @pytest.mark.parametrize("count", [1, 2, 15])
    def test_nothing_personal_in_text_or_row(
        self, clerk: User, groups: dict[str, GroupRobot], noon: datetime, count: int
    ) -> None:
        tell(clerk, noon, "late", count)
        gather(MORNING)
        [row] = outgoing(Channel.WECOM)
        said = texts.title(row) + texts.body(row)
        for secret in (TITLE, "路灯", "QM4", "somewhere", "chengguan", "CLERK", "clerk"):
            assert secret not in said + str(row.context)
        assert "https://example.test/desk/matters/" in said
        assert row.user_id is None

    def test_one_shows_two_characters_of_its_receipt(
        self, clerk: User, groups: dict[str, GroupRobot], noon: datetime
    ) -> None:
        tell(clerk, noon, "late")
        gather(MORNING)
        body = texts.body(outgoing(Channel.WECOM)[0])
        assert body == "回执码 K7 开头的那件。\n去看：https://example.test/desk/matters/0/"

    def test_even_a_text_that_asks_for_more_gets_no_more(
        self, clerk: User, groups: dict[str, GroupRobot], noon: datetime
    ) -> None:
        tell(clerk, noon, "late")
        gather(MORNING)
        [row] = outgoing(Channel.WECOM)
        row.context |= {"title": TITLE, "receipt": "K7QM4XWD3R"}  # as if an older row still held them
        NoticeText.objects.create(
            kind="late", channel=Channel.WECOM, text="{title}{回执码}{回执前两位}", changed_at=noon, changed_by=clerk
        )
        rules_cache.forget()
        assert texts.body(row) == "K7"

    def test_without_groups_one_question_is_asked(
        self, clerk: User, noon: datetime, django_assert_max_num_queries: Callable[..., Any]
    ) -> None:
        tell(clerk, noon, "new", 2)
        with django_assert_max_num_queries(8):
            gather(noon + timedelta(minutes=10))


class TestResidents:
    def test_messages_to_one_telephone_are_never_put_together(self, noon: datetime) -> None:
        for number in range(15):
            post("news", at=noon, dedupe=f"r:{number}", phone="13812341234", channel=Channel.SMS,
                 context={"title": str(number), "receipt": f"K7QM4XWD{number:02}"})  # fmt: skip
        assert gather(noon + timedelta(days=3)) == 0
        rows = outgoing(Channel.SMS)
        assert len(rows) == 15
        assert len({texts.body(row) for row in rows}) == 15

    def test_the_database_refuses_to_pass_a_residents_message_on(self, noon: datetime) -> None:
        post("news", at=noon, dedupe="r", phone="13812341234", channel=Channel.SMS)
        with pytest.raises(IntegrityError, match="notice_in_site_is_passed_on"):
            Notice.objects.update(pass_on_at=noon)


def gather_apart(dealt: list[int], wait: Callable[..., object] = int) -> threading.Thread:
    """Start a worker of its own, after `wait`."""
    thread = threading.Thread(target=lambda: (wait(), dealt.append(gather(MORNING)), connections.close_all()))
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
class TestWorkers:
    @pytest.fixture(autouse=True)
    def _told(self, person: Callable[..., User], noon: datetime) -> None:
        for number in range(6):
            tell(person(f"user{number}", email=f"u{number}@example.test"), noon, "late", 5, start=10 * number)

    def test_at_one_moment_they_tell_once(self) -> None:
        barrier, dealt = threading.Barrier(3), []
        for thread in [gather_apart(dealt, barrier.wait) for _ in range(3)]:
            thread.join(timeout=60)
        assert (len(dealt), sum(dealt)) == (3, 30)
        assert len(outgoing()) == 6
        assert Notice.objects.filter(kind="digest_deadlines", channel=Channel.IN_SITE).count() == 6
        assert not Notice.objects.filter(pass_on_at__isnull=False).exists()

    def test_the_second_waits_for_the_first(self) -> None:
        # Two that lock rows at once would each hold some of one person's, and send that person two messages.
        dealt: list[int] = []
        with transaction.atomic():
            assert gather(MORNING, limit=5) == 5
            second = gather_apart(dealt)
            second.join(timeout=2)
            assert dealt == []
        second.join(timeout=60)
        assert dealt == [25]
        assert len(outgoing()) == 6


def test_a_batch_that_is_cut_goes_on(clerk: User, noon: datetime) -> None:
    tell(clerk, noon, "late", 10)
    assert [gather(MORNING, limit=4) for _ in range(4)] == [4, 4, 2, 0]
    assert Notice.objects.filter(channel=Channel.IN_SITE, state=State.SENT, merged_into=None).count() == 4
