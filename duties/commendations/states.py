"""The life of a commendation as data."""

from django.db.models import TextChoices

from core.workflow import CREATION, Table, Transition


class State(TextChoices):
    """Written and not yet said; said to everybody; taken back."""

    DRAFT = "DRAFT", "草稿"
    PUBLISHED = "PUBLISHED", "已公布"
    WITHDRAWN = "WITHDRAWN", "已撤下"


TRANSITIONS = (
    Transition("draft_commendation", frozenset({CREATION}), frozenset({State.DRAFT})),
    Transition("rewrite_commendation", frozenset({State.DRAFT}), frozenset({State.DRAFT})),
    Transition("publish_commendation", frozenset({State.DRAFT}), frozenset({State.PUBLISHED})),
    Transition("withdraw_commendation", frozenset({State.DRAFT, State.PUBLISHED}), frozenset({State.WITHDRAWN})),
)
VERB_LABELS = {
    "draft_commendation": "写表彰",
    "rewrite_commendation": "改草稿",
    "publish_commendation": "公布",
    "withdraw_commendation": "撤下",
}
TABLE = Table(TRANSITIONS, state_labels=dict(State.choices), verb_labels=VERB_LABELS)
