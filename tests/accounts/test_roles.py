"""The role table: families and scopes."""

import pytest

from accounts.roles import ADMIN_ROLES, BUSINESS_ROLES, SCOPE_FIELD, SECOND_FACTOR_ROLES, Role, family


def test_every_role_is_either_administrator_or_business() -> None:
    assert set(Role) == ADMIN_ROLES | BUSINESS_ROLES
    assert not ADMIN_ROLES & BUSINESS_ROLES


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("SYSTEM_ADMIN", "SYSTEM_ADMIN"),
        ("SECURITY_ADMIN", "SECURITY_ADMIN"),
        ("AUDIT_ADMIN", "AUDIT_ADMIN"),
        ("STATION_STAFF", "BUSINESS"),
        ("TOWN_STAFF", "BUSINESS"),
        ("COUNTY_STAFF", "BUSINESS"),
        ("COUNTY_LEADER", "BUSINESS"),
        ("REPRESENTATIVE", "BUSINESS"),
        ("GRID_WORKER", "BUSINESS"),
        ("UNIT_HANDLER", "BUSINESS"),
    ],
)
def test_family(role: str, expected: str) -> None:
    assert family(role) == expected


def test_every_role_has_a_scope_and_a_label() -> None:
    assert set(SCOPE_FIELD) == set(Role)
    assert SCOPE_FIELD[Role.STATION_STAFF] == "station_code"
    assert SCOPE_FIELD[Role.UNIT_HANDLER] == "unit_code"
    assert {SCOPE_FIELD[role] for role in set(Role) - {Role.STATION_STAFF, Role.UNIT_HANDLER}} == {"region_code"}
    assert all(role.label for role in Role)


def test_second_factor_for_keys_and_county() -> None:
    assert ADMIN_ROLES | {Role.COUNTY_STAFF, Role.COUNTY_LEADER} == SECOND_FACTOR_ROLES
