"""The county's own texts: which there are, one with its placeholders and preview, and the way back to ours."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from accounts import audit
from accounts.access import PermissionMixin
from core.views import VerbView
from core.workflow import BadInput
from notices import kinds, services, texts, words
from notices.forms import NoticeTextForm
from notices.kinds import Kind
from notices.models import NoticeText
from notices.states import TEXT_CHANNELS, Channel

LABELS = dict(TEXT_CHANNELS)


class Texts(PermissionMixin, TemplateView):
    """All texts that may be edited, for residents and for colleagues apart."""

    permission = "notices.change_noticetext"
    template_name = "notices/texts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each kind with its channels, and which of them the county has changed."""
        changed = set(NoticeText.objects.values_list("kind", "channel"))
        groups: dict[str, list[dict[str, Any]]] = {"发给群众的": [], "发给工作人员的": [], "合成一条的": []}
        for kind in kinds.known():
            if kind.words:
                places = [(code, LABELS[code], (kind.name, code) in changed) for code in kind.text_channels]
                groups[_group(kind)].append({"kind": kind, "places": places})
        return super().get_context_data(**kwargs) | {"groups": [pair for pair in groups.items() if pair[1]]}


def _group(kind: Kind) -> str:
    if kind.name.startswith("digest_"):
        return "合成一条的"
    return "发给群众的" if Channel.SMS in kind.channels else "发给工作人员的"


class _OneText:
    """The kind and channel of the address."""

    kwargs: dict[str, Any]

    @property
    def kind(self) -> Kind:
        """The kind; 404 for one that nobody registered or that has no placeholders."""
        try:
            kind = kinds.get(self.kwargs["kind"])
        except kinds.UnknownKind as error:
            raise Http404 from error
        if not kind.words or self.kwargs["channel"] not in kind.text_channels:
            raise Http404
        return kind

    @property
    def channel(self) -> str:
        """The channel, or the telephone script."""
        return str(self.kwargs["channel"])


class Text(PermissionMixin, _OneText, FormView):
    """One text: edited, looked at with an example, stored."""

    permission = "notices.change_noticetext"
    template_name = "notices/text.html"
    form_class = NoticeTextForm

    def get_initial(self) -> dict[str, Any]:
        """Starts from what is sent now."""
        own = NoticeText.objects.filter(kind=self.kind.name, channel=self.channel).first()
        return {"text": own.text if own else texts.standard(self.kind, self.channel)}

    def form_valid(self, form: NoticeTextForm) -> HttpResponse:
        """Look at it, or store it and say so."""
        text = words.neat(form.cleaned_data["text"])
        for fault in texts.faults(self.kind, self.channel, text):
            form.add_error("text", fault)
        if form.errors or "preview" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form, typed=text))
        ip = audit.address_of(self.request)
        try:
            services.change_text(self.kind, self.channel, text, actor=self.request.user, at=timezone.now(), ip=ip)
        except BadInput as error:
            form.add_error("text", error.message)
            return self.form_invalid(form)
        return HttpResponseRedirect(self.request.path + "?saved=1")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The placeholders, the text with an example, and our own text beside the county's."""
        kind, channel = self.kind, self.channel
        offered = words.offered(kind.words, channel)
        typed = kwargs.pop("typed", None)
        now = self.get_initial()["text"]
        example = words.fill(now if typed is None else typed, words.examples(offered))
        sign = settings.SMS_GATEWAY_SIGN
        return super().get_context_data(**kwargs) | {
            "kind": kind,
            "channel": channel,
            "label": LABELS[channel],
            "words": offered,
            "example": example,
            "is_typed": typed is not None,
            "sign": sign if channel == Channel.SMS else "",
            "length": len(example) + (len(sign) + 2 if sign and channel == Channel.SMS else 0),
            "parts": words.sms_parts(example, sign) if channel == Channel.SMS else 0,
            "standard": texts.standard(kind, channel),
            "is_own": NoticeText.objects.filter(kind=kind.name, channel=channel).exists(),
            "is_saved": "saved" in self.request.GET,
        }


class Reset(PermissionMixin, _OneText, VerbView):
    """Go back to our own text."""

    permission = "notices.change_noticetext"
    verb_name, done_message = "恢复原文", "已恢复原来的文字，一分钟内全部生效。"

    def back_url(self) -> str:
        """The text."""
        return reverse("notices:text", args=[self.kind.name, self.channel])

    def run(self, form: Any, at: datetime) -> None:
        """Remove the county's own."""
        ip = audit.address_of(self.request)
        services.reset_text(self.kind, self.channel, actor=self.request.user, at=at, ip=ip)
