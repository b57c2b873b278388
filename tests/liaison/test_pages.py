"""Pages that belong to no app, and what every page is given."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import Resolver404, get_resolver, resolve, reverse
from django.utils import timezone

from accounts.models import Role, RoleGrant, User
from liaison import context

COUNTY, TOWN = "411625000000", "411625001000"
ADMINS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


def person(*roles: str) -> User:
    """Somebody with these roles; the scope is of no account here."""
    user = User.objects.create(username="-".join(roles).lower() or "nobody", name="某人")
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, region_code=TOWN, granted_at=timezone.now())
    return User.objects.get(pk=user.pk)


def test_the_elder_mode_is_a_switch(client: Client) -> None:
    first = client.get("/elder/", {"next": "/t/"})
    assert first.status_code == 302
    assert first["Location"] == "/t/"
    assert client.cookies[context.ELDER_COOKIE].value == "elder"
    client.get("/elder/", {"next": "/t/"})
    assert client.cookies[context.ELDER_COOKIE].value == ""


@pytest.mark.parametrize(
    ("came", "query"),
    [
        ("http://testserver/projects/poll/?code=K7QM4XWD3R", "?code=K7QM4XWD3R"),
        ("http://testserver/projects/poll/", ""),
        ("http://testserver/projects/?q=a", ""),
        ("http://evil.example/projects/poll/?code=x", ""),
        ("http://[evil/projects/poll/?code=x", ""),
        ("", ""),
    ],
)
def test_the_switch_loses_nothing_of_the_address(client: Client, came: str, query: str) -> None:
    answer = client.get("/elder/", {"next": "/projects/poll/"}, headers={"referer": came})
    assert answer["Location"] == f"/projects/poll/{query}"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "evil", "\\\\evil"]
)
def test_the_switch_leads_nowhere_else(client: Client, target: str) -> None:
    assert client.get("/elder/", {"next": target})["Location"] == "/"


def test_the_privacy_notice_is_open_to_everybody(client: Client) -> None:
    answer = client.get("/privacy/")
    assert answer.status_code == 200
    assert "个人信息" in answer.content.decode()


def test_the_page_of_parts_is_for_those_who_sign_in(client: Client) -> None:
    assert client.get("/desk/parts/").status_code == 302


@pytest.mark.django_db
def test_a_resident_costs_nothing(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/s/mingnan/")
    with django_assert_num_queries(0):
        given = context.rail(request)
    assert given["rail"] == ()
    assert given["elder"] is False
    assert given["site_name"]


def test_the_elder_mode_reaches_every_page() -> None:
    request = RequestFactory().get("/t/")
    request.COOKIES[context.ELDER_COOKIE] = "elder"
    assert context.rail(request)["elder"] is True


@pytest.mark.django_db
def test_one_person_with_two_roles_sees_each_link_once() -> None:
    links = context.links_for(person(Role.COUNTY_STAFF, Role.TOWN_STAFF))
    assert len(links) == len(set(links))


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_no_administrator_is_led_to_residents_matters(role: str) -> None:
    assert not [link for link in context.links_for(person(role)) if "opinions" in link.address]


@pytest.mark.django_db
def test_without_a_role_there_is_no_way_to_a_matter() -> None:
    assert not [link for link in context.links_for(person()) if "opinions" in link.address]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role.values if role not in {"STATION_STAFF", "UNIT_HANDLER"}])
def test_every_link_of_the_rail_leads_to_a_page(role: str) -> None:
    for link in context.links_for(person(role)):
        assert resolve(link.address.split("?")[0])


@pytest.mark.parametrize("name", ["healthz", "readyz", "metrics", "elder", "privacy", "parts"])
def test_every_own_page_has_its_name(name: str) -> None:
    assert resolve(reverse(name)).url_name == name


@pytest.mark.parametrize("path", ["/nothing-here", "/desk/nothing", "/media/photos/1.jpg", "/static-less"])
def test_there_is_no_other_door(path: str) -> None:
    with pytest.raises(Resolver404):
        resolve(path)


def test_no_two_pages_share_a_name() -> None:
    seen: dict[str, str] = {}
    for pattern in get_resolver().url_patterns:
        name = getattr(pattern, "name", None)
        if name:
            assert name not in seen, name
            seen[name] = str(pattern.pattern)
