"""One-time paper codes (一次性码): make some, and take one in exchange for one voice.

Only a keyed hash is stored, and nothing of when, where or to whom a slip was given. The hash is the key of its row, so
the table has no order either. `box` says what a code is good for, such as "poll:12". A code is spent in the very
transaction that writes the voice; whoever keeps voices must give them no column that could lead back here.

Codes are drawn from the key of the form that asks for them, so that a second press of the same button gets the very
same slips and makes none. The key itself stands in that form alone, and serves until the first of its codes is used.
"""

from uuid import UUID, uuid4

from django.db import connection, models

from core.codes import ALPHABET, RECEIPT_LENGTH, check_character, normalise
from core.fields import keyed_hash
from core.workflow import VerbError, WrongState

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


class OneTimePrint(models.Model):
    """One press of the button that prints: whoever presses again with the same key gets the same slips."""

    key_hash = models.CharField(primary_key=True, max_length=64, editable=False)
    box = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "印过的一批码"

    def __str__(self) -> str:
        return self.box


class WrongCode(VerbError):
    """Unknown, mistyped, spent, or good for something else; nothing says which."""

    def __init__(self) -> None:
        super().__init__(WRONG)


def make(box: str, number: int, key: UUID | None = None) -> list[str]:
    """Make `number` codes for a box and return them to be printed; nobody can read them from the table."""
    key = key or uuid4()
    codes = _drawn(box, number, key)
    OneTimePrint.objects.create(key_hash=_hash_of_key(box, key), box=box, number=number)
    OneTimeCode.objects.bulk_create([OneTimeCode(code_hash=hash_of(code), box=box) for code in codes])
    return codes


def again(box: str, number: int, key: UUID | None) -> list[str] | None:
    """Return the codes that were made with this key before, None where there were none.

    Raises WrongState once one of them was used or thrown away: a slip that is out is not printed twice.
    """
    before = OneTimePrint.objects.filter(pk=_hash_of_key(box, key)).first() if key else None
    if before is None or key is None:
        return None
    codes = _drawn(box, before.number, key)
    good = OneTimeCode.objects.filter(box=box, is_spent=False, code_hash__in=[hash_of(code) for code in codes])
    if before.number != number or good.count() != number:
        raise WrongState("这一批纸条已经印过了，不会再印一遍。要另外加印，请刷新页面再点。")
    return codes


def renew(box: str) -> int:
    """Throw away the codes of a box that nobody has used, and return how many: their slips are worth nothing now."""
    return OneTimeCode.objects.filter(box=box, is_spent=False).delete()[0]


def box_of(typed: str) -> str:
    """Return the box that a typed code is still good for, "" for any other; the same work for every answer."""
    live = OneTimeCode.objects.filter(code_hash=hash_of(typed), is_spent=False)
    return live.values_list("box", flat=True).first() or ""


def spend(typed: str, box: str) -> None:
    """Use a code up; of two who use it at once the second is refused. Raises WrongCode.

    Belongs into the transaction that writes the voice, so that both happen or neither.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A one-time code is spent together with the voice it stands for.")
    if not OneTimeCode.objects.filter(code_hash=hash_of(typed), box=box, is_spent=False).update(is_spent=True):
        raise WrongCode


def count(box: str) -> tuple[int, int]:
    """Return how many codes were made for a box, and how many of them were used."""
    rows = OneTimeCode.objects.filter(box=box)
    return rows.count(), rows.filter(is_spent=True).count()


def burn(box: str) -> tuple[int, int]:
    """Throw all codes of a box away when it is shut, and return what `count` said: nothing is left to be matched."""
    made_and_used = count(box)
    OneTimeCode.objects.filter(box=box).delete()
    OneTimePrint.objects.filter(box=box).delete()
    return made_and_used


def hash_of(typed: str) -> str:
    """Return what stands in the table for a code as somebody typed it."""
    code = normalise(typed)
    return keyed_hash(code if len(code) == RECEIPT_LENGTH else _UNKNOWN, _PURPOSE)


def _hash_of_key(box: str, key: UUID) -> str:
    return keyed_hash(f"{box}:{key}", "one-time-print")


def _drawn(box: str, number: int, key: UUID) -> list[str]:
    """Draw codes by the portal's own key: nobody without it can tell them from chance. In the order of the letters."""
    codes: set[str] = set()
    turn = 0
    while len(codes) < number:
        rest = int(keyed_hash(f"{box}:{key}:{turn}", "one-time-draw"), 16)
        body = ""
        for _ in range(RECEIPT_LENGTH - 1):
            rest, place = divmod(rest, len(ALPHABET))
            body += ALPHABET[place]
        codes.add(body + check_character(body))
        turn += 1
    return sorted(codes)
