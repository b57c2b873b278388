"""The roles as data: names, families and what each must be tied to. No database here."""

from django.db import models


class Role(models.TextChoices):
    """What a person does in the portal; one person may hold several business roles."""

    STATION_STAFF = "STATION_STAFF", "站点工作人员"
    TOWN_STAFF = "TOWN_STAFF", "乡镇工作人员"
    COUNTY_STAFF = "COUNTY_STAFF", "县人大工作人员"
    COUNTY_LEADER = "COUNTY_LEADER", "县领导"
    REPRESENTATIVE = "REPRESENTATIVE", "人大代表"
    GRID_WORKER = "GRID_WORKER", "网格员"
    UNIT_HANDLER = "UNIT_HANDLER", "责任单位经办人"
    SYSTEM_ADMIN = "SYSTEM_ADMIN", "系统管理员"
    SECURITY_ADMIN = "SECURITY_ADMIN", "安全管理员"
    AUDIT_ADMIN = "AUDIT_ADMIN", "审计管理员"


ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
BUSINESS_ROLES = frozenset(set(Role) - ADMIN_ROLES)

# Roles that see a whole county or hold keys: they must show a second factor when the installation asks for it.
SECOND_FACTOR_ROLES = ADMIN_ROLES | {Role.COUNTY_STAFF, Role.COUNTY_LEADER}

# The one column of a grant that must be filled for the role to mean anything.
SCOPE_FIELD = dict.fromkeys(Role, "region_code") | {
    Role.STATION_STAFF: "station_code",
    Role.UNIT_HANDLER: "unit_code",
}

# How many digits the region of a role has, where only one level makes sense: 6 county, 9 town, 12 village.
REGION_DIGITS: dict[Role, tuple[int, ...]] = {
    Role.COUNTY_STAFF: (6,),
    Role.COUNTY_LEADER: (6,),
    Role.TOWN_STAFF: (9,),
    Role.GRID_WORKER: (9, 12),
}


def family(role: str) -> str:
    """The group a role belongs to: each administrator stands alone, all business roles form one group.

    Two active grants of one person must be of one family (the "three separated administrators").
    """
    return role if role in ADMIN_ROLES else "BUSINESS"
