"""The life of rosters, shifts and swaps as data: states, posts, and the closed tables of verbs."""

from django.db.models import TextChoices

from core.workflow import CREATION, Table, Transition


class Post(TextChoices):
    """Where a representative sits: the reception window, the reception day, or one of the four service posts."""

    WINDOW = "WINDOW", "直通车窗口"
    RECEPTION = "RECEPTION", "代表接待日"
    INFORMATION = "INFORMATION", "信息服务岗"
    MEDIATION = "MEDIATION", "矛盾化解岗"
    LEGAL = "LEGAL", "法律服务岗"
    PROJECT = "PROJECT", "民生项目征集岗"


# Who sits there unless the station says otherwise: everybody, but law is for those who know it.
OPEN_POSTS = tuple(post for post in Post if post != Post.LEGAL)


class RosterState(TextChoices):
    """A month's roster is worked on, or hangs on the wall."""

    DRAFT = "DRAFT", "正在排"
    PUBLISHED = "PUBLISHED", "已公布"


class ShiftState(TextChoices):
    """One duty. A shift nobody has is a gap: PLANNED without a representative."""

    PLANNED = "PLANNED", "等确认"
    CONFIRMED = "CONFIRMED", "已确认"
    HELD = "HELD", "已到岗"
    ABSENT = "ABSENT", "没有来"


class SwapState(TextChoices):
    """What became of a wish to swap. LAPSED: the shift changed otherwise before the colleague had answered."""

    ASKED = "ASKED", "等对方答应"
    AGREED = "AGREED", "换好了"
    REFUSED = "REFUSED", "对方不方便"
    TAKEN_BACK = "TAKEN_BACK", "收回了"
    ARRANGED = "ARRANGED", "站点安排的"
    LAPSED = "LAPSED", "不用换了"


_AHEAD = frozenset({ShiftState.PLANNED, ShiftState.CONFIRMED})
_PLANNED = frozenset({ShiftState.PLANNED})


def _same(verb: str, *states: str) -> list[Transition]:
    """A verb that leaves each of these states as it is."""
    return [Transition(verb, frozenset({state}), frozenset({state})) for state in states]


ROSTER_TRANSITIONS = (
    Transition("propose", frozenset({CREATION, RosterState.DRAFT}), frozenset({RosterState.DRAFT})),
    Transition("publish", frozenset({RosterState.DRAFT}), frozenset({RosterState.PUBLISHED})),
)
SHIFT_TRANSITIONS = (
    Transition("add_shift", frozenset({CREATION}), _PLANNED),
    Transition("change_shift", _AHEAD, _PLANNED),
    Transition("drop_shift", _AHEAD, frozenset({CREATION})),
    Transition("confirm", _PLANNED, frozenset({ShiftState.CONFIRMED})),
    Transition("cannot_come", _AHEAD, _PLANNED),
    Transition("substitute", _AHEAD, _PLANNED),
    *_same("ask_swap", *sorted(_AHEAD)),
    Transition("trade", _AHEAD, _AHEAD),
    Transition("mark_held", _AHEAD | {ShiftState.ABSENT}, frozenset({ShiftState.HELD})),
    Transition("mark_absent", _AHEAD | {ShiftState.HELD}, frozenset({ShiftState.ABSENT})),
)
SWAP_TRANSITIONS = (
    Transition("ask_swap", frozenset({CREATION}), frozenset({SwapState.ASKED})),
    Transition("agree", frozenset({SwapState.ASKED}), frozenset({SwapState.AGREED})),
    Transition("refuse", frozenset({SwapState.ASKED}), frozenset({SwapState.REFUSED})),
    Transition(
        "take_back",
        frozenset({SwapState.ASKED, SwapState.AGREED, SwapState.ARRANGED}),
        frozenset({SwapState.TAKEN_BACK}),
    ),
    Transition("arrange", frozenset({CREATION}), frozenset({SwapState.ARRANGED})),
    Transition("lapse", frozenset({SwapState.ASKED}), frozenset({SwapState.LAPSED})),
)
VERB_LABELS = {
    "propose": "排班",
    "publish": "公布",
    "add_shift": "加一班",
    "change_shift": "改班",
    "drop_shift": "去掉一班",
    "confirm": "确认",
    "cannot_come": "来不了",
    "substitute": "顶班",
    "ask_swap": "请人换班",
    "trade": "换班",
    "mark_held": "记到岗",
    "mark_absent": "记没有来",
    "agree": "答应换班",
    "refuse": "回绝换班",
    "take_back": "收回换班",
    "arrange": "安排换班",
    "lapse": "换班作罢",
}
ROSTERS = Table(ROSTER_TRANSITIONS, state_labels=dict(RosterState.choices), verb_labels=VERB_LABELS)
SHIFTS = Table(SHIFT_TRANSITIONS, state_labels=dict(ShiftState.choices), verb_labels=VERB_LABELS)
SWAPS = Table(SWAP_TRANSITIONS, state_labels=dict(SwapState.choices), verb_labels=VERB_LABELS)
# Before a roster is published its shifts are only arranged; nobody has been told yet.
DRAFT_VERBS = frozenset({"add_shift", "change_shift", "drop_shift"})
