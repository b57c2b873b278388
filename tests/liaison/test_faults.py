"""What a person reads when something broke."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from liaison import faults


def answer_to(error: Exception, request: HttpRequest) -> HttpResponse:
    """The page as Django asks for it: while the error is being handled."""
    try:
        raise error
    except type(error):
        return faults.server_error(request)


@pytest.fixture
def asked() -> HttpRequest:
    return RequestFactory().get("/t/")


@pytest.mark.parametrize("error", [OperationalError("server closed"), InterfaceError("connection already closed")])
def test_a_database_that_is_away_is_a_pause_not_a_crash(asked: HttpRequest, error: Exception) -> None:
    answer = answer_to(error, asked)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "请稍等再试" in answer.content.decode()


def test_anything_else_is_a_crash_with_a_sentence(asked: HttpRequest) -> None:
    answer = answer_to(ValueError("boom"), asked)
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "页面出错了" in text
    assert "boom" not in text


def test_every_typed_word_comes_back() -> None:
    typed = {"body": "路灯不亮\n在村口 <b>", "name": "田大山", "client_key": "k-1"}
    answer = answer_to(OperationalError("gone"), RequestFactory().post("/s/mingnan/", typed))
    text = answer.content.decode()
    assert "路灯不亮\n在村口 &lt;b&gt;" in text
    assert 'name="client_key"' in text
    assert 'action="/s/mingnan/"' in text
    assert "没有丢" in text


def test_several_values_of_one_field_come_back() -> None:
    request = RequestFactory().post("/x/", {"tag": ["a", "b"]})
    assert faults.typed_fields(request) == [("tag", "a"), ("tag", "b")]


@pytest.mark.parametrize("field", ["password", "new_password1", "otp_token", "client_secret"])
def test_a_password_never_comes_back(field: str) -> None:
    request = RequestFactory().post("/accounts/login/", {"username": "li", field: "geheim-123"})
    assert "geheim-123" not in answer_to(OperationalError("gone"), request).content.decode()


def test_photos_are_honestly_said_to_be_gone() -> None:
    photo = SimpleUploadedFile("a.jpg", b"x", content_type="image/jpeg")
    request = RequestFactory().post("/x/", {"body": "路灯", "photos": photo})
    assert "照片没有保留" in answer_to(OperationalError("gone"), request).content.decode()


def test_without_photos_nothing_is_said_about_photos() -> None:
    request = RequestFactory().post("/x/", {"body": "路灯"})
    assert "照片" not in answer_to(OperationalError("gone"), request).content.decode()


def test_a_form_too_large_to_read_still_gets_a_page(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    request = RequestFactory().post("/x/", {"body": "路" * 100})
    answer = answer_to(OperationalError("gone"), request)
    assert answer.status_code == 503


def test_a_page_only_read_offers_to_open_it_again(asked: HttpRequest) -> None:
    text = answer_to(OperationalError("gone"), asked).content.decode()
    assert 'href="/t/"' in text
    assert "<form" not in text


@pytest.mark.django_db
def test_it_is_what_django_calls(client: Client) -> None:
    client.raise_request_exception = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("liaison.health.database_fault", _away)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "请稍等再试" in answer.content.decode()


def _away() -> str:
    raise OperationalError("gone")
