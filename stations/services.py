"""Writes over stations that change no workflow, and who answers for a station."""

from accounts.models import Role, RoleGrant, User
from core.workflow import VerbError
from stations.models import Station


def first_contact_for(station: Station) -> User:
    """Return who answers for a message left at the station (首问).

    The named contact, else any of its staff, else the town's, else the county's. Raises VerbError when nobody is left.
    """
    if station.contact is not None and station.contact.is_active:
        return station.contact
    above = [station.region_id[:length] for length in (4, 6, 9, 12)]
    for scope in (
        {"role": Role.STATION_STAFF, "station_code": station.code},
        {"role": Role.TOWN_STAFF, "region_code__in": above},
        {"role": Role.COUNTY_STAFF, "region_code__in": above},
    ):
        held = RoleGrant.objects.filter(revoked_at=None, user__is_active=True, **scope)
        grant = held.select_related("user").order_by("id").first()
        if grant is not None:
            return grant.user
    raise VerbError("这个站点还没有工作人员，请打站点的电话，或换一个站点。")
