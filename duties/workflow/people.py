"""Whether somebody may be given a duty: he serves at the station on that day and has no other duty then.

Posts and days off are the planner's rules and warnings on the page; the clerk may know better and decide otherwise.
"""

from datetime import date

from django.db.models import Q

from core.workdays import day_words
from core.workflow import BadInput
from duties.models import Shift
from stations.models import Representative, Service, Station


def fit(station: Station, representative_id: int, day: date, *, name: str = "representative") -> Representative:
    """Return the representative who may sit on that day; BadInput with a sentence where he does not serve here."""
    rows = Service.objects.filter(station=station, representative_id=representative_id, since__lte=day)
    service = rows.filter(Q(until=None) | Q(until__gt=day)).select_related("representative").first()
    if service is None or not service.representative.is_active:
        raise BadInput(f"他 {day_words(day)}不在本站点进站，请另选一位。", name)
    return service.representative


def refuse_twice(representative_id: int, day: date, *, but: set[int], name: str = "representative") -> None:
    """Raise BadInput when somebody has another duty on the day, `but` for shifts that are about to change hands."""
    other = Shift.objects.filter(representative_id=representative_id, day=day).exclude(pk__in=but)
    found = other.select_related("station", "representative").first()
    if found is not None:
        raise BadInput(f"{found.representative.name} {day_words(day)}已经有班了（{found.station.name}）。", name)  # type: ignore[union-attr]
