"""Who is told of an addition to a duty record. Texts live in `templates/opinions/notices/`; nothing here sends."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from duties.notify import staff_of
from notices import kinds
from notices.kinds import Family
from notices.outbox import Draft
from notices.states import Channel
from opinions.records.models import DutyRecord
from opinions.records.states import State

FAMILY = "duty_records"
KINDS = {
    "record_added": "有一条履职补记等人核对",
    "record_approved": "补记记进了履职档案",
    "record_rejected": "有一条补记没有记进档案",
}
for _name, _title in KINDS.items():
    kinds.register(
        kinds.Kind(_name, _title, f"opinions/notices/{_name}", (Channel.IN_SITE,), family=FAMILY,
                   pass_on=(Channel.EMAIL, Channel.WECHAT), words=("subject", "station", "person", "link"))
    )  # fmt: skip
kinds.link("duty_record", lambda pk: reverse("records:detail", args=[pk]))
kinds.link("duty_record_list", lambda _key: reverse("records:list"))
kinds.register_family(Family(FAMILY, "履职档案的事", subject="duty_record_list:all"))


def added(record: DutyRecord, *, at: datetime) -> list[Draft]:
    """Tell those at the station who may check it: neither who wrote it nor whom it is about."""
    users = set(staff_of(record.station)) - {record.added_by_id, record.representative.user_id}
    return _drafts("record_added", record, users, at)


def decided(record: DutyRecord, *, at: datetime) -> list[Draft]:
    """Tell whom it is about and who wrote it down; the reason stands on the page, not in the message."""
    kind = "record_approved" if record.state == State.APPROVED else "record_rejected"
    return _drafts(kind, record, {record.added_by_id, record.representative.user_id}, at)


def _drafts(kind: str, record: DutyRecord, users: Iterable[int | None], at: datetime) -> list[Draft]:
    station = record.station
    return [
        Draft(
            kind=kind,
            at=at,
            dedupe=f"{kind}:{record.pk}:{user_id}",
            user_id=user_id,
            region_code=station.region_id,
            station_code=station.code,
            subject=f"duty_record:{record.representative_id}",
            context={
                "station": station.name,
                "person": record.representative.name,
                "groups": [f"station:{station.code}"],
            },
        )
        for user_id in sorted({user for user in users if user is not None})
    ]
