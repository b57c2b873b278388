"""Looking at a resident's name and telephone (看电话): for a reason, into the history, and he is told who looked."""

from datetime import datetime
from typing import Any

from accounts.models import Role
from opinions.models import Opinion
from opinions.workflow.engine import act, required


def reveal(opinion_id: int, *, actor: Any, at: datetime, reason: str) -> Opinion:
    """Write down that somebody looked. The resident reads role and office; the name and the reason stay inside."""
    with act("reveal", opinion_id, actor, at) as doing:
        reason = required(reason, "请写明为什么要看。", "reason")
        what = "电话" if doing.opinion.phone else "称呼"
        doing.say(f"{office_of(actor, doing.opinion)}看过您留的{what}", f"看{what}的理由：{reason}")
    return doing.opinion


def office_of(user: Any, opinion: Opinion) -> str:
    """Say by role and office who acts, without a name."""
    if user.has_role(Role.STATION_STAFF) and opinion.station.code in user.station_codes:
        return f"{opinion.station.name}的工作人员"
    if user.has_role(Role.TOWN_STAFF) and opinion.region_id.startswith(user.prefixes(Role.TOWN_STAFF)):
        return "乡镇（街道）的工作人员"
    if user.has_role(Role.UNIT_HANDLER) and opinion.lead_unit and opinion.lead_unit.code in user.unit_codes:
        return f"{opinion.lead_unit.short_name}的经办人"
    return "县人大的工作人员"
