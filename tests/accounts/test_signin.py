"""Signing in: the right person gets a fresh session, guessing is locked out, an idle session ends with a word."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client

from accounts import services
from accounts.models import AuditEntry, User
from tests.accounts.conftest import AT, PASSWORD

LOGIN = "/accounts/login/"


def sign_in(client: Client, username: str = "clerk", password: str = PASSWORD, **extra: str) -> object:
    return client.post(LOGIN, {"username": username, "password": password, **extra})


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_page_is_chinese_and_carries_the_way_back(client: Client, db: None) -> None:
    page = client.get(f"{LOGIN}?next=/desk/opinions/7/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "用户名" in text
    assert 'value="/desk/opinions/7/"' in text
    assert "style=" not in text
    assert "<script>" not in text


def test_signing_in_leads_to_the_desk_with_a_new_session_key(client: Client, clerk: User) -> None:
    client.get(LOGIN)
    session = client.session
    session["left"] = "by a visitor"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert client.session.session_key != before
    line = AuditEntry.objects.get(action="sign_in")
    assert (line.actor, line.ip) == (clerk, "127.0.0.1")


@pytest.mark.parametrize("username", ["clerk", "CLERK", "  Clerk "])
def test_case_and_blanks_around_the_name_do_not_matter(client: Client, clerk: User, username: str) -> None:
    assert sign_in(client, username).status_code == 302


def test_back_to_the_page_one_came_for(client: Client, clerk: User) -> None:
    assert sign_in(client, next="/desk/opinions/7/")["Location"] == "/desk/opinions/7/"


@pytest.mark.parametrize("wanted", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test"])
def test_never_to_another_host(client: Client, clerk: User, wanted: str) -> None:
    assert sign_in(client, next=wanted)["Location"] == "/desk/"


def test_a_wrong_password_and_an_unknown_name_read_the_same(client: Client, clerk: User) -> None:
    wrong = sign_in(client, password="wrong").content.decode()
    unknown = sign_in(client, username="nobody", password="wrong").content.decode()
    assert "用户名或密码不对" in wrong
    assert "用户名或密码不对" in unknown
    lines = AuditEntry.objects.filter(action="sign_in_failed").order_by("pk")
    assert [line.subject for line in lines] == [f"user:{clerk.pk}", "user:?"]
    assert "nobody" not in "".join(str(line.detail) + line.subject for line in lines)


def test_a_disabled_account_reads_the_same_too(client: Client, clerk: User, system_admin: User) -> None:
    services.set_active(clerk, False, actor=system_admin, at=AT)
    assert "用户名或密码不对" in sign_in(client).content.decode()


def test_disabling_ends_an_open_session(client: Client, clerk: User, system_admin: User) -> None:
    sign_in(client)
    assert client.get("/accounts/").status_code == 200
    services.set_active(clerk, False, actor=system_admin, at=AT)
    assert client.get("/accounts/").status_code == 302


class TestLockOut:
    def fail(self, client: Client, times: int) -> object:
        answer = None
        for _ in range(times):
            answer = sign_in(client, password="wrong")
        return answer

    def test_few_tries_left_are_announced(self, client: Client, clerk: User) -> None:
        assert "还可以再试 3 次" in self.fail(client, 2).content.decode()
        assert "还可以再试 1 次" in self.fail(client, 2).content.decode()

    def test_after_five_it_says_for_how_long(self, client: Client, clerk: User) -> None:
        page = self.fail(client, 5)
        assert page.status_code == 429
        assert "15 分钟" in page.content.decode()
        assert actions()[-1] == "sign_in_locked"

    def test_the_right_password_does_not_help_then(self, client: Client, clerk: User) -> None:
        self.fail(client, 5)
        assert sign_in(client).status_code == 429
        assert "_auth_user_id" not in client.session

    def test_other_spellings_share_the_counter(self, client: Client, clerk: User) -> None:
        for spelling in ("clerk", "Clerk", " clerk", "CLERK", "cLerk"):
            page = sign_in(client, spelling, "wrong")
        assert page.status_code == 429

    def test_waiting_helps_and_trying_does_not_lengthen_it(self, client: Client, clerk: User) -> None:
        with time_machine.travel(AT, tick=False) as clock:
            self.fail(client, 5)
            clock.shift(timedelta(minutes=10))
            assert "5 分钟" in sign_in(client).content.decode()
            clock.shift(timedelta(minutes=6))
            assert sign_in(client).status_code == 302

    def test_the_security_admin_opens_it(self, client: Client, clerk: User, security_admin: User) -> None:
        self.fail(client, 5)
        services.unlock(clerk, actor=security_admin, at=AT)
        assert sign_in(client).status_code == 302

    def test_others_are_not_hit(self, client: Client, clerk: User, person: Callable[..., User]) -> None:
        person("colleague")
        self.fail(client, 5)
        assert sign_in(client, "colleague").status_code == 302


def test_sign_out_is_a_post(client: Client, clerk: User) -> None:
    sign_in(client)
    assert client.get("/accounts/logout/").status_code == 302
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
    assert actions()[-1] == "sign_out"


def test_posts_need_the_token(clerk: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403


class TestIdle:
    def test_active_people_stay(self, client: Client, clerk: User) -> None:
        with time_machine.travel(AT, tick=False) as clock:
            sign_in(client)
            for _ in range(10):
                assert client.get("/accounts/").status_code == 200
                clock.shift(timedelta(minutes=25))

    def test_after_the_idle_time_a_sentence_and_the_same_page(self, client: Client, clerk: User) -> None:
        with time_machine.travel(AT, tick=False) as clock:
            sign_in(client)
            client.get("/accounts/")
            clock.shift(timedelta(minutes=31))
            answer = client.get("/accounts/password/?a=1")
            assert answer.status_code == 302
            page = client.get(answer["Location"])
            text = page.content.decode()
            assert "30 分钟没有操作" in text
            assert 'value="/accounts/password/?a=1"' in text
            assert "_auth_user_id" not in client.session
        assert "session_expired" in actions()

    def test_a_form_sent_too_late_leads_back_to_its_page(self, client: Client, clerk: User) -> None:
        with time_machine.travel(AT, tick=False) as clock:
            sign_in(client)
            client.get("/accounts/")
            clock.shift(timedelta(minutes=31))
            answer = client.post("/accounts/otp/codes/", headers={"referer": "http://testserver/accounts/?x=1"})
            assert answer["Location"] == "/accounts/login/?next=%2Faccounts%2F%3Fx%3D1&expired=1"

    def test_a_foreign_referer_is_not_followed(self, client: Client, clerk: User) -> None:
        with time_machine.travel(AT, tick=False) as clock:
            sign_in(client)
            client.get("/accounts/")
            clock.shift(timedelta(minutes=31))
            answer = client.post("/accounts/otp/codes/", headers={"referer": "http://evil.test/x"})
            assert "next=%2Fdesk%2F" in answer["Location"]

    def test_htmx_gets_a_whole_page_redirect(self, client: Client, clerk: User) -> None:
        with time_machine.travel(AT, tick=False) as clock:
            sign_in(client)
            client.get("/accounts/")
            clock.shift(timedelta(minutes=31))
            answer = client.get("/accounts/", headers={"hx-request": "true"})
            assert answer["HX-Redirect"].startswith("/accounts/login/?")

    def test_public_pages_go_on_as_a_visitor(self, client: Client, clerk: User) -> None:
        with time_machine.travel(AT, tick=False) as clock:
            sign_in(client)
            client.get("/accounts/")
            clock.shift(timedelta(minutes=31))
            assert client.get("/healthz").status_code == 200
            assert "_auth_user_id" not in client.session

    def test_the_session_row_is_not_rewritten_with_every_page(
        self, client: Client, clerk: User, django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        sign_in(client)
        client.get("/healthz")
        with django_assert_max_num_queries(2):  # session, person
            client.get("/healthz")


class TestFirstSignIn:
    @pytest.fixture
    def newcomer(self, system_admin: User) -> tuple[User, str]:
        return services.create_user("lihua", "李华", actor=system_admin, at=AT, region_code="411625")

    def test_everything_leads_to_the_password_page(self, client: Client, newcomer: tuple[User, str]) -> None:
        sign_in(client, "lihua", newcomer[1])
        answer = client.get("/accounts/?a=1")
        assert answer["Location"] == "/accounts/password/?next=%2Faccounts%2F%3Fa%3D1"
        assert "先换一个自己的密码" in client.get(answer["Location"]).content.decode()

    def test_after_the_change_the_way_is_free_and_other_sessions_end(
        self, client: Client, newcomer: tuple[User, str]
    ) -> None:
        other = Client()
        for browser in (client, other):
            sign_in(browser, "lihua", newcomer[1])
        key = client.session.session_key
        answer = client.post(
            "/accounts/password/",
            {"old_password": newcomer[1], "new_password1": PASSWORD, "new_password2": PASSWORD, "next": "/accounts/"},
        )
        assert answer["Location"] == "/accounts/"
        assert client.session.session_key != key
        assert client.get("/accounts/").status_code == 200
        assert other.get("/accounts/").status_code == 302
        assert not get_user_model().objects.get(username="lihua").must_change_password
        assert "password_changed" in actions()

    @pytest.mark.parametrize("password", ["short7chr", "password123", "1234567890123", "lihua-lihua", "qwertyuiop"])
    def test_weak_passwords_are_refused_in_words(
        self, client: Client, newcomer: tuple[User, str], password: str
    ) -> None:
        sign_in(client, "lihua", newcomer[1])
        page = client.post(
            "/accounts/password/",
            {"old_password": newcomer[1], "new_password1": password, "new_password2": password},
        )
        assert page.status_code == 200
        assert "密码" in page.content.decode()
        assert User.objects.get(username="lihua").must_change_password

    def test_the_old_one_again_is_no_change(self, client: Client, newcomer: tuple[User, str]) -> None:
        sign_in(client, "lihua", newcomer[1])
        same = {"old_password": newcomer[1], "new_password1": newcomer[1], "new_password2": newcomer[1]}
        assert "不能和现在的一样" in client.post("/accounts/password/", same).content.decode()

    def test_public_pages_see_a_visitor(self, client: Client, newcomer: tuple[User, str]) -> None:
        sign_in(client, "lihua", newcomer[1])
        assert client.get("/healthz").wsgi_request.user.is_anonymous

    def test_leaving_is_always_possible(self, client: Client, newcomer: tuple[User, str]) -> None:
        sign_in(client, "lihua", newcomer[1])
        client.post("/accounts/logout/")
        assert "_auth_user_id" not in client.session


def test_my_account_page(client: Client, clerk: User) -> None:
    sign_in(client)
    text = client.get("/accounts/").content.decode()
    assert "站点工作人员" in text
    assert "mingnan" in text


@pytest.mark.parametrize("path", ["/accounts/", "/desk/notices/", "/desk/stations/", "/desk/opinions/999999/"])
def test_no_private_page_stays_in_the_browser(client: Client, clerk: User, path: str) -> None:
    sign_in(client)
    assert "no-store" in client.get(path)["Cache-Control"]
