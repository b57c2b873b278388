"""The life of an entry code: made, scanned, revoked. A revoked code is kept: its print still hangs somewhere."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from accounts import audit
from core.codes import new_entry_code, normalise
from core.workflow import BadInput, WrongState
from stations.models import EntryCode, Region, Representative, ServicePost, Station
from stations.services import refuse_unless

TRIES = 5  # a drawn code that exists already is drawn again; one in 10^8 at ten thousand codes
Kind = EntryCode.Kind

_COUNT = """
    INSERT INTO stations_scancount (entry_code_id, day, count) VALUES (%s, %s, 1)
    ON CONFLICT (entry_code_id, day) DO UPDATE SET count = stations_scancount.count + 1
"""


@transaction.atomic
def create_code(
    station_id: int,
    kind: str,
    *,
    actor: Any,
    at: datetime,
    label: str,
    location: str = "",
    representative: Representative | None = None,
    post: ServicePost | None = None,
    region: Region | None = None,
) -> EntryCode:
    """Draw a code for a station, a window, a post, a representative, a place of it, or for proposing projects.

    Raises BadInput when what the kind asks for is missing or belongs to another station, NotAllowed to others' staff.
    """
    station = Station.objects.select_for_update().get(pk=station_id)
    refuse_unless("stations.create_code", actor, station)
    label = label.strip() or _usual_label(kind, representative, post, region)
    _check(station, kind, label, representative, post, region)
    wanted = {"representative": representative, "post": post, "region": region}
    entry = _insert(
        station=station, kind=kind, label=label, location=location.strip(), created_by=actor, created_at=at, **wanted
    )
    _note("entry_code_created", actor, at, entry)
    return entry


def _usual_label(
    kind: str, representative: Representative | None, post: ServicePost | None, region: Region | None
) -> str:
    """What a code is called when nobody said it."""
    if representative is not None:
        return f"{representative.name}代表"
    if post is not None:
        return f"{post}岗"
    if region is not None:
        return f"{region.short_name}公示栏"
    return {Kind.STATION: "站点门口", Kind.WINDOW: "代表民意直通车窗口", Kind.PROJECT: "民生实事征集"}.get(
        Kind(kind), ""
    )


def _check(
    station: Station,
    kind: str,
    label: str,
    representative: Representative | None,
    post: ServicePost | None,
    region: Region | None,
) -> None:
    if kind == Kind.REPRESENTATIVE and not (
        representative and Representative.objects.serving(station).filter(pk=representative.pk).exists()
    ):
        raise BadInput("请选一位在本站点的代表。", field="representative")
    if kind == Kind.POST and (post is None or post.station_id != station.pk):
        raise BadInput("请选本站点的一个服务岗。", field="post")
    if region is not None and not region.code.startswith(station.region_id):
        raise BadInput("这个村、社区不在本站点的范围里。", field="region")
    if not label:
        raise BadInput("请写明这个码挂在哪里。", field="label")


def _insert(**columns: Any) -> EntryCode:
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return EntryCode.objects.create(code=new_entry_code(), **columns)
        except IntegrityError:
            continue
    raise WrongState("没有抽到新的码，请再点一次。")


@transaction.atomic
def revoke_code(code_id: int, *, actor: Any, at: datetime) -> EntryCode:
    """Make a code lead nowhere, for good. Raises WrongState when it was revoked before."""
    entry = EntryCode.objects.select_for_update(of=("self",)).select_related("station").get(pk=code_id)
    refuse_unless("stations.revoke_code", actor, entry.station)
    if entry.revoked_at is not None:
        raise WrongState("这个码已经作废了。")
    entry.revoked_at = at
    entry.save(update_fields=["revoked_at"])
    _note("entry_code_revoked", actor, at, entry)
    return entry


def find(typed: str) -> EntryCode | None:
    """The code that was scanned or typed, live or revoked, with its station; None when there is none."""
    code = normalise(typed)[:12]
    rows = EntryCode.objects.select_related("station", "representative")
    return rows.filter(code=code).first() if code else None


def count_scan(entry: EntryCode, day: date) -> None:
    """Count one more scan on a day, in one statement that never collides. Nothing about who is kept."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [entry.pk, day])


def _note(action: str, actor: Any, at: datetime, entry: EntryCode) -> None:
    # the code itself is not written down: whoever reads the log need not be able to print it
    subject = f"station:{entry.station.code}"
    audit.record(action, actor=actor, at=at, subject=subject, detail={"what": entry.label, "kind": entry.kind})
