"""Records of the service posts for tests: one believable record of each post, and a duty at one."""

from datetime import date, datetime, time
from typing import Any

from duties.models import Roster, Shift
from opinions.models import PostRecord
from opinions.posts import workflow
from opinions.posts.workflow import Facts
from stations.models import Representative
from tests.opinions.receptions.world import mate, rep
from tests.world import START, World

__all__ = ["KINDS", "TOLD", "mate", "rep", "shift", "write"]

KINDS = ("INFORMATION", "MEDIATION", "LEGAL", "PROJECT")
PARTIES = (("欧阳金丝雀", "13912345670"), ("东邻周家", ""))
TOLD: dict[str, dict[str, Any]] = {
    "INFORMATION": {
        "subject": "高龄津贴从几岁起能领", "answer": "满八十岁，拿户口本到民政窗口", "forms_filled": 1,
        "form_names": "高龄津贴申请表",
    },
    "MEDIATION": {
        "subject": "两家为滴水檐争地界", "answer": "檐口各退二十公分，费用平摊", "result": "AGREED",
        "follow_up_on": date(2026, 4, 10), "people": PARTIES,
    },
    "LEGAL": {
        "subject": "工头欠工资没有合同怎么办", "answer": "先收好工友证明和转账记录", "answered_by": "何知秋",
        "referral": "LEGAL_AID", "referred_to": "县法律援助中心一楼窗口",
    },
    "PROJECT": {
        "subject": "村口修一个候车亭", "place": "二道桥北头", "beneficiaries": "三百来户", "wants_word": True,
        "people": (("欧阳金丝雀", "13912345670"),),
    },
}  # fmt: skip


def write(world: World, kind: str = "INFORMATION", at: datetime = START, **more: Any) -> PostRecord:
    """Write one record through the verb, as the clerk unless told otherwise."""
    actor, station = more.pop("actor", world.clerk), more.pop("station", world.station)
    key = more.pop("client_key", None)
    facts: dict[str, Any] = {"day": at.date(), "representative": rep(), **TOLD[kind], **more}
    if kind == "PROJECT":
        facts.setdefault("region", world.village)
    if kind == "MEDIATION" and "follow_up_on" not in more and at != START:
        facts["follow_up_on"] = date.fromordinal(at.date().toordinal() + 14)
    return workflow.write(station, kind, Facts(**facts), actor=actor, at=at, client_key=key)


def shift(
    world: World, post: str, at: datetime = START, *, person: Representative | None = None, state: str = "PLANNED"
) -> Shift:
    """A published duty at a post on the day of `at`, written straight."""
    day = at.date()
    roster, _made = Roster.objects.get_or_create(
        station=world.station, month=day.replace(day=1),
        defaults={
            "state": "PUBLISHED", "created_at": at, "published_at": at, "published_by": world.clerk, "changed_at": at,
        },
    )  # fmt: skip
    return Shift.objects.create(
        roster=roster, station=world.station, day=day, representative=person or rep(), post=post, start=time(9),
        end=time(12), state=state, changed_at=at,
    )  # fmt: skip
