"""How records of the service posts are shown: the words of each post, a record's mark, and what each reader gets."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import rules

from core.text import mask_name, mask_phone
from core.workdays import day_words
from opinions.models import PostRecord
from opinions.posts.models import Kind
from opinions.posts.states import FollowUp, Result, State


@dataclass(frozen=True)
class Words:
    """A post in the words of its page."""

    post: str
    about: str
    answer: str
    icon: str
    note: str


WORDS: dict[str, Words] = {
    Kind.INFORMATION: Words("信息服务岗", "问了什么", "怎么答的", "say", "问政策、填表、找门路"),
    Kind.MEDIATION: Words("矛盾化解岗", "为了什么事", "说定了什么", "people", "两家人坐下来谈"),
    Kind.LEGAL: Words("法律服务岗", "问的什么", "怎么答的", "board", "问法律、转给该去的地方"),
    Kind.PROJECT: Words("民生项目征集岗", "想办什么", "", "flag", "群众想办的事，先收进来"),
}
POSTS = [{"slug": kind.lower(), "kind": kind, "words": words} for kind, words in WORDS.items()]


def mark(record: PostRecord) -> dict[str, str]:
    """What came of a record, as shape, colour and word."""
    if record.state == State.VOID:
        tone, glyph, label = "is-rest", "minus", State.VOID.label
    elif record.opinion_id is not None:
        tone, glyph, label = "is-move", "half", "转成了意见"
    elif record.state == State.WAITING:
        tone, glyph, label = "is-wait", "talk", "等回访"
    elif record.follow_up == FollowUp.QUARREL:
        tone, glyph, label = "is-soon", "flag", "又起争执"
    elif record.result == Result.NOT_AGREED:
        tone, glyph, label = "is-soon", "none", "没谈拢"
    elif record.result == Result.AGREED:
        tone, glyph, label = "is-done", "full", "谈拢了"
    else:
        tone, glyph, label = "is-done", "full", State.DONE.label
    return {"tone": tone, "glyph": glyph, "label": str(label)}


def when_to_ask(record: PostRecord, today: date) -> str:
    """When somebody should ask again, in words: 今天回访, 4 月 9 日回访, 该回访了，晚了 3 天."""
    if not record.is_waiting or record.follow_up_on is None:
        return ""
    late = (today - record.follow_up_on).days
    if late > 0:
        return f"该回访了，晚了 {late} 天"
    return f"{day_words(record.follow_up_on) if late else '今天'}回访"


def facts(record: PostRecord, user: Any) -> list[tuple[str, str]]:
    """The record as label and text, cut to what this user may read: the county reads what it is about, no more."""
    words = WORDS[record.kind]
    rows = [(words.about, record.subject), ("谈得怎么样", record.get_result_display())]
    rows += [("在哪里", " ".join(filter(None, (_village(record), record.place)))), ("谁能受益", record.beneficiaries)]
    if rules.has_perm("opinions.read_post_words", user, record):
        answer = "卡在哪里" if record.result == Result.NOT_AGREED else words.answer
        rows += [(answer, record.answer), ("帮填的表", _filled(record)), ("谁答的", _who_answered(record))]
        rows += [("让他再去", " ".join(filter(None, (record.get_referral_display(), record.referred_to))))]
    return [(label, text) for label, text in rows if text]


def _village(record: PostRecord) -> str:
    return record.region.short_name if record.region is not None else ""


def _filled(record: PostRecord) -> str:
    if not record.forms_filled:
        return ""
    return f"{record.forms_filled} 张" + (f"：{record.form_names}" if record.form_names else "")


def _who_answered(record: PostRecord) -> str:
    if record.kind != Kind.LEGAL:
        return ""
    if record.answered_by:
        return f"{record.answered_by}律师" if not record.answered_by.endswith("律师") else record.answered_by
    return f"{record.representative.name}代表" if record.representative is not None else ""


def people(record: PostRecord, user: Any, *, revealed: bool = False) -> list[tuple[str, str]]:
    """Names and telephones, masked, or in full right after they were asked for; none for whoever may not read them."""
    if not rules.has_perm("opinions.read_post_people", user, record):
        return []
    rows = [(person.name, person.phone) for person in record.people.all()]
    return rows if revealed else [(mask_name(name) or "没留名", mask_phone(phone)) for name, phone in rows]
