"""What stands in each place of a paper, as plain texts. An empty text is a place to fill in by hand.

Nothing here decides who may see what: the caller hands over the identity as far as it may be known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from core.codes import spell
from core.workdays import local_date
from opinions.models import Assignment, Opinion, Reply
from opinions.states import Outcome
from stations.models import Region, Representative

HIDDEN = "群众不向承办单位透露身份，需要联系时请找站点。"
SHARED = "群众同意告诉承办单位；请只用于办这件事。"


@dataclass(frozen=True)
class Person:
    """Who brought the matter, as far as the reader of the paper may know."""

    name: str = ""
    phone: str = ""
    is_hidden: bool = False


def formal_day(moment: datetime | date | None) -> str:
    """Return a day as official papers write it, "" for none: 2026年3月25日."""
    if moment is None:
        return ""
    day = local_date(moment) if isinstance(moment, datetime) else moment
    return f"{day.year}年{day.month}月{day.day}日"


def paper_number(mark: str, at: datetime, serial: int) -> str:
    """Return a paper's number: mark, year in six-cornered brackets, serial."""
    return f"{mark}〔{local_date(at).year}〕{serial:05d}号"


def formal_moment(moment: datetime) -> str:
    """Return a day and its time: 2026年3月25日 9:41."""
    local = timezone.localtime(moment)
    return f"{formal_day(moment)} {local.hour}:{local.minute:02d}"


def reception(opinion: Opinion, person: Person, place: str, at: datetime) -> dict[str, str]:
    """选民接待登记表: the station's own record."""
    answer = _answer(opinion)
    on_spot = answer is not None and answer.unit is None
    charge = _charge(opinion)
    result = "" if answer is None else f"{answer.get_outcome_display()}：{answer.body}"
    return _about(opinion, place, at) | {
        "number": spell(opinion.receipt),
        "received_at": formal_moment(opinion.created_at),
        "channel": opinion.get_channel_display(),
        "receiver": opinion.first_contact.label,
        "recorder": opinion.recorded_by.label if opinion.recorded_by else "",
        "representatives": "、".join(_receivers(opinion)),
        "people": str(opinion.people),
        "village": opinion.region.short_name,
        "name": person.name,
        "phone": person.phone,
        "spot_answer": answer.body if answer is not None and on_spot else "",
        "proposal": charge.demand if charge else "",
        "unit": charge.unit.short_name if charge else "",
        "result": "" if on_spot else result,
        "told_on": formal_day(opinion.told_at),
    }


def assignment(opinion: Opinion, person: Person, place: str, at: datetime) -> dict[str, str]:
    """交办单: what goes to the unit. `person` must be what the unit may know. Raises LookupError before 交办."""
    charge = _charge(opinion)
    if charge is None:
        raise LookupError("no unit has had this matter")
    helpers = opinion.assignments.filter(round=charge.round, role=Assignment.Part.CO).select_related("unit")
    assigner = charge.assigned_by
    note = HIDDEN if person.is_hidden else SHARED if person.name or person.phone else ""
    return _about(opinion, place, at) | {
        "number": paper_number("交", charge.assigned_at, charge.pk),
        "from_office": county_office(opinion) if charge.is_from_county else opinion.station.name,
        "unit": charge.unit.short_name,
        "co_units": "、".join(row.unit.short_name for row in helpers.order_by("id")) or "无",
        "demand": charge.demand,
        "kind": opinion.get_kind_display(),
        "round": str(charge.round),
        "assigned_on": formal_day(charge.assigned_at),
        "due_on": formal_day(charge.due_at),
        "contact": assigner.label if assigner else opinion.first_contact.label,
        "contact_phone": opinion.station.phone,
        "signed_by": charge.signed_by.label if charge.signed_by else "",
        "signed_on": formal_day(charge.signed_at),
        "name": person.name,
        "phone": person.phone,
        "identity_note": note,
    }


def letter(opinion: Opinion, person: Person, place: str, at: datetime) -> dict[str, str]:
    """答复函: the last answer as a letter. Raises LookupError before there is one."""
    answer = _answer(opinion)
    if answer is None:
        raise LookupError("there is no answer yet")
    return {
        "title": opinion.title,
        "number": paper_number("复", answer.created_at, answer.pk),
        "name": person.name or "尊敬的群众",
        "received_on": formal_day(opinion.created_at),
        "body": _paragraphs(answer.body),
        "outcome": Outcome(answer.outcome).label,
        "promise": formal_day(answer.promised_on),
        "unit": answer.unit.name if answer.unit else opinion.station.name,
        "replied_on": formal_day(answer.created_at),
        "station": opinion.station.name,
        "station_phone": opinion.station.phone,
    }


def survey(opinion: Opinion, person: Person, place: str, at: datetime) -> dict[str, str]:
    """满意度测评表: to be ticked on paper. Raises LookupError before there is an answer."""
    answer = _answer(opinion)
    if answer is None:
        raise LookupError("there is no answer yet")
    return {
        "number": spell(opinion.receipt),
        "title": opinion.title,
        "station": opinion.station.name,
        "station_phone": opinion.station.phone,
        "unit": answer.unit.short_name if answer.unit else opinion.station.name,
        "received_on": formal_day(opinion.created_at),
        "replied_on": formal_day(answer.created_at),
        "outcome": Outcome(answer.outcome).label,
        "answer": answer.body,
        "round": str(answer.round),
        "name": person.name,
        "printed_on": formal_day(at),
    }


def supervision(
    *,
    number: str,
    level: str,
    reasons: Sequence[str],
    title: str,
    unit: str,
    assigned_on: date | None,
    due_on: date | None,
    earlier_dates: Sequence[date] = (),
    demand: str,
    reply_by: date | None,
    issuer: str,
    issued_on: date,
) -> dict[str, str]:
    """督办单, from plain values: whoever keeps the supervision cards hands them over. No identity has a place on it."""
    return {
        "number": number,
        "level": level,
        "reasons": "\n".join(reasons),
        "title": title,
        "unit": unit,
        "assigned_on": formal_day(assigned_on),
        "due_on": formal_day(due_on),
        "earlier_dates": "、".join(formal_day(day) for day in earlier_dates) or "无",
        "demand": demand,
        "reply_by": formal_day(reply_by),
        "issuer": issuer,
        "issued_on": formal_day(issued_on),
    }


def county_office(opinion: Opinion) -> str:
    """Return the name of the county's committee."""
    county = Region.objects.filter(code=opinion.region_id[:6]).first()
    return f"{county.name if county else ''}人大常委会"


def _about(opinion: Opinion, place: str, at: datetime) -> dict[str, str]:
    return {
        "title": opinion.title,
        "station": opinion.station.name,
        "place": place,
        "category": opinion.category.path if opinion.category else "",
        "body": opinion.body,
        "printed_on": formal_day(at),
    }


def _receivers(opinion: Opinion) -> list[str]:
    """Return the representatives who sat at the reception where the matter was told; none for other channels."""
    rows = Representative.objects.filter(receptions__visits__opinion=opinion)
    return list(rows.order_by("name").values_list("name", flat=True))


def _charge(opinion: Opinion) -> Assignment | None:
    """Return the lead unit's charge of the present round, or the last there was."""
    leads = opinion.assignments.filter(role=Assignment.Part.LEAD).select_related("unit", "assigned_by", "signed_by")
    return leads.order_by("-id").first()


def _answer(opinion: Opinion) -> Reply | None:
    """Return the last answer that the station did not send back."""
    answers = opinion.replies.exclude(verdict=Reply.Verdict.REJECTED).select_related("unit")
    return answers.order_by("-id").first()


def _paragraphs(text: str) -> str:
    """Make each line of a text a paragraph of its own, so that it begins indented (`\a` in a template's text)."""
    return "\a".join(line.strip() for line in text.split("\n") if line.strip())
