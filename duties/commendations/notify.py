"""Telling somebody that he was commended, or that it was taken back."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from duties.commendations.models import Commendation
from notices import kinds, words
from notices.kinds import Kind
from notices.outbox import Draft
from notices.states import Channel
from notices.words import Word

KINDS = {"commended": "县人大表彰了您", "commendation_withdrawn": "一条表彰撤下了"}

words.register(Word("commendation", "表彰", "表彰什么", "接待群众用心"))
kinds.link("commendation", lambda key: reverse("public:commendations_of", args=[key]))
for _name, _title in KINDS.items():
    kinds.register(
        Kind(_name, _title, f"duties/notices/{_name}", (Channel.IN_SITE, Channel.SMS),
             words=("subject", "station", "commendation", "link"))
    )  # fmt: skip


def told(kind: str, row: Commendation, *, at: datetime) -> list[Draft]:
    """The notice to the person: on his page if he has an account, by short message if he has a telephone here."""
    person: Any = row.representative
    user = row.member or person.user
    path = {} if user else {"path": f"/commendations/{row.day.year}/"}
    return [
        Draft(
            kind=kind,
            at=at,
            dedupe=f"{kind}:{row.pk}",
            user=user if user and user.is_active else None,
            phone=person.phone if person else "",
            region_code=row.station.region_id,
            station_code=row.station.code,
            subject=f"commendation:{row.day.year}",
            context={"station": row.station.name, "commendation": row.title} | path,
        )
    ]
