"""Who is told of what: the notice kinds of the rosters, and drafts for representatives and station staff.

A representative with an account is told on the page and by short message, one without by short message only; who has
neither is rung, which the page of the roster says. Nothing here sends.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import Role, RoleGrant, User
from core.templatetags.look import WEEKDAYS
from core.workdays import day_words
from duties.models import Roster, Shift, SwapRequest
from duties.states import Post
from duties.themes.models import MonthlyTheme
from notices import kinds, words
from notices.kinds import Family, Kind
from notices.outbox import Draft
from notices.states import Channel
from notices.words import Word
from stations.models import Representative, Station

FAMILY = "duties"
STAFF_KINDS = {
    "duty_gap": "有一班没有人了",
    "duty_swapped": "代表自己换好了班",
}
PERSON_KINDS = {
    "duty_published": "值班表出来了",
    "duty_changed": "值班有变动",
    "duty_dropped": "有一班不用去了",
    "duty_swap_asked": "有人请您换班",
    "duty_swap_done": "班换好了",
    "duty_swap_refused": "对方不方便换班",
    "duty_swap_taken_back": "换班收回了",
    "duty_tomorrow": "明天您值班",
    "duty_today": "今天您值班",
}
REMINDERS = ("duty_tomorrow", "duty_today")
_WORDS = ("subject", "station", "station_phone", "month", "when", "post", "person", "times", "link")

words.register(
    Word("station", "站点", "站点的名称", "洺南街道融合站点"),
    Word("station_phone", "站点电话", "站点的电话", "0394-5550101"),
    Word("month", "月份", "哪个月的值班表", "4 月"),
    Word("when", "哪一班", "日期、星期和时间", "4 月 9 日（周四）8:30–12:00"),
    Word("post", "岗位", "坐哪个岗", "直通车窗口"),
    Word("person", "代表", "另一位代表的姓名", "麦知秋"),
    Word("times", "次数", "这个月几次", "3"),
    Word("theme", "主题", "这个月的主题，一整句；没有定就空着", "本月主题：夏季用水。"),
)
kinds.link("duty", lambda key: reverse("duties:month", args=key.split("/")))
kinds.link("my_duty", lambda _key: "/desk/duties/mine/")
kinds.register_family(Family(FAMILY, "值班的事"))
for _name, _title in STAFF_KINDS.items():
    kinds.register(
        Kind(_name, _title, f"duties/notices/{_name}", (Channel.IN_SITE,), words=_WORDS, family=FAMILY,
             pass_on=(Channel.EMAIL, Channel.WECOM, Channel.WECHAT))
    )  # fmt: skip
for _name, _title in PERSON_KINDS.items():
    _more = ("theme",) if _name in REMINDERS else ()
    _channels = (Channel.IN_SITE, Channel.SMS)
    kinds.register(Kind(_name, _title, f"duties/notices/{_name}", _channels, words=(*_WORDS, *_more)))


def when(shift: Shift) -> str:
    """A duty in words: 4 月 9 日（周四）8:30–12:00."""
    start, end = (f"{moment.hour}:{moment:%M}" for moment in (shift.start, shift.end))
    return f"{day_words(shift.day)}（周{WEEKDAYS[shift.day.weekday()]}）{start}–{end}"


def published(roster: Roster, *, at: datetime) -> list[Draft]:
    """Tell each who has a duty in the month how often, and when first. One message a person."""
    rows: dict[int, list[Shift]] = defaultdict(list)
    for shift in roster.shifts.exclude(representative=None).select_related("representative__user", "station"):
        rows[shift.representative_id or 0].append(shift)
    return [
        draft
        for shifts in rows.values()
        for draft in _to_person("duty_published", shifts[0], shifts[0].representative, at=at, tag=f"{roster.pk}",
                                times=len(shifts))
    ]  # fmt: skip


def changed(shift: Shift, before: int | None, *, at: datetime) -> list[Draft]:
    """Tell whoever has the duty now of how it is, and whoever had it that he is free."""
    drafts = []
    tag = f"{shift.uid}:{shift.sequence}"
    if shift.representative is not None:
        drafts += _to_person("duty_changed", shift, shift.representative, at=at, tag=tag)
    if before is not None and before != shift.representative_id:
        drafts += _to_person("duty_dropped", shift, Representative.objects.get(pk=before), at=at, tag=tag)
    return drafts


def dropped(shift: Shift, *, at: datetime) -> list[Draft]:
    """Tell whoever had a duty that it no longer takes place."""
    return _to_person("duty_dropped", shift, shift.representative, at=at, tag=f"{shift.uid}:gone")


def cannot_come(shift: Shift, person: Representative | None, *, at: datetime) -> list[Draft]:
    """Tell the station's staff that a duty has nobody."""
    return _to_staff("duty_gap", shift, at=at, tag=f"{shift.uid}:{shift.sequence}", person=str(person or ""))


def swap_asked(swap: SwapRequest, *, at: datetime) -> list[Draft]:
    """Tell the colleague what is asked of him."""
    tag, asker = f"swap:{swap.pk}", str(swap.asker or "")
    return _to_person("duty_swap_asked", swap.from_shift, swap.colleague, at=at, tag=tag, person=asker)


def swap_refused(swap: SwapRequest, *, at: datetime) -> list[Draft]:
    """Tell whoever asked that he keeps his duty."""
    tag, colleague = f"swap:{swap.pk}", str(swap.colleague)
    return _to_person("duty_swap_refused", swap.from_shift, swap.asker, at=at, tag=tag, person=colleague)


def swap_done(swap: SwapRequest, *, at: datetime, is_arranged: bool) -> list[Draft]:
    """Tell both of what each has now; and the station, where the two did it by themselves."""
    tag, given = f"swap:{swap.pk}:{swap.state}", swap.from_shift
    drafts = _to_person("duty_swap_done", given, swap.colleague, at=at, tag=tag, person=str(swap.asker or ""))
    if swap.to_shift is not None:
        drafts += _to_person("duty_swap_done", swap.to_shift, swap.asker, at=at, tag=tag, person=str(swap.colleague))
    else:
        drafts += _to_person("duty_dropped", given, swap.asker, at=at, tag=tag)
    if not is_arranged:
        drafts += _to_staff("duty_swapped", given, at=at, tag=tag, person=str(swap.colleague))
    return drafts


def swap_taken_back(swap: SwapRequest, *, at: datetime, was_done: bool) -> list[Draft]:
    """Tell the colleague that nothing is asked any more; and both, when it had been carried out, that it is undone."""
    tag = f"swap:{swap.pk}:back"
    people = [swap.colleague, swap.asker] if was_done else [swap.colleague]
    names = [str(swap.asker or ""), str(swap.colleague)]
    return [
        draft
        for person, other in zip(people, names, strict=False)
        for draft in _to_person("duty_swap_taken_back", swap.from_shift, person, at=at, tag=tag, person=other)
    ]


def reminder(kind: str, shift: Shift, theme: MonthlyTheme | None, *, at: datetime) -> list[Draft]:
    """Remind somebody of a duty; the key holds duty, day and person, so that he is reminded of it once."""
    tag = f"{shift.uid}:{shift.day.isoformat()}:{shift.start:%H%M}"
    words = f"本月主题：{theme.title}。" if theme else ""
    return _to_person(kind, shift, shift.representative, at=at, tag=tag, theme=words)


def _to_person(
    kind: str, shift: Shift, person_told: Representative | None, *, at: datetime, tag: str, **more: Any
) -> list[Draft]:
    if person_told is None:
        return []
    user = person_told.user
    station = shift.station
    path = {} if user else {"path": station.get_absolute_url()}
    return [
        Draft(
            kind=kind,
            at=at,
            dedupe=f"{kind}:{tag}:{person_told.pk}",
            user=user if user and user.is_active else None,
            phone=person_told.phone,
            region_code=station.region_id,
            station_code=station.code,
            subject=f"my_{subject_of(shift)}",
            context=_context(shift) | more | path,
        )
    ]


def _to_staff(kind: str, shift: Shift, *, at: datetime, tag: str, **more: Any) -> list[Draft]:
    station = shift.station
    return [
        Draft(
            kind=kind,
            at=at,
            dedupe=f"{kind}:{tag}:{user_id}",
            user_id=user_id,
            region_code=station.region_id,
            station_code=station.code,
            subject=subject_of(shift),
            context=_context(shift) | more | {"groups": [f"station:{station.code}"]},
        )
        for user_id in staff_of(station)
    ]


def subject_of(shift: Shift) -> str:
    """The notice subject that leads back to the month: "duty:mingnan/2026-04"."""
    return f"duty:{shift.station.code}/{shift.day:%Y-%m}"


def staff_of(station: Station) -> list[int]:
    """The user ids of a station's staff."""
    grants = RoleGrant.objects.filter(role=Role.STATION_STAFF, station_code=station.code, revoked_at=None)
    return list(User.objects.filter(is_active=True, pk__in=grants.values("user_id")).values_list("pk", flat=True))


def unreachable(people: Iterable[Representative]) -> list[Representative]:
    """Those who have neither account nor telephone here: somebody has to tell them."""
    return [row for row in people if not row.user_id and not row.phone]


def _context(shift: Shift) -> dict[str, Any]:
    station = shift.station
    return {
        "station": station.name,
        "station_phone": station.phone,
        "month": f"{shift.day.month} 月",
        "when": when(shift),
        "post": Post(shift.post).label,
    }
