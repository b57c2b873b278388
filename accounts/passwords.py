"""A password rule that Django lacks: not built from the person's own user name, not one key pressed again and again."""

from typing import Any

from django.core.exceptions import ValidationError

MIN_DISTINCT = 5
_MIN_NAME = 3


class NotFromUserNameValidator:
    """Refuses a password that holds the user name (forwards or backwards) or has under five distinct characters."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with a sentence."""
        typed = password.lower()
        if len(set(typed)) < MIN_DISTINCT:
            raise ValidationError("密码里不同的字符太少，请多用几种。", code="password_too_plain")
        name = str(getattr(user, "username", "") or "").lower()
        if len(name) >= _MIN_NAME and (name in typed or name[::-1] in typed):
            raise ValidationError("密码里不要带用户名。", code="password_holds_name")

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return "密码里不要带用户名，至少用 5 种不同的字符。"
