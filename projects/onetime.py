"""One-time paper codes (一次性码): make some, and take one in exchange for one voice.

Only a keyed hash is stored, and nothing of when, where or to whom a slip was given. The hash is the key of its row, so
the table has no order either. `box` says what a code is good for, such as "poll:12". A code is spent in the very
transaction that writes the voice; whoever keeps voices must give them no column that could lead back here.
"""

from django.db import connection, models

from core.codes import RECEIPT_LENGTH, new_receipt, normalise
from core.fields import keyed_hash
from core.workflow import VerbError

WRONG = "这个码没有对上，也可能已经用过了。请照着纸条再看一遍；还不行，找站点的工作人员。"
_PURPOSE = "one-time-code"
_UNKNOWN = "-" * RECEIPT_LENGTH  # no code looks like this; a malformed one costs the same work as a wrong one


class OneTimeCode(models.Model):
    """A code that is still good, or that was used once. Who used it, when and for what stands nowhere."""

    code_hash = models.CharField(primary_key=True, max_length=64, editable=False)
    box = models.CharField(max_length=40)
    is_spent = models.BooleanField(default=False)

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "一次性码"
        indexes = [models.Index(fields=["box"], name="one_time_code_box")]

    def __str__(self) -> str:
        return self.box


class WrongCode(VerbError):
    """Unknown, mistyped, spent, or good for something else; nothing says which."""

    def __init__(self) -> None:
        super().__init__(WRONG)


def make(box: str, number: int) -> list[str]:
    """Make `number` codes for a box and return them to be printed: this is the only time they can be read."""
    codes: set[str] = set()
    while len(codes) < number:
        codes.add(new_receipt())
    OneTimeCode.objects.bulk_create([OneTimeCode(code_hash=_hash(code), box=box) for code in codes])
    return sorted(codes)  # by chance, as they are drawn by chance


def box_of(typed: str) -> str:
    """Return the box that a typed code is still good for, "" for any other; the same work for every answer."""
    live = OneTimeCode.objects.filter(code_hash=_hash(typed), is_spent=False)
    return live.values_list("box", flat=True).first() or ""


def spend(typed: str, box: str) -> None:
    """Use a code up; of two who use it at once the second is refused. Raises WrongCode.

    Belongs into the transaction that writes the voice, so that both happen or neither.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A one-time code is spent together with the voice it stands for.")
    if not OneTimeCode.objects.filter(code_hash=_hash(typed), box=box, is_spent=False).update(is_spent=True):
        raise WrongCode


def count(box: str) -> tuple[int, int]:
    """Return how many codes were made for a box, and how many of them were used."""
    rows = OneTimeCode.objects.filter(box=box)
    return rows.count(), rows.filter(is_spent=True).count()


def burn(box: str) -> tuple[int, int]:
    """Throw all codes of a box away when it is shut, and return what `count` said: nothing is left to be matched."""
    made_and_used = count(box)
    OneTimeCode.objects.filter(box=box).delete()
    return made_and_used


def _hash(typed: str) -> str:
    code = normalise(typed)
    return keyed_hash(code if len(code) == RECEIPT_LENGTH else _UNKNOWN, _PURPOSE)
