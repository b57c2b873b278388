"""The resident's forms. Every error is a sentence with the way out; the rules live in `opinions.workflow`."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError

from core.forms import PlainForm
from core.text import clean_phone
from core.workflow import BadInput
from opinions import consent
from opinions.photos_field import PhotosField
from opinions.states import Satisfaction, Solved
from opinions.workflow.intake import check_body


class WordsField(forms.CharField):
    """A text kept as typed. Null characters, which some keyboards leave behind, are dropped instead of refused."""

    def to_python(self, value: Any) -> str:
        """Return the text without null characters."""
        return str(super().to_python(value.replace("\0", "") if isinstance(value, str) else value))


def one_shape(phone: str) -> str:
    """Return a number in one shape, "" for a blank. Raises ValidationError with the sentence."""
    if not phone.strip():
        return ""
    try:
        return clean_phone(phone)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def key_from(typed: str) -> UUID:
    """Return the key that a form carried, a fresh one for anything else."""
    try:
        return UUID(typed)
    except ValueError:
        return uuid4()


class SenderForm(PlainForm):
    """What everybody who sends words without an account may say: what, where, photos, and how he can be reached."""

    consent_version = consent.WORDS

    body = WordsField(label="什么事", required=False, strip=False)
    location = WordsField(
        label="在哪里", required=False, max_length=200, error_messages={"max_length": "地点写得太长了，最多 200 个字。"}
    )
    photos = PhotosField(label="照片", required=False)
    name = WordsField(
        label="怎么称呼您", required=False, max_length=40, error_messages={"max_length": "称呼最多 40 个字。"}
    )
    phone = WordsField(label="电话", required=False, max_length=60)
    consent = forms.BooleanField(
        label="我看过个人信息说明，同意用来办这件事",
        error_messages={"required": "请看一下个人信息说明，同意了再勾上。"},
    )
    client_key = WordsField(required=False)
    q = WordsField(required=False, max_length=20)

    def clean_body(self) -> str:
        """Say at once whether there is something to read, and how much too much."""
        try:
            return check_body(self.cleaned_data["body"])
        except BadInput as error:
            raise ValidationError(error.message) from error

    def clean_phone(self) -> str:
        """Bring the number into one shape, or say what is wrong with it."""
        return one_shape(self.cleaned_data["phone"])

    def clean_client_key(self) -> UUID:
        """A key that no page of ours made counts as none: the message is taken with a fresh one."""
        return key_from(self.cleaned_data["client_key"])


class MessageForm(SenderForm):
    """我要留言: the fields of the address contract. `hide_identity` is on unless the person takes it off."""

    hide_identity = forms.BooleanField(label="不向承办单位透露我的身份", required=False)
    region = WordsField(required=False, max_length=12)


class RateForm(PlainForm):
    """两个问题，一句话."""

    solved = forms.ChoiceField(
        choices=Solved, error_messages={"required": "请选事情解决了没有。", "invalid_choice": "请选事情解决了没有。"}
    )
    satisfaction = forms.ChoiceField(
        choices=Satisfaction, error_messages={"required": "请选满意不满意。", "invalid_choice": "请选满意不满意。"}
    )
    attitude = forms.ChoiceField(choices=[("", ""), *Satisfaction.choices], required=False)
    comment = WordsField(required=False, max_length=500, error_messages={"max_length": "最多 500 个字，请删去一些。"})


class WordsForm(PlainForm):
    """补充情况."""

    words = WordsField(
        label="补充什么",
        max_length=5000,
        error_messages={"required": "还没写补充什么。", "max_length": "最多 5000 个字，请删去一些。"},
    )
    photos = PhotosField(label="照片", required=False)


class SecondForm(PlainForm):
    """我也遇到: nothing at all, or a telephone to be told the outcome."""

    phone = WordsField(label="电话", required=False, max_length=60)

    def clean_phone(self) -> str:
        """Bring the number into one shape, or say what is wrong with it."""
        return one_shape(self.cleaned_data["phone"])
