"""One county's accounts for these tests."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts import services
from accounts.models import Role, User

AT = datetime(2026, 3, 25, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
COUNTY = "411625"
PASSWORD = "a long pass phrase 7"


@pytest.fixture
def at() -> datetime:
    """A working morning."""
    return AT


@pytest.fixture
def person(db: Any) -> Callable[..., User]:
    """Make an account that can sign in, with a role for the county unless another scope is given."""

    def make(username: str, role: str = "", **scope: str) -> User:
        user = User.objects.create_user(username, PASSWORD, name=f"{username}先生", region_code=COUNTY, created_at=AT)
        if role:
            services.grant_role(user, role, actor=None, at=AT, **(scope or {"region_code": COUNTY}))
        return user

    return make


@pytest.fixture
def system_admin(person: Callable[..., User]) -> User:
    """Makes and disables accounts."""
    return person("sysadmin", Role.SYSTEM_ADMIN)


@pytest.fixture
def security_admin(person: Callable[..., User]) -> User:
    """Grants and unlocks."""
    return person("secadmin", Role.SECURITY_ADMIN)


@pytest.fixture
def audit_admin(person: Callable[..., User]) -> User:
    """Reads the log."""
    return person("auditor", Role.AUDIT_ADMIN)


@pytest.fixture
def clerk(person: Callable[..., User]) -> User:
    """Works at a station."""
    return person("clerk", Role.STATION_STAFF, station_code="mingnan", region_code="411625001")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which `user` is signed in."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.sessions.AccountBackend")
        return client

    return make
