"""Personal data: unreadable in the database, found only by its keyed hash, safe when keys change."""

import io
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from core.checks import check_keys
from core.fields import EncryptedTextField, UnreadableValue, decrypt, encrypt, keyed_hash
from core.management.commands.rotate_field_keys import encrypted_columns, rotate_rows

PHONE = "13812341234"


def _user(username: str = "clerk", phone: str = PHONE) -> User:
    return User.objects.create(username=username, name="田大山", phone=phone)


def _stored(user: User) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_user WHERE id = %s", [user.pk])
        return cursor.fetchone()[0]


# --- encryption


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_what_is_encrypted_reads_back(text: str) -> None:
    token = encrypt(text)
    assert decrypt(token) == text
    assert text not in token or len(text) < 8


def test_the_same_value_never_looks_the_same() -> None:
    assert encrypt(PHONE) != encrypt(PHONE)


def test_a_changed_value_is_not_read() -> None:
    token = encrypt(PHONE)
    with pytest.raises(UnreadableValue):
        decrypt(token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:])


@pytest.mark.parametrize("foreign", [PHONE, "gAAAA", "田大山", " "])
def test_what_was_never_encrypted_is_not_read(foreign: str) -> None:
    with pytest.raises(UnreadableValue):
        decrypt(foreign)


def test_the_error_does_not_tell_the_value() -> None:
    with pytest.raises(UnreadableValue) as error:
        decrypt(PHONE)
    assert PHONE not in str(error.value)


# --- the column


@pytest.mark.django_db
def test_the_database_holds_no_plain_value() -> None:
    user = _user()
    assert PHONE not in _stored(user)
    assert _stored(user).startswith("gAAAA")
    assert User.objects.get(pk=user.pk).phone == PHONE


@pytest.mark.django_db
def test_every_way_of_writing_encrypts_exactly_once() -> None:
    one, two = _user("one"), _user("two", "")
    User.objects.filter(pk=one.pk).update(phone="13900001111")
    two.phone = "13900002222"
    User.objects.bulk_update([two], ["phone"])
    User.objects.bulk_create([User(username="three", name="丙", phone="13900003333")])
    assert sorted(User.objects.values_list("phone", flat=True)) == ["13900001111", "13900002222", "13900003333"]
    for user in User.objects.all():
        assert decrypt(_stored(user)) == user.phone


@pytest.mark.django_db
def test_saving_again_keeps_the_value() -> None:
    user = User.objects.get(pk=_user().pk)
    user.name = "田小山"
    user.save()
    assert User.objects.get(pk=user.pk).phone == PHONE


@pytest.mark.django_db
def test_not_given_stays_blank_and_can_be_asked_for() -> None:
    with_phone, without = _user("one"), _user("two", "")
    assert _stored(without) == ""
    assert list(User.objects.filter(phone="")) == [without]
    assert list(User.objects.exclude(phone="")) == [with_phone]
    assert User.objects.filter(phone__isnull=False).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["phone", "phone__exact"])
def test_comparing_with_a_value_is_a_mistake_that_shows(lookup: str) -> None:
    with pytest.raises(FieldError, match="keyed hash"):
        User.objects.filter(**{lookup: PHONE}).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["in", "contains", "icontains", "startswith", "iexact", "gt", "regex"])
def test_searching_is_a_mistake_that_shows(lookup: str) -> None:
    with pytest.raises(FieldError, match="Unsupported lookup"):
        User.objects.filter(**{f"phone__{lookup}": PHONE}).exists()


@pytest.mark.django_db
def test_a_value_under_a_lost_key_is_an_error_not_a_blank(settings: Any) -> None:
    user = _user()
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(UnreadableValue):
        User.objects.get(pk=user.pk)


def test_null_stays_null() -> None:
    field = EncryptedTextField(null=True)
    assert field.get_prep_value(None) is None
    assert field.from_db_value(None, None, None) is None


def test_a_migration_names_the_field_and_no_key(settings: Any) -> None:
    _, path, _, options = EncryptedTextField(blank=True).deconstruct()
    assert path == "core.fields.EncryptedTextField"
    assert not any(key in str(options) for key in settings.FIELD_KEYS)


# --- keys that change


@pytest.mark.django_db
def test_an_old_value_is_read_while_its_key_is_still_listed(settings: Any) -> None:
    user = _user()
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    assert User.objects.get(pk=user.pk).phone == PHONE


@pytest.mark.django_db
def test_after_rotation_the_old_key_may_go(settings: Any) -> None:
    users = [_user(f"clerk{n}", f"1381234{n:04}") for n in range(7)]
    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    assert rotate_rows(User, ["phone"], batch=3) == 7
    settings.FIELD_KEYS = [new]
    assert [User.objects.get(pk=user.pk).phone for user in users] == [user.phone for user in users]


@pytest.mark.django_db
def test_rotation_leaves_blanks_blank() -> None:
    user = _user(phone="")
    rotate_rows(User, ["phone"])
    assert _stored(user) == ""


@pytest.mark.django_db
def test_the_command_names_tables_and_never_values() -> None:
    _user()
    out = io.StringIO()
    call_command("rotate_field_keys", stdout=out)
    assert "accounts.User: 1" in out.getvalue()
    assert PHONE not in out.getvalue()


def test_the_command_finds_encrypted_columns_by_itself() -> None:
    assert "phone" in encrypted_columns(User)
    assert "name" not in encrypted_columns(User)
    assert all(isinstance(name, str) for name in encrypted_columns(User))
    assert issubclass(EncryptedTextField, models.TextField)


# --- hashes


def test_the_hash_finds_the_same_value_again() -> None:
    assert keyed_hash(PHONE, "phone") == keyed_hash(PHONE, "phone")
    assert len(keyed_hash(PHONE, "phone")) == 64
    assert keyed_hash("", "phone") == ""


def test_the_hash_differs_by_purpose_value_and_key(settings: Any) -> None:
    first = keyed_hash(PHONE, "phone")
    assert first != keyed_hash(PHONE, "device")
    assert first != keyed_hash("13812341235", "phone")
    settings.HASH_KEY = "another key that is long enough to be used"
    assert first != keyed_hash(PHONE, "phone")


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_purpose_and_value_do_not_run_together(left: str, right: str) -> None:
    assert keyed_hash(left + right, "a") != keyed_hash(right, "a" + left)


# --- the check at start


def test_good_keys_pass(settings: Any) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), Fernet.generate_key().decode()]
    settings.HASH_KEY = "x" * 32
    assert check_keys() == []


@pytest.mark.parametrize(
    ("keys", "hash_key", "errors"),
    [
        ([], "x" * 32, ["core.E001"]),
        (["short"], "x" * 32, ["core.E002"]),
        (["not base64 at all, but long enough to pass"], "x" * 32, ["core.E002"]),
        ([Fernet.generate_key().decode(), ""], "x" * 32, ["core.E002"]),
        ([Fernet.generate_key().decode()], "short", ["core.E003"]),
        ([], "", ["core.E001", "core.E003"]),
    ],
)
def test_bad_keys_are_named_and_never_printed(settings: Any, keys: list[str], hash_key: str, errors: list[str]) -> None:
    settings.FIELD_KEYS, settings.HASH_KEY = keys, hash_key
    found = check_keys()
    assert [problem.id for problem in found] == errors
    assert not any(key and key in problem.msg for key in keys for problem in found)
