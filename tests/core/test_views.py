"""The POST action: done leads on, a refusal is a page with a sentence and everything that was typed."""

from datetime import datetime
from typing import Any

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.models import User
from core.forms import PlainForm
from core.views import VerbView
from core.workflow import BadInput, NotAllowed, VerbError, WrongState


class NoteForm(PlainForm):
    """One required field and one that is not."""

    words = forms.CharField()
    place = forms.CharField(required=False)


class NoteView(VerbView):
    """A verb that does what the test tells it to."""

    form_class = NoteForm
    verb_name = "留言"
    done_message = "已记下。"
    refusal: Exception | None = None
    calls: list[tuple[dict[str, Any], datetime]]

    def run(self, form: Any, at: datetime) -> str:
        """Refuse, or remember the call."""
        if self.refusal:
            raise self.refusal
        self.calls.append((form.cleaned_data if form else {}, at))
        return "42"

    def back_url(self) -> str:
        """The list of notes."""
        return "/notes/"

    def success_url(self, result: str) -> str:
        """The new note."""
        return f"/notes/{result}/"


class PlainView(NoteView):
    """A verb that needs no input."""

    form_class = None
    success_url = VerbView.success_url


class Shown:
    """What the page was rendered from, in place of the page itself."""

    context: dict[str, Any]
    template: str


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Records what would be rendered, so that these tests do not depend on the look."""
    record = Shown()

    def render(_: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        record.template, record.context = template, context
        return HttpResponse("page", status=status)

    monkeypatch.setattr("core.views.render", render)
    return record


def _request(method: str = "post", **data: str) -> HttpRequest:
    request = getattr(RequestFactory(), method)("/notes/new/", data)
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def _answer(
    request: HttpRequest, view: type[NoteView] = NoteView, refusal: Exception | None = None
) -> tuple[Any, list[Any]]:
    calls: list[Any] = []
    return view.as_view(refusal=refusal, calls=calls)(request), calls


NoteView.calls = []  # as_view accepts only names that the class has


def test_done_leads_to_the_result_with_a_message() -> None:
    request = _request(words="路灯坏了")
    response, calls = _answer(request)
    assert (response.status_code, response.url) == (302, "/notes/42/")
    assert [str(message) for message in request._messages] == ["已记下。"]
    assert calls[0][0] == {"words": "路灯坏了", "place": ""}


def test_the_verb_is_told_the_moment_with_its_zone() -> None:
    _, calls = _answer(_request(words="路灯坏了"))
    assert calls[0][1].tzinfo is not None


def test_without_form_class_the_verb_runs_and_leads_back() -> None:
    response, calls = _answer(_request(), PlainView)
    assert (response.status_code, response.url) == (302, "/notes/")
    assert calls[0][0] == {}


def test_a_missing_field_keeps_what_was_typed(shown: Shown) -> None:
    response, calls = _answer(_request(words="", place="健康路东头"))
    assert response.status_code == 422
    assert calls == []
    form = shown.context["form"]
    assert form.errors["words"] == ["请填写这一项。"]
    assert form["place"].value() == "健康路东头"
    assert "都还在" in shown.context["sentence"]


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (WrongState("已经交办了。"), 409),
        (NotAllowed("您不能交办。"), 403),
        (BadInput("请写明理由。"), 422),
        (VerbError("不行。"), 422),
    ],
)
def test_a_refusal_is_a_page_with_its_sentence(shown: Shown, refusal: VerbError, status: int) -> None:
    response, _ = _answer(_request(words="路灯坏了", place="健康路"), refusal=refusal)
    assert response.status_code == status
    assert shown.template == "core/verb_refused.html"
    assert shown.context["sentence"] == refusal.message
    assert shown.context["back_url"] == "/notes/"
    assert shown.context["verb_name"] == "留言"
    assert shown.context["form"]["words"].value() == "路灯坏了"


def test_bad_input_stands_next_to_its_field(shown: Shown) -> None:
    _answer(_request(words="短"), refusal=BadInput("请再写几个字。", "words"))
    assert shown.context["form"].errors["words"] == ["请再写几个字。"]


def test_bad_input_for_a_field_the_form_lacks_is_said_above(shown: Shown) -> None:
    response, _ = _answer(_request(words="短"), refusal=BadInput("请选单位。", "unit"))
    assert response.status_code == 422
    assert not shown.context["form"].errors
    assert shown.context["sentence"] == "请选单位。"


def test_a_refusal_without_a_form_is_a_page_too(shown: Shown) -> None:
    response, _ = _answer(_request(), PlainView, BadInput("不行。", "words"))
    assert (response.status_code, shown.context["form"]) == (422, None)


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(Http404):
        _answer(_request(words="路灯坏了"), refusal=ObjectDoesNotExist())


def test_a_defect_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        _answer(_request(words="路灯坏了"), refusal=ZeroDivisionError())


def test_coming_back_by_address_leads_to_the_object() -> None:
    response, calls = _answer(_request("get"))
    assert (response.status_code, response.url, calls) == (302, "/notes/", [])


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(method: str) -> None:
    assert _answer(_request(method))[0].status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("base", ["desk.html", "resident.html"])
def test_the_page_itself_keeps_the_input_and_escapes_it(base: str) -> None:
    request = _request(words="<b>路灯</b>", place="")
    request.user = User.objects.create(username="clerk", name="田大山")
    view = NoteView.as_view(refusal=BadInput("请再写几个字。", "words"), calls=[], base_template=base)
    page = view(request).content.decode()
    assert "没有办成：留言" in page
    assert page.count("请再写几个字。") == 2  # on top and next to the field
    assert "&lt;b&gt;路灯&lt;/b&gt;" in page
    assert "<b>路灯" not in page
    assert 'href="/notes/"' in page


@pytest.mark.django_db
def test_after_somebody_else_acted_the_input_can_only_be_copied() -> None:
    request = _request(words="路灯坏了", place="")
    request.user = User.objects.create(username="clerk", name="田大山")
    page = NoteView.as_view(refusal=WrongState("已经交办了。"), calls=[])(request).content.decode()
    assert "已经交办了。" in page
    assert "路灯坏了" in page
    assert 'name="words"' not in page


def test_a_view_without_verb_or_way_back_is_a_mistake() -> None:
    with pytest.raises(NotImplementedError, match="no verb"):
        VerbView().run(None, datetime(2026, 4, 8))
    with pytest.raises(NotImplementedError, match="leads back"):
        VerbView().back_url()
