"""Every page that needs no number in its address, beside who may open it; typed by hand, not read from the rules.

A letter for each person: C clerk, T town staff, S county staff, L county leader, R representative, G grid worker,
H handler of a unit, A system administrator, Y security administrator, U audit administrator. The three administrators
are three people, and none of them reads a matter; whoever is not signed in is led to the door.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.world import World, make_world

WHO = {
    "C": "clerk", "T": "town_staff", "S": "county_staff", "L": "leader", "R": "rep", "G": "grid", "H": "handler",
    "A": "admin", "Y": "security", "U": "audit",
}  # fmt: skip
EVERYBODY = "".join(WHO)
PAGES = {
    "/accounts/": EVERYBODY,
    "/accounts/audit/": "U",
    "/accounts/audit/export.csv": "U",
    "/accounts/otp/enrol/": EVERYBODY,
    "/accounts/otp/verify/": EVERYBODY,
    "/accounts/password/": EVERYBODY,
    "/accounts/users/": "AY",
    "/accounts/users/new/": "A",
    "/county/": "SL",
    "/county/export.xlsx": "SL",
    "/desk/": EVERYBODY,
    "/desk/answers/": "H",
    "/desk/answers/list/": "H",
    "/desk/calendar/": "SL",
    "/desk/calendar/import/": "SL",
    "/desk/commendations/": "SL",
    "/desk/commendations/new/": "S",
    "/desk/deadlines/": "SL",
    "/desk/duties/": "CTSLR",
    "/desk/duties/feeds/": "CTSLR",
    "/desk/duties/mine/": "R",
    "/desk/duties/rules/": "S",
    "/desk/ledger/": "CTS",
    "/desk/notices/": EVERYBODY,
    "/desk/notices/groups/": "S",
    "/desk/notices/groups/new/": "S",
    "/desk/notices/parked/": "CTS",
    "/desk/notices/rules/": "A",
    "/desk/notices/texts/": "S",
    "/desk/opinions/": "CTSLRGH",
    "/desk/opinions/book/": "CTSRG",
    "/desk/opinions/callbacks/": "CT",
    "/desk/opinions/filters/": "CTSLRGH",
    "/desk/opinions/new/": "CTSRG",
    "/desk/papers/": "S",
    "/desk/parts/": EVERYBODY,
    "/desk/posts/": "CTSLR",
    "/desk/projects/": "CTSLR",
    "/desk/projects/ballots/": "SL",
    "/desk/projects/ballots/new/": "S",
    "/desk/projects/campaigns/": "S",
    "/desk/projects/campaigns/new/": "S",
    "/desk/projects/councils/": "CTSLR",
    "/desk/projects/councils/new/": "CTS",
    "/desk/projects/feasibility/": "H",
    "/desk/projects/import/": "S",
    "/desk/projects/import/sample/": "S",
    "/desk/projects/lists/": "SL",
    "/desk/projects/new/": "CTSR",
    "/desk/projects/overview/": "TSL",
    "/desk/projects/polls/": "CTSLR",
    "/desk/projects/polls/rules/": "S",
    "/desk/projects/sheet/": "CTS",
    "/desk/projects/works/": "CTSLRH",
    "/desk/receptions/": "CTSLR",
    "/desk/receptions/new/": "CT",
    "/desk/records/": "CTSLR",
    "/desk/stations/": "CTSL",
    "/desk/suggestions/": "CTSLRH",
    "/desk/suggestions/new/": "CR",
    "/desk/supervision/": "CTSLH",
    "/desk/themes/": "CTSLR",
}
OPEN_TO_THE_STREET = {
    "/", "/accounts/login/", "/commendations/", "/duty/", "/healthz", "/metrics", "/privacy/", "/projects/",
    "/projects/ballot/", "/projects/ideas/new/", "/projects/poll/", "/projects/print/", "/readyz", "/t/", "/themes/",
}  # fmt: skip
PUBLIC_PARTS = {"/desk/opinions/new/shell/", "/desk/worker.js"}  # the empty form and its script; nothing of anybody
# Leads on, takes a form only, or answers to a script on the page above; each has its own test.
OTHERWISE = {
    "/accounts/logout/", "/accounts/otp/", "/accounts/otp/codes/", "/accounts/otp/enrol/qr.png", "/desk/deadlines/job/",
    "/desk/duties/feeds/give/", "/desk/notices/parked/again/", "/desk/notices/read/", "/desk/opinions/bulk/",
    "/desk/opinions/bulk/print/", "/desk/opinions/export/", "/desk/opinions/new/guess/", "/desk/opinions/new/session/",
    "/desk/opinions/new/visits/", "/desk/posts/export/", "/desk/projects/export/", "/desk/projects/lists/excel/",
    "/desk/projects/lists/word/", "/desk/projects/works/excel/", "/desk/projects/works/word/", "/desk/stations/prints/",
    "/elder/", "/hooks/sms-receipt/",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _no_second_step(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def addresses(patterns: Any, above: str = "/") -> set[str]:
    """Every address of the portal that is whole as it stands; /admin/ is Django's own and has its own tests."""
    found: set[str] = set()
    for one in patterns:
        route = above + str(one.pattern)
        if isinstance(one, URLResolver):
            found |= set() if route.startswith("/admin") else addresses(one.url_patterns, route)
        elif isinstance(one, URLPattern) and not set(route) & set("<($"):
            found.add(route)
    return found


def test_no_page_is_missing_from_the_table() -> None:
    named = set(PAGES) | OPEN_TO_THE_STREET | PUBLIC_PARTS | OTHERWISE
    assert addresses(get_resolver().url_patterns) ^ named == set()


def ways(client: Client, path: str) -> str:
    """ "in" when the page opens, "on" when it leads on inside the desk, "door" to the sign-in, else the status."""
    answer = client.get(path)
    if answer.status_code == 302:
        return "door" if answer["Location"].startswith("/accounts/login/") else "on"
    return "in" if answer.status_code == 200 else str(answer.status_code)


@pytest.mark.parametrize("letter", WHO)
def test_each_person_opens_what_is_his_and_nothing_else(world: World, letter: str) -> None:
    client = Client()
    client.force_login(world.users[WHO[letter]])
    wrong = []
    for path, whose in PAGES.items():
        way = ways(client, path)
        if letter in whose and way not in ("in", "on"):
            wrong.append((path, way))
        if letter not in whose and way != "403":
            wrong.append((path, way))
    assert wrong == []


def test_whoever_is_not_signed_in_is_led_to_the_door_and_back(world: World) -> None:
    for path in PAGES:
        answer = Client().get(path)
        assert answer.status_code == 302, path
        assert answer["Location"] == f"/accounts/login/?next={path}", path


@pytest.mark.parametrize("letter", WHO)
def test_the_street_is_open_to_everybody(world: World, letter: str) -> None:
    client = Client()
    client.force_login(world.users[WHO[letter]])
    for path in OPEN_TO_THE_STREET - {"/accounts/login/"}:
        assert client.get(path).status_code == 200, path


def test_private_pages_lie_in_no_cache(world: World) -> None:
    for letter, who in WHO.items():
        client = Client()
        client.force_login(world.users[who])
        for path in (path for path, whose in PAGES.items() if letter in whose):
            kept = client.get(path)["Cache-Control"]
            assert "private" in kept, path
            assert "no-store" in kept or "no-cache" in kept, path


def test_every_answer_says_what_a_browser_may_do_with_it(world: World) -> None:
    client = Client()
    client.force_login(world.clerk)
    for path in [*PAGES, *OPEN_TO_THE_STREET]:
        answer = client.get(path)
        assert answer["X-Content-Type-Options"] == "nosniff", path
        assert answer["X-Frame-Options"] == "DENY", path
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy, path
        assert "unsafe" not in policy, path


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "\\\\e.example"]
)
def test_nobody_is_led_outside_after_signing_in(world: World, target: str) -> None:
    client = Client()
    answer = client.get("/accounts/login/", {"next": target})
    assert "elsewhere.example" not in answer.content.decode().replace("next=", "")
    client.force_login(world.clerk)
    led = client.get("/accounts/login/", {"next": target})
    assert led["Location"].startswith("/")
    assert not led["Location"].startswith("//")


@pytest.mark.parametrize("path", sorted(OPEN_TO_THE_STREET | set(PAGES)))
def test_a_strange_host_gets_nothing(world: World, path: str) -> None:
    answer = Client().get(path, headers={"host": "elsewhere.example"})
    assert answer.status_code in (200, 400) if path == "/healthz" else answer.status_code == 400


@pytest.mark.parametrize("path", ["/s/mingnan/message/", "/accounts/login/", "/desk/opinions/new/"])
def test_a_form_from_another_site_is_refused(world: World, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    if path.startswith("/desk"):
        client.force_login(world.clerk)
    answer = client.post(path, {"body": "x", "username": "clerk", "password": "x"})
    assert answer.status_code == 403
    assert "Traceback" not in answer.content.decode()


def test_a_session_has_another_name_after_signing_in(world: World) -> None:
    client = Client()
    session = client.session
    session["before"] = "1"
    session.save()
    held = session.session_key
    client.cookies["sessionid"] = held
    client.force_login(world.clerk)
    assert client.cookies["sessionid"].value != held
