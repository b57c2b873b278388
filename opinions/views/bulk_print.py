"""打印 of many: which paper there is for which of the chosen matters, and one Word file with all of them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from opinions import bulk
from opinions.models import Opinion
from opinions.papers import access
from opinions.papers.kinds import ASSIGNMENT, PAPERS, RECEPTION
from opinions.papers.store import template_of
from opinions.views import papers
from opinions.views.bulk import BulkView, list_url

OFFERED = (ASSIGNMENT.key, RECEPTION.key)
_ONE_BY_ONE = "县里换过这张单子的模板，页眉页脚里也有要填的，只能一件一件打印。"
_NOT_READY = {ASSIGNMENT.key: "还没有交办，没有交办单。"}


class BulkPrint(BulkView):
    """The chosen matters under each paper; with `paper` in the address the Word file itself, without full names."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what can be printed, or send it."""
        keys = bulk.keys_of(request.GET.getlist("row"))[: bulk.MOST]
        opinions = bulk.chosen(request.user, keys, whole=True)
        kind = request.GET.get("paper", "")
        if kind:
            return self._file(kind, opinions)
        sheets = [self._sheet(kind, opinions) for kind in OFFERED]
        back = request.GET.get("list", "")
        context = {
            "sheets": sheets,
            "rows": urlencode({"row": keys}, doseq=True),
            "missing": len(keys) - len(opinions),
            "back_url": list_url(back),
            "is_empty": not opinions,
        }
        return render(request, "opinions/bulk_print.html", context)

    def _sheet(self, kind: str, opinions: list[Opinion]) -> dict[str, Any]:
        ready = self._ready(kind, opinions)
        left = [(opinion, self._why_not(kind, opinion)) for opinion in opinions if opinion not in ready]
        return {"paper": PAPERS[kind], "ready": ready, "left": left}

    def _ready(self, kind: str, opinions: list[Opinion]) -> list[Opinion]:
        return [opinion for opinion in opinions if not self._why_not(kind, opinion)]

    def _why_not(self, kind: str, opinion: Opinion) -> str:
        if not access.may_print(self.request.user, kind, opinion):
            return "这张单子不归您打印。"
        return "" if access.is_ready(kind, opinion) else _NOT_READY[kind]

    def _file(self, kind: str, opinions: list[Opinion]) -> HttpResponse:
        from opinions.papers import joining  # noqa: PLC0415 - heavy, and most web workers never need it

        at = timezone.now()
        ready = self._ready(kind, opinions) if kind in OFFERED else []
        if not ready:
            raise Http404("没有这张单子。")
        template = template_of(kind)
        if joining.has_places_outside(template):
            messages.error(self.request, _ONE_BY_ONE)
            tail = urlencode({"row": [opinion.pk for opinion in opinions]}, doseq=True)
            return redirect(f"{reverse('opinions:bulk_print')}?{tail}")
        texts = [papers.texts_of(kind, self.request.user, opinion, at) for opinion in ready]
        return papers.word_file(joining.fill_many(template, texts), f"{PAPERS[kind].label}-{len(ready)}件")
