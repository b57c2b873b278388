"""Writing the paper: begun by the representative or his station, matters gathered, colleagues asked to sign."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from core.workflow import BadInput, VerbError
from opinions.models import FormalSuggestion, Opinion
from opinions.states import State as MatterState
from opinions.suggestions import notify
from opinions.suggestions.models import CoSigner, SuggestionMatter
from opinions.suggestions.states import PUBLIC, TABLE, Consent, State
from opinions.suggestions.workflow.engine import Act, act, by_word_of_mouth, permit, required, write_line
from stations.models import Representative, Station

MOST_MATTERS = 50
TEXTS = ("title", "why", "analysis", "proposal")
_WANTED = {
    "why": "请写案由：为什么提这份建议。",
    "analysis": "请写分析：问题出在哪里。",
    "proposal": "请写具体建议：希望怎么办。",
}
NO_EVIDENCE = (MatterState.WITHDRAWN, MatterState.DECLINED)


def draft(
    *,
    actor: Any,
    at: datetime,
    station: Station,
    representative: Representative,
    title: str,
    why: str = "",
    analysis: str = "",
    proposal: str = "",
    opinion_ids: Collection[int] = (),
) -> FormalSuggestion:
    """Begin a suggestion (起草), by the representative himself or by his station for him (代拟), who is named."""
    with transaction.atomic():
        TABLE.check("draft", None)
        permit("draft", actor, station)
        if not station.services.filter(
            representative=representative, until=None, representative__is_active=True
        ).exists():
            raise BadInput("这位代表不在这个站。", "representative")
        if actor.station_codes.count(station.code) == 0 and representative.user_id != actor.pk:
            raise BadInput("代表只能起草自己的建议。", "representative")
        title = required(title, "请写标题。", "title")
        row = FormalSuggestion.objects.create(
            representative=representative,
            station=station,
            prepared_by=actor,
            title=title,
            why=why.strip(),
            analysis=analysis.strip(),
            proposal=proposal.strip(),
            state=State.DRAFT,
            county_code=station.region_id[:6],
            created_at=at,
            changed_at=at,
        )
        doing = Act("draft", row, actor, at, source="", target=State.DRAFT)
        count = _add(doing, opinion_ids)
        by = "" if representative.user_id == actor.pk else f"替{representative.name}代表"
        doing.say(f"{by}起草，依据 {count} 件群众反映的事" if count else f"{by}起草")
        write_line(doing)
    return row


def write(suggestion_id: int, *, actor: Any, at: datetime, **texts: str) -> FormalSuggestion:
    """Change the words (改稿). Who had agreed to other words is asked again."""
    with act("write", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        required(texts.get("title", row.title), "请写标题。", "title")
        before = [getattr(row, name) for name in TEXTS]
        for name in TEXTS:
            setattr(row, name, texts.get(name, getattr(row, name)).strip())
        doing.say("改了稿子")
        if before != [getattr(row, name) for name in TEXTS]:
            _ask_again(doing)
    return row


def _ask_again(doing: Act) -> None:
    agreed = doing.suggestion.cosigners.filter(answer=Consent.AGREED)
    users = list(agreed.values_list("representative__user_id", flat=True))
    if agreed.update(answer=Consent.ASKED, asked_at=doing.at, answered_at=None, recorded_by=None, how=""):
        doing.say("改了稿子，联名的代表要再看一遍")
        doing.tell("suggestion_cosign_asked", users)


def gather(suggestion_id: int, *, actor: Any, at: datetime, opinion_ids: Collection[int]) -> FormalSuggestion:
    """Put matters behind the paper (加进事情): those the actor sees, of stations that the representative serves."""
    with act("gather", suggestion_id, actor, at) as doing:
        count = _add(doing, opinion_ids)
        if not count:
            raise BadInput("请先选一件，选的这几件可能已经在里面了。", "matters")
        doing.say(f"加进 {count} 件群众反映的事")
    return doing.suggestion


def _add(doing: Act, opinion_ids: Collection[int]) -> int:
    row = doing.suggestion
    there = set(row.matters.values_list("opinion_id", flat=True))
    wanted = {int(pk) for pk in opinion_ids} - there
    if len(there) + len(wanted) > MOST_MATTERS:
        raise BadInput(f"一份建议最多依据 {MOST_MATTERS} 件事。", "matters")
    fitting = set(evidence_for(doing.actor, row.representative).filter(pk__in=wanted).values_list("pk", flat=True))
    if fitting != wanted:
        raise BadInput("选的事里有的已经撤回、没有受理，或者不在这位代表的站，请重新选。", "matters")
    SuggestionMatter.objects.bulk_create(
        SuggestionMatter(suggestion=row, opinion_id=pk, added_by=doing.actor, added_at=doing.at)
        for pk in sorted(wanted)
    )
    return len(wanted)


def evidence_for(user: Any, representative: Representative) -> Any:
    """Return the matters that this user may put behind a paper of this representative."""
    serving = representative.services.filter(until=None).values("station")
    return Opinion.objects.visible_to(user).filter(station__in=serving).exclude(state__in=NO_EVIDENCE)


def leave_out(suggestion_id: int, *, actor: Any, at: datetime, opinion_id: int) -> FormalSuggestion:
    """Take one matter out again (去掉一件); whoever read that it was in reads that it is not."""
    with act("leave_out", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        link = row.matters.filter(opinion_id=opinion_id).first()
        if link is None:
            raise VerbError("这件事不在里面，可能刚刚去掉了。")
        was_told = row.submitted_at is not None and link.added_at <= row.submitted_at
        link.delete()
        doing.say("去掉一件事")
        if was_told:
            doing.note(f"代表改了建议“{row.title}”，没有再写这件事；事情照原来的办。", [opinion_id])
    return row


def invite(suggestion_id: int, *, actor: Any, at: datetime, representative: Representative) -> FormalSuggestion:
    """Ask another representative of the county to sign (请人联名)."""
    with act("invite", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        if representative.pk == row.representative_id:
            raise BadInput("领衔代表自己不用联名。", "representative")
        inside = representative.services.filter(until=None, station__region__code__startswith=row.county_code)
        if not representative.is_active or not inside.exists():
            raise BadInput("请从本县在任的代表里选。", "representative")
        if row.cosigners.filter(representative=representative).exists():
            raise BadInput("已经请过这位代表了。", "representative")
        CoSigner.objects.create(suggestion=row, representative=representative, asked_at=doing.at)
        doing.say(f"请{representative.name}代表联名")
        doing.tell("suggestion_cosign_asked", [representative.user_id])
    return row


def let_off(suggestion_id: int, *, actor: Any, at: datetime, cosigner_id: int) -> FormalSuggestion:
    """Ask somebody no longer (不请了)."""
    with act("let_off", suggestion_id, actor, at) as doing:
        signer = _signer(doing, pk=cosigner_id)
        doing.say(f"不请{signer.representative.name}代表联名了")
        signer.delete()
    return doing.suggestion


def answer_invitation(
    suggestion_id: int, *, actor: Any, at: datetime, cosigner_id: int, agrees: bool, how: str = ""
) -> FormalSuggestion:
    """Agree to sign or not (回复联名): the representative himself, or the station for him, saying how he said it."""
    with act("answer_invitation", suggestion_id, actor, at) as doing:
        signer = _signer(doing, pk=cosigner_id)
        name, himself = signer.representative.name, signer.representative.user_id == actor.pk
        if not himself:
            permit("write", actor, doing.suggestion)  # a co-signer speaks for nobody but himself
            how = by_word_of_mouth(doing, how) or required(how, "请写明他本人是怎么说的。", "how")
        signer.answer = Consent.AGREED if agrees else Consent.REFUSED
        signer.answered_at = doing.at
        signer.recorded_by, signer.how = (None, "") if himself else (actor, how)
        signer.save()
        said = f"{name}代表{signer.get_answer_display()}"
        doing.say(said if himself else f"{said}（代记：{how}）")
        doing.tell("suggestion_cosign_answered", notify.authors(doing.suggestion))
    return doing.suggestion


def _signer(doing: Act, **where: Any) -> CoSigner:
    signer = doing.suggestion.cosigners.select_related("representative").filter(**where).first()
    if signer is None:
        raise VerbError("没有请过这位代表，可能刚刚去掉了。")
    return signer


def submit(suggestion_id: int, *, actor: Any, at: datetime, how: str = "") -> FormalSuggestion:
    """Hand the paper in (提交). From now on the residents behind it read that their words are in it."""
    with act("submit", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        how = by_word_of_mouth(doing, how)
        for name, sentence in _WANTED.items():
            required(getattr(row, name), sentence, "")
        fresh = row.matters.filter(added_at__gt=row.submitted_at) if row.submitted_at else row.matters.all()
        count = row.matters.count()
        if not count:
            raise BadInput("还没有依据。请先加进群众反映的事，至少一件。")
        agreed = row.cosigners.filter(answer=Consent.AGREED).count()
        row.submitted_at, row.return_reason = doing.at, ""
        doing.target = State.SUBMITTED
        said = f"提交给县人大，依据 {count} 件事" + (f"，{agreed} 位代表联名" if agreed else "")
        doing.say(f"{said}（代提交：{how}）" if how else said)
        doing.note(_told(row), _ids(fresh))
        doing.tell("suggestion_submitted", notify.county(row))
    return row


def _told(row: FormalSuggestion) -> str:
    return f"您反映的事写进了代表建议“{row.title}”，{row.representative.name}代表交给了县人大。"


def _ids(links: Iterable[SuggestionMatter]) -> list[int]:
    return [link.opinion_id for link in links]


def withdraw(suggestion_id: int, *, actor: Any, at: datetime, reason: str = "", how: str = "") -> FormalSuggestion:
    """Take the paper back (撤回) before it is handed out."""
    with act("withdraw", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        reason = required(reason, "请写明为什么撤回。", "reason")
        how = by_word_of_mouth(doing, how)
        doing.target = State.WITHDRAWN
        doing.say(f"撤回：{reason}" + (f"（代记：{how}）" if how else ""))
        if doing.source in PUBLIC:
            doing.note(f"代表撤回了建议“{row.title}”，这件事照原来的办。")
            doing.tell("suggestion_withdrawn", notify.county(row))
        doing.tell("suggestion_withdrawn", [*notify.authors(row), *notify.signers(row)])
    return row
