"""Codes that people read aloud, type and scan: receipts with a check character, entry codes without.

The alphabet leaves out 0 O 1 I L and has 31 characters. 31 is prime, so a sum weighted 1, 2, 3 … modulo 31 catches
every single wrong character and every swap of two characters. The check helps the person typing; it is no secret:
what protects a receipt is that 31^9 (about 2.6 × 10^13) codes are drawn at random and guessing is rate-limited.
"""

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RECEIPT_GROUPS = (4, 4, 1)  # random characters; the check character follows
RECEIPT_LENGTH = sum(RECEIPT_GROUPS) + 1
ENTRY_CODE_LENGTH = 8
_LONGEST_INPUT = 1000  # characters looked at; far beyond anything a person types
_LONGEST_CODE = 64
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_TYPEABLE = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def new_code(groups: tuple[int, ...] = RECEIPT_GROUPS) -> str:
    """A random code of sum(groups) characters, without separators and without a check character."""
    return "".join(secrets.choice(ALPHABET) for _ in range(sum(groups)))


def new_receipt() -> str:
    """A random receipt: nine random characters and their check character."""
    body = new_code()
    return body + check_character(body)


def new_entry_code() -> str:
    """A random entry code of eight characters, as printed under a QR code."""
    return new_code((ENTRY_CODE_LENGTH,))


def check_character(body: str) -> str:
    """The check character that makes the weighted sum of the whole code 0 modulo 31.

    Raises KeyError for a character outside the alphabet.
    """
    # Weights start at 2 because the check character itself carries weight 1.
    total = sum(weight * _VALUES[character] for weight, character in enumerate(reversed(body), start=2))
    return ALPHABET[-total % len(ALPHABET)]


def normalise(text: str) -> str:
    """What was meant by a typed or pasted code: upper case, half width, only ASCII letters and digits.

    "ｋ７qm－4xwd 3r。" becomes "K7QM4XWD3R". Idempotent; never raises.
    """
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_INPUT]).upper()
    return "".join(character for character in folded if character in _TYPEABLE)[:_LONGEST_CODE]


def is_valid_receipt(text: str) -> bool:
    """Whether `text`, typed in any way, is a receipt whose check character fits. Says nothing about existence."""
    code = normalise(text)
    if len(code) != RECEIPT_LENGTH or any(character not in _VALUES for character in code):
        return False
    return check_character(code[:-1]) == code[-1]


def spell(receipt: str) -> str:
    """The receipt as printed and read aloud: "K7QM4XWD3R" → "K7QM-4XWD-3R"."""
    code = normalise(receipt)
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
