"""The input of merging, co-handling, more time and moved promises. Meaning is checked by the verbs."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms

from opinions.forms import OTHER, DeskForm, day_field, words


class MergeForm(DeskForm):
    """并案: one of the matters nearby, or another one by its receipt."""

    shown_as = {"lead": "choices"}

    lead = forms.ChoiceField(label="和哪一件一起办", widget=forms.RadioSelect)
    receipt = forms.CharField(
        label="那一件的回执码", max_length=20, required=False, help_text="十位，写在那一件的页面上方。"
    )

    def __init__(
        self,
        *args: Any,
        leads: Sequence[tuple[int, str, str]] = (),
        find: Callable[[str], int | None] = lambda _receipt: None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lead"]
        field.choices = [(str(pk), title) for pk, title, _hint in leads]  # type: ignore[attr-defined]
        field.choices += [(OTHER, "别的一件")]  # type: ignore[attr-defined]
        field.hints = {str(pk): hint for pk, _title, hint in leads} | {OTHER: "在下面写它的回执码"}  # type: ignore[attr-defined]
        field.initial = None if leads else OTHER
        self._find = find

    def clean(self) -> dict[str, Any]:
        """Put the chosen matter's id into `lead_id`."""
        cleaned = super().clean() or self.cleaned_data
        choice = cleaned.get("lead")
        if choice == OTHER:
            cleaned["lead_id"] = self._find(cleaned.get("receipt") or "")
            if cleaned["lead_id"] is None and "receipt" not in self.errors:
                self.add_error("receipt", "没有找到这个回执码的事，请核对一遍。")
        elif choice:
            cleaned["lead_id"] = int(choice)
        return cleaned


class UnmergeForm(DeskForm):
    """拆开: why; the matter goes back to exactly where it was."""

    reason = words("为什么拆开", rows=2, help_text="给同事看。拆开后，状态和期限都回到并案以前。")


class PartForm(DeskForm):
    """协办意见: for the lead and the station, not for the resident."""

    part = words("本单位办了什么、有什么意见", help_text="给主办单位和站点看，由主办单位一起答复群众。")


class ExtensionForm(DeskForm):
    """申请延期: how many more working days, and the reason that the resident reads."""

    working_days = forms.IntegerField(label="再要几个工作日", min_value=1, max_value=60)
    reason = words("为什么要延期", help_text="群众看得到。只能申请一次，交办的人同意了才算数。")

    def __init__(self, *args: Any, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if most:
            self.fields["working_days"].help_text = f"最多 {most} 个，从原来的日子往后数。"


class GrantExtensionForm(DeskForm):
    """同意延期, with an optional note for the unit."""

    note = words("给单位留一句", rows=2, required=False)


class RefuseExtensionForm(DeskForm):
    """不同意延期: why; the old date stands."""

    reason = words("为什么不同意", rows=2, help_text="单位看得到。原来的期限不变。")


class MovePromiseForm(DeskForm):
    """改承诺日期: a later day and the reason that the resident reads."""

    promised_on = day_field("改到哪一天")
    reason = words("为什么要改", help_text="群众看得到。只能改一次，原来的日子会划掉留着。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["promised_on"].required = True
