"""Who is told of what about a formal suggestion. Texts live in `templates/opinions/notices/`; nothing here sends."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from accounts.models import Role, RoleGrant
from notices import kinds
from notices.kinds import Family
from notices.outbox import Draft
from notices.states import Channel
from opinions import notify
from opinions.models import FormalSuggestion, Opinion
from opinions.suggestions.states import Consent

SUGGESTIONS = "suggestions"
KINDS = {
    "suggestion_cosign_asked": "请您联名一份代表建议",
    "suggestion_cosign_answered": "联名有了回话",
    "suggestion_submitted": "代表提交了一份建议",
    "suggestion_withdrawn": "代表撤回了一份建议",
    "suggestion_returned": "建议退回来，请改一改",
    "suggestion_accepted": "建议有了新进展",
    "suggestion_assigned": "代表建议交办了",
    "suggestion_extension_asked": "单位申请延长建议的期限",
    "suggestion_extension_decided": "建议延期有了结果",
    "suggestion_replied": "建议有了答复，请代表看看",
    "suggestion_dissatisfied": "代表不满意，建议重新办",
    "suggestion_closed": "建议办结了",
    "suggestion_due_soon": "建议的期限近了",
    "suggestion_overdue": "建议超期没有答复",
}
_WORDS = ("subject", "title", "unit", "station", "due_day", "link")
for _name, _title in KINDS.items():
    kinds.register(
        kinds.Kind(
            _name,
            _title,
            f"opinions/notices/{_name}",
            channels=(Channel.IN_SITE,),
            pass_on=(Channel.EMAIL, Channel.WECOM, Channel.WECHAT),
            family=SUGGESTIONS,
            words=_WORDS,
        )
    )
kinds.link("suggestion", lambda pk: reverse("suggestions:detail", args=[pk]))
kinds.link("suggestion_list", lambda state: reverse("suggestions:list") + (f"?state={state}" if state != "all" else ""))
kinds.register_family(Family(SUGGESTIONS, "代表建议", subject="suggestion_list:all"))


def to_users(
    kind: str, suggestion: FormalSuggestion, users: Iterable[int | None], *, at: datetime, tag: str
) -> list[Draft]:
    """Draft an in-site notice for each account; who has none is passed over. `tag` names the occasion."""
    return [
        Draft(
            kind=kind,
            at=at,
            dedupe=f"{kind}:{suggestion.pk}:{tag}:{user_id}",
            user_id=user_id,
            region_code=suggestion.station.region_id,
            station_code=suggestion.station.code,
            subject=f"suggestion:{suggestion.pk}",
            context=_context(suggestion),
        )
        for user_id in dict.fromkeys(users)
        if user_id is not None
    ]


def _context(suggestion: FormalSuggestion) -> dict[str, str]:
    unit = suggestion.lead_unit
    return {
        "title": suggestion.title,
        "unit": unit.short_name if unit else "",
        "station": suggestion.station.name,
        "due": suggestion.due_at.isoformat() if suggestion.due_at else "",
    }


def authors(suggestion: FormalSuggestion) -> list[int | None]:
    """Return whom the paper belongs to: its representative, and whoever wrote it in for him."""
    return [suggestion.representative.user_id, suggestion.prepared_by_id]


def signers(suggestion: FormalSuggestion) -> list[int | None]:
    """Return the co-signers' accounts; many have none and are told at the station."""
    agreed = suggestion.cosigners.filter(answer=Consent.AGREED)
    return list(agreed.values_list("representative__user_id", flat=True))


def handlers(suggestion: FormalSuggestion) -> list[int | None]:
    """Return the handlers of every unit that has it now, lead and co-handling."""
    codes = suggestion.charges.filter(round=suggestion.round).values("unit__code")
    grants = RoleGrant.objects.filter(role=Role.UNIT_HANDLER, unit_code__in=codes, revoked_at=None)
    return list(grants.values_list("user_id", flat=True))


def county(suggestion: FormalSuggestion) -> list[int | None]:
    """Return the county committee's staff."""
    return list(notify.county_staff_of(suggestion.county_code))


def to_residents(suggestion: FormalSuggestion, *, at: datetime) -> list[Draft]:
    """Draft one message for each person whose words stand behind the paper: once in its life, once a telephone."""
    rows = Opinion.objects.filter(suggested_in__suggestion=suggestion).exclude(phone_hash="")
    once = {row.phone_hash: row for row in rows.select_related("station", "lead_unit").order_by("-pk")}
    return [
        draft
        for row in once.values()
        for draft in notify.to_resident("resident_suggested", row, at=at, tag=f"suggestion-{suggestion.pk}")
    ]
