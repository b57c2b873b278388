"""The second factor: enrolling, verifying, backup codes, and that nothing opens before it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor, services
from accounts.models import AuditEntry, Role, User
from tests.accounts.conftest import AT, PASSWORD

ENROL, VERIFY = "/accounts/otp/enrol/", "/accounts/otp/verify/"


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Any:
    settings.SECOND_FACTOR_REQUIRED = True
    with time_machine.travel(AT, tick=False) as travelled:
        yield travelled


@pytest.fixture
def county(person: Callable[..., User]) -> User:
    return person("county", Role.COUNTY_STAFF)


def code_of(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key):06}"


def enrolled(user: User) -> tuple[TOTPDevice, list[str]]:
    device = second_factor.pending_device(user)
    done = second_factor.confirm(user, code_of(device), at=AT)
    assert done is not None
    return done


def sign_in(client: Client, user: User) -> None:
    client.post("/accounts/login/", {"username": user.username, "password": PASSWORD})


@pytest.mark.parametrize("role", list(Role))
def test_who_needs_one(person: Callable[..., User], role: str) -> None:
    user = person("someone", role, region_code="411625", station_code="mingnan", unit_code="chengguan")
    needs = {"COUNTY_STAFF", "COUNTY_LEADER", "SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDIT_ADMIN"}
    assert second_factor.is_required(user) is (role in needs)


def test_an_installation_may_switch_it_off(county: User, settings: Any, client: Client) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    assert not second_factor.is_required(county)
    sign_in(client, county)
    assert client.get("/accounts/").status_code == 200


def test_before_enrolling_every_private_page_leads_there(client: Client, county: User) -> None:
    sign_in(client, county)
    for address in ("/accounts/", "/accounts/users/", "/desk/notices/", "/accounts/password/"):
        answer = client.get(address)
        assert answer["Location"].startswith(f"{ENROL}?next=")
    assert client.get("/healthz").wsgi_request.user.is_anonymous


def test_enrolling(client: Client, county: User) -> None:
    sign_in(client, county)
    page = client.get(f"{ENROL}?next=/accounts/")
    device = TOTPDevice.objects.get(user=county)
    assert second_factor.manual_key(device) in page.content.decode()
    picture = client.get("/accounts/otp/enrol/qr.png")
    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert "no-store" in picture["Cache-Control"]
    key = client.session.session_key
    done = client.post(ENROL, {"code": code_of(device), "next": "/accounts/"})
    assert done.content.decode().count("<li>") == second_factor.CODE_COUNT
    assert "no-store" in done["Cache-Control"]
    assert client.session.session_key != key
    assert client.get("/accounts/").status_code == 200
    assert AuditEntry.objects.filter(action="second_factor_enrolled", actor=county).exists()


def test_reloading_keeps_the_key(client: Client, county: User) -> None:
    sign_in(client, county)
    first, second = (client.get(ENROL).context["manual_key"] for _ in range(2))
    assert first == second
    assert TOTPDevice.objects.count() == 1


def test_a_wrong_first_code_enrols_nothing(client: Client, county: User) -> None:
    sign_in(client, county)
    client.get(ENROL)
    page = client.post(ENROL, {"code": "000000"})
    assert "口令不对" in page.content.decode()
    assert not second_factor.is_enrolled(county)


def test_next_sign_in_asks_for_the_code(client: Client, county: User, clock: Any) -> None:
    device, _ = enrolled(county)
    clock.shift(timedelta(minutes=2))
    sign_in(client, county)
    assert client.get("/accounts/users/")["Location"].startswith(f"{VERIFY}?next=")
    key = client.session.session_key
    answer = client.post(VERIFY, {"code": code_of(device), "next": "/accounts/"})
    assert answer["Location"] == "/accounts/"
    assert client.session.session_key != key
    assert client.get("/accounts/").status_code == 200


def test_a_code_works_once(client: Client, county: User, clock: Any) -> None:
    device, _ = enrolled(county)
    clock.shift(timedelta(minutes=2))
    code = code_of(device)
    assert second_factor.verify(county, code, at=AT)
    assert not second_factor.verify(county, code, at=AT)


def test_a_backup_code_works_once_in_any_spelling(county: User, clock: Any) -> None:
    _, codes = enrolled(county)
    assert second_factor.verify(county, codes[0].lower().replace("-", " "), at=AT)
    assert second_factor.codes_left(county) == second_factor.CODE_COUNT - 1
    assert not second_factor.verify(county, codes[0], at=AT)
    clock.shift(timedelta(minutes=5))
    assert second_factor.verify(county, codes[1], at=AT)


def test_backup_codes_are_not_readable_in_the_table(county: User) -> None:
    _, codes = enrolled(county)
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert not stored & set(codes)
    assert not stored & {code.replace("-", "") for code in codes}


def test_fresh_codes_void_the_old_ones(client: Client, county: User, clock: Any) -> None:
    device, codes = enrolled(county)
    clock.shift(timedelta(minutes=2))
    sign_in(client, county)
    client.post(VERIFY, {"code": code_of(device)})
    page = client.post("/accounts/otp/codes/").content.decode()
    assert codes[0] not in page
    assert not second_factor.verify(county, codes[0], at=AT)


def test_guessing_is_slowed_down(county: User, clock: Any) -> None:
    device, _ = enrolled(county)
    clock.shift(timedelta(minutes=2))
    for _ in range(5):
        assert not second_factor.verify(county, "000000", at=AT)
    assert not second_factor.verify(county, code_of(device), at=AT)
    clock.shift(timedelta(minutes=2))
    assert second_factor.verify(county, code_of(device), at=AT)


def test_a_wrong_code_is_told_and_recorded(client: Client, county: User, clock: Any) -> None:
    enrolled(county)
    sign_in(client, county)
    assert "口令不对" in client.post(VERIFY, {"code": "12"}).content.decode()
    assert AuditEntry.objects.filter(action="second_factor_failed").exists()
    assert client.get("/accounts/").status_code == 302


def test_a_password_alone_neither_replaces_the_phone_nor_the_password(client: Client, county: User) -> None:
    enrolled(county)
    sign_in(client, county)
    for address in (ENROL, "/accounts/otp/enrol/qr.png", "/accounts/password/", "/accounts/otp/"):
        assert client.get(address)["Location"].startswith(VERIFY)
    assert client.post("/accounts/otp/codes/")["Location"].startswith(VERIFY)
    assert client.post("/accounts/password/", {"old_password": PASSWORD})["Location"].startswith(VERIFY)


def test_a_new_phone_replaces_the_old_one(client: Client, county: User, clock: Any) -> None:
    device, _ = enrolled(county)
    clock.shift(timedelta(minutes=2))
    sign_in(client, county)
    client.post(VERIFY, {"code": code_of(device)})
    client.get(ENROL)
    fresh = TOTPDevice.objects.get(user=county, confirmed=False)
    client.post(ENROL, {"code": code_of(fresh)})
    assert [known.pk for known in TOTPDevice.objects.filter(user=county)] == [fresh.pk]


def test_a_role_granted_during_a_session_asks_at_once(client: Client, clerk: User, security_admin: User) -> None:
    sign_in(client, clerk)
    assert client.get("/accounts/").status_code == 200
    services.grant_role(clerk, Role.COUNTY_STAFF, actor=security_admin, at=AT, region_code="411625")
    assert client.get("/accounts/")["Location"].startswith(ENROL)


def test_whoever_enrols_by_choice_is_asked_from_then_on(client: Client, clerk: User, clock: Any) -> None:
    enrolled(clerk)
    sign_in(client, clerk)
    assert client.get("/accounts/")["Location"].startswith(VERIFY)


def test_enrolling_in_one_browser_asks_in_the_other(client: Client, clerk: User) -> None:
    sign_in(client, clerk)
    assert client.get("/accounts/").status_code == 200
    enrolled(clerk)
    assert client.get("/accounts/")["Location"].startswith(VERIFY)


def test_start_page_knows_what_is_to_be_done(client: Client, clerk: User, clock: Any) -> None:
    sign_in(client, clerk)
    assert client.get("/accounts/otp/")["Location"] == ENROL
    device, _ = enrolled(clerk)
    clock.shift(timedelta(minutes=2))
    assert client.get("/accounts/otp/")["Location"].startswith(VERIFY)
    client.post(VERIFY, {"code": code_of(device)})
    assert client.get("/accounts/otp/")["Location"] == "/accounts/"
