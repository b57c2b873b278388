"""The input of the reception pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from core.forms import PlainForm
from opinions.forms import DeskForm
from stations.models import Representative


class PeopleForm(DeskForm):
    """Who receives, and where in the house."""

    people = forms.ModelMultipleChoiceField(
        Representative.objects.none(), label="今天来接待的代表", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾上来接待的代表，至少一位。"},
    )  # fmt: skip
    place = forms.CharField(label="在哪里接待", max_length=60, required=False)

    def __init__(self, *args: Any, representatives: "QuerySet[Representative]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = representatives  # type: ignore[attr-defined]
        self.fields["people"].label_from_instance = lambda person: person.name  # type: ignore[attr-defined]
        self.fields["place"].widget.attrs.update({"placeholder": "比如 一楼代表接待室", "autocomplete": "off"})

    @property
    def chosen(self) -> list[int]:
        """The keys of those who were ticked."""
        return [person.pk for person in self.cleaned_data["people"]]


class NoteForm(PlainForm):
    """A sentence that may stay empty."""

    note = forms.CharField(label="说明", max_length=300, required=False)
