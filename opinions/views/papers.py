"""Papers as Word files: one of a matter, and the page where the county looks after the templates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views import View

from accounts import audit
from core.forms import PlainForm
from core.text import mask_name, mask_phone
from core.workflow import BadInput
from opinions import workflow
from opinions.forms import RevealForm
from opinions.models import Opinion, PaperTemplate
from opinions.papers import access, contexts
from opinions.papers.kinds import MAX_BYTES, PAPERS
from opinions.papers.store import original, replace, reset, template_of
from opinions.views import page
from opinions.views.base import DeskMixin, OpinionView

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CONTEXTS = {
    "reception": contexts.reception,
    "assignment": contexts.assignment,
    "letter": contexts.letter,
    "survey": contexts.survey,
}


def word_file(content: bytes, name: str) -> HttpResponse:
    """Answer with a Word file to keep; never shown in the browser, never kept by a cache."""
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.docx") or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def _filled(template: bytes, texts: Mapping[str, str]) -> bytes:
    from opinions.papers.filling import fill  # noqa: PLC0415 - heavy, and most web workers never need it

    return fill(template, texts)


class Paper(OpinionView):
    """One paper of one matter. GET gives it masked; POST with a reason gives the station's own with name and phone."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """Send the paper as far as the reader may know the person."""
        self._check(request, kind)
        return self._send(kind, person_on(kind, request.user, self.opinion))

    def post(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """Check right and reason, write both into history and audit, send the paper with the identity."""
        self._check(request, kind)
        at = timezone.now()
        if access.goes_to_unit(kind) or not rules.has_perm("opinions.reveal_opinion", request.user, self.opinion):
            raise PermissionDenied("这张单子上不写姓名和电话。")
        form = RevealForm(request.POST)
        if not form.is_valid():
            messages.error(request, "要带姓名和电话，请先写明为什么。")
            return redirect("opinions:detail", pk)
        reason = form.cleaned_data["reason"]
        workflow.reveal(pk, actor=request.user, at=at, reason=reason)
        audit.record(
            "identity_revealed", actor=request.user, at=at, subject=f"opinion:{pk}",
            detail={"reason": reason, "what": PAPERS[kind].label}, ip=audit.address_of(request),
        )  # fmt: skip
        known = page.identity(request.user, self.opinion, revealed=True)
        return self._send(kind, contexts.Person(known.name, known.phone))

    def _check(self, request: HttpRequest, kind: str) -> None:
        if kind not in _CONTEXTS or not access.is_ready(kind, self.opinion):
            raise Http404("没有这张单子。")
        if not access.may_print(request.user, kind, self.opinion):
            raise PermissionDenied("这张单子不归您打印。")

    def _send(self, kind: str, person: contexts.Person) -> HttpResponse:
        texts = _CONTEXTS[kind](self.opinion, person, page.place_words(self.opinion), timezone.now())
        return word_file(_filled(template_of(kind), texts), f"{PAPERS[kind].label}-{self.opinion.title[:20]}")


def person_on(kind: str, user: Any, opinion: Opinion) -> contexts.Person:
    """Return what a paper says of the person without a reason given: masked, and on a unit's paper nothing hidden."""
    if access.goes_to_unit(kind):
        if opinion.hide_identity:
            return contexts.Person(is_hidden=bool(opinion.name or opinion.phone))
        return contexts.Person(mask_name(opinion.name), mask_phone(opinion.phone))
    known = page.identity(user, opinion)
    return contexts.Person(known.name, known.phone, known.is_hidden)


def texts_of(kind: str, user: Any, opinion: Opinion, at: datetime) -> dict[str, str]:
    """Return what stands in each place of a paper that is printed without a reason given."""
    return _CONTEXTS[kind](opinion, person_on(kind, user, opinion), page.place_words(opinion), at)


class TemplateForm(PlainForm):
    """An uploaded template."""

    file = forms.FileField(label="Word 模板（.docx）", max_length=120, allow_empty_file=False)

    def clean_file(self) -> Any:
        """Refuse early what is too long, or is no .docx by its name."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"模板最大 {MAX_BYTES // 1024 // 1024} MB，这个文件太大了。")
        if not file.name.lower().endswith(".docx"):
            raise forms.ValidationError("请传 .docx 文件。旧的 .doc 请先用 Word 另存为 .docx。")
        return file


class TemplateView(DeskMixin, View):
    """What the pages about templates share: county committee staff only, and a paper that there is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse others before anything is read."""
        if request.user.is_authenticated and not rules.has_perm("opinions.change_paper", request.user):
            raise PermissionDenied("文书模板由县人大管。")
        if kwargs.get("kind", next(iter(PAPERS))) not in PAPERS:
            raise Http404("没有这张单子。")
        return super().dispatch(request, *args, **kwargs)


class Templates(TemplateView):
    """All papers: which template is in use, its places, a look at it filled in, and the way to replace it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        return templates_page(request)


def templates_page(request: HttpRequest, wrong: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    """Show every paper; `wrong` holds the sentence for a template that was refused."""
    own = {row.kind: row for row in PaperTemplate.objects.filter(ended_at=None).defer("content")}
    rows = [{"paper": paper, "own": own.get(key), "wrong": (wrong or {}).get(key, "")} for key, paper in PAPERS.items()]
    return render(request, "opinions/paper_templates.html", {"rows": rows}, status=status)


class TemplateFile(TemplateView):
    """The template itself, or filled in with the example (`?look=1`)."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Send the one in use; `?original=1` sends ours."""
        content = original(kind) if "original" in request.GET else template_of(kind)
        if "look" in request.GET:
            return word_file(_filled(content, PAPERS[kind].example), f"{PAPERS[kind].label}-样张")
        return word_file(content, f"{PAPERS[kind].label}-模板")


class ReplaceTemplate(TemplateView):
    """换模板."""

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Check the file and put it in use; a refusal stands beside the paper."""
        form = TemplateForm(request.POST, request.FILES)
        if not form.is_valid():
            return templates_page(request, {kind: str(form.errors["file"][0])}, 422)
        file = form.cleaned_data["file"]
        try:
            replace(kind, file.read(), file_name=file.name, actor=request.user, at=timezone.now())
        except BadInput as error:
            return templates_page(request, {kind: error.message}, 422)
        messages.success(request, f"{PAPERS[kind].label}换成新模板了。")
        return redirect(f"{reverse('opinions:papers')}#p-{kind}")


class ResetTemplate(TemplateView):
    """换回原来的模板."""

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Go back to ours."""
        try:
            reset(kind, actor=request.user, at=timezone.now())
        except BadInput as error:
            return templates_page(request, {kind: error.message}, 422)
        messages.success(request, f"{PAPERS[kind].label}换回原来的模板了。")
        return redirect(f"{reverse('opinions:papers')}#p-{kind}")
