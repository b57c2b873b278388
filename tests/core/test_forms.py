"""Forms and filters: plain words, and a broken filter shows nothing rather than everything."""

import django_filters
import pytest
from django import forms

from accounts.models import User
from core.filters import RegisterFilter
from core.forms import PlainForm, PlainMixin


class VisitForm(PlainForm):
    """Fields of each kind, one with a sentence of its own."""

    name = forms.CharField()
    kind = forms.ChoiceField(choices=[("A", "甲")])
    many = forms.MultipleChoiceField(choices=[("A", "甲")], required=False)
    day = forms.DateField(required=False)
    phone = forms.CharField(error_messages={"required": "请留下电话。"})


class UserForm(PlainMixin, forms.ModelForm):
    """The base under a model form."""

    class Meta:
        model = User
        fields = ("username", "name")


class UserFilter(RegisterFilter):
    """Accounts by name and by being active."""

    name = django_filters.CharFilter(lookup_expr="contains")
    active = django_filters.ChoiceFilter(field_name="is_active", choices=[("True", "可登录"), ("False", "停用")])

    class Meta:
        model = User
        fields: tuple[str, ...] = ()


def test_missing_input_is_said_in_plain_words() -> None:
    assert VisitForm({}).errors["name"] == ["请填写这一项。"]
    assert UserForm({}).errors["name"] == ["请填写这一项。"]


def test_a_wrong_choice_is_said_in_plain_words() -> None:
    form = VisitForm({"name": "一", "kind": "X", "many": ["Y"], "phone": "1"})
    assert form.errors["kind"] == form.errors["many"] == ["请从列表里选择。"]


def test_a_forms_own_sentence_stays() -> None:
    assert VisitForm({}).errors["phone"] == ["请留下电话。"]


def test_one_form_does_not_change_the_words_of_another() -> None:
    VisitForm({})
    assert forms.CharField.default_error_messages["required"] != "请填写这一项。"


def test_the_helper_leaves_the_form_tag_to_the_template() -> None:
    helper = VisitForm().helper
    assert (helper.form_tag, helper.disable_csrf) == (False, True)


@pytest.fixture
def _people() -> None:
    User.objects.create(username="one", name="田大山")
    User.objects.create(username="two", name="田小山", is_active=False)
    User.objects.create(username="three", name="吕洺")


def _names(data: dict[str, str] | None) -> list[str]:
    found = UserFilter(data, queryset=User.objects.order_by("pk"))
    return [user.username for user in found.qs]


@pytest.mark.django_db
@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize(
    ("data", "names"),
    [
        (None, ["one", "two", "three"]),
        ({}, ["one", "two", "three"]),
        ({"name": "田"}, ["one", "two"]),
        ({"name": "洺"}, ["three"]),
        ({"active": "False"}, ["two"]),
        ({"active": "False", "name": "吕"}, []),
        ({"page": "7"}, ["one", "two", "three"]),
    ],
)
def test_filters_narrow_the_list(data: dict[str, str] | None, names: list[str]) -> None:
    assert _names(data) == names


@pytest.mark.django_db
@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("value", ["maybe", "True'; DROP TABLE accounts_user; --", "\x00"])
def test_an_unusable_value_shows_nothing(value: str) -> None:
    assert _names({"active": value}) == []


@pytest.mark.django_db
def test_the_filter_knows_who_looks_and_what_is_in_use() -> None:
    user = User(username="clerk")
    found = UserFilter({"name": "田", "active": ""}, queryset=User.objects.all(), user=user)
    assert found.user is user
    assert found.chips == ("name",)
    assert UserFilter(None, queryset=User.objects.all()).chips == ()
    assert UserFilter({"active": "X"}, queryset=User.objects.all()).chips == ()
    assert found.form.helper.form_tag is False
