"""Forms and filters: plain words, and a broken filter shows nothing rather than everything."""

import django_filters
import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve

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


class ManyFields(PlainForm):
    """One field of each kind with a rule that can be broken."""

    words = forms.CharField(max_length=5, widget=forms.Textarea)
    code = forms.CharField(min_length=4)
    people = forms.IntegerField(min_value=1, max_value=1000)
    day = forms.DateField()
    hour = forms.TimeField()
    email = forms.EmailField()
    key = forms.UUIDField()
    who = forms.ModelChoiceField(User.objects.all())
    several = forms.ModelMultipleChoiceField(User.objects.all())


def test_an_empty_file_is_said_in_plain_words() -> None:
    class OfAFile(PlainForm):
        file = forms.FileField()

    form = OfAFile({}, {"file": SimpleUploadedFile("清单.xlsx", b"")})
    assert form.errors["file"] == ["这个文件是空的，请换一个。"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("words", "一二三四五六", "最多 5 个字，现在有 6 个。请删去一些，您写的都还在。"),
        ("words", "一\0", "里面有看不见的怪字符，请重新输入一遍。"),
        ("code", "abc", "至少要 4 个字，现在只有 3 个。"),
        ("people", "0", "这里最小填 1。"),
        ("people", "1001", "这里最大填 1000。"),
        ("people", "两个", "请填一个整数。"),
        ("day", "明天", "日期没有写对，请写成 2026-04-09 的样子。"),
        ("hour", "早上", "时间没有写对，请写成 8:30 的样子。"),
        ("email", "a@b", "邮箱没有写对，请写成 name@example.com 的样子。"),
        ("key", "x", "这个页面放得太久了，请刷新后再送。"),
        ("who", "9", "请从列表里选择。"),
        ("who", "x", "请从列表里选择。"),
        ("several", ["x"], "请从列表里选择。"),
        ("several", ["9"], "请从列表里选择。"),
    ],
)
def test_whatever_is_wrong_is_said_as_people_speak(field: str, typed: str | list[str], said: str) -> None:
    form = ManyFields({field: typed})
    assert form.errors[field] == [said]
    assert form[field].value() == typed, "nothing typed is lost"


def test_the_browser_cuts_nothing_off_before_we_have_seen_it() -> None:
    assert "maxlength" not in str(ManyFields()["words"])


def _forms_of(base: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
    found = set(base.__subclasses__())
    return found.union(*(_forms_of(cls) for cls in found))


def test_every_form_of_the_portal_stands_on_this_base() -> None:
    resolve("/")  # loads every page and with it every form
    ours = {"accounts", "notices", "stations", "duties", "opinions", "projects", "dashboards", "liaison"}
    found = [cls for cls in _forms_of(forms.BaseForm) if cls.__module__.split(".")[0] in ours]
    made = [cls for cls in found if not cls.__qualname__.startswith("_") and "Admin" not in cls.__name__]
    assert len(made) > 25
    assert [cls.__qualname__ for cls in made if not issubclass(cls, PlainMixin)] == []


def test_a_filter_speaks_the_same_way() -> None:
    class Days(RegisterFilter):
        since = django_filters.DateFilter(field_name="created_at")

        class Meta:
            model = User
            fields: tuple[str, ...] = ()

    found = Days({"since": "昨天"}, queryset=User.objects.all())
    assert found.form.errors["since"] == ["日期没有写对，请写成 2026-04-09 的样子。"]


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
