"""The life of a month's theme and of a note as data."""

from django.db.models import TextChoices

from core.workflow import CREATION, Table, Transition


class ThemeState(TextChoices):
    """A theme counts, or was taken away again."""

    SET = "SET", "定了"
    DROPPED = "DROPPED", "不用了"


class NoteState(TextChoices):
    """A note stands, or was struck out with a reason."""

    STANDS = "STANDS", "记着"
    STRUCK = "STRUCK", "划掉了"


TRANSITIONS = (
    Transition("set_theme", frozenset({CREATION}), frozenset({ThemeState.SET})),
    Transition("change_theme", frozenset({ThemeState.SET}), frozenset({ThemeState.SET})),
    Transition("drop_theme", frozenset({ThemeState.SET}), frozenset({ThemeState.DROPPED})),
)
NOTE_TRANSITIONS = (
    Transition("write_note", frozenset({CREATION}), frozenset({NoteState.STANDS})),
    Transition("strike_note", frozenset({NoteState.STANDS}), frozenset({NoteState.STRUCK})),
)
VERB_LABELS = {
    "set_theme": "定主题",
    "change_theme": "改主题",
    "drop_theme": "不用这个主题",
    "write_note": "记一件",
    "strike_note": "划掉",
}
THEMES = Table(TRANSITIONS, state_labels=dict(ThemeState.choices), verb_labels=VERB_LABELS)
NOTES = Table(NOTE_TRANSITIONS, state_labels=dict(NoteState.choices), verb_labels=VERB_LABELS)
