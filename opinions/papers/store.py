"""The template in use for each paper: ours, or the one that the county put in its place. Every change is audited."""

from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction

from accounts import audit
from core.workflow import BadInput
from opinions.models import PaperTemplate
from opinions.papers.kinds import ORIGINALS, PAPERS


def template_of(kind: str) -> bytes:
    """Return the template in use."""
    own = PaperTemplate.objects.filter(kind=kind, ended_at=None).values_list("content", flat=True).first()
    return original(kind) if own is None else bytes(own)


@cache
def original(kind: str) -> bytes:
    """Return the template that came with the portal. Raises KeyError for a paper there is not."""
    return (ORIGINALS / f"{PAPERS[kind].key}.docx").read_bytes()


@transaction.atomic
def replace(kind: str, content: bytes, *, file_name: str, actor: Any, at: datetime) -> PaperTemplate:
    """Put an uploaded template in use. Raises BadInput with the sentence when it cannot be used."""
    from opinions.papers.filling import check  # noqa: PLC0415 - heavy, and most web workers never need it

    check(content, PAPERS[kind])
    _end(kind, at)
    row = PaperTemplate.objects.create(
        kind=kind, content=content, file_name=file_name[:120], uploaded_by=actor, uploaded_at=at
    )
    audit.record("paper_replaced", actor=actor, at=at, subject=f"paper:{kind}", detail={"what": PAPERS[kind].label})
    return row


@transaction.atomic
def reset(kind: str, *, actor: Any, at: datetime) -> None:
    """Take the county's template back. Raises BadInput when ours is in use anyway."""
    if not _end(kind, at):
        raise BadInput("现在用的就是原来的模板。")
    audit.record("paper_reset", actor=actor, at=at, subject=f"paper:{kind}", detail={"what": PAPERS[kind].label})


def _end(kind: str, at: datetime) -> bool:
    PaperTemplate.objects.select_for_update().filter(kind=kind, ended_at=None).first()  # two at once wait here
    return bool(PaperTemplate.objects.filter(kind=kind, ended_at=None).update(ended_at=at))
