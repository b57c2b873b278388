"""成批办理: from the ticks of the list to a preview, from the preview to what was done and what was not."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views import View

from core.views import UNUSABLE_INPUT
from opinions import bulk, workflow
from opinions.models import BulkRun, Opinion
from opinions.states import Kind
from opinions.views.base import DeskMixin, list_query
from opinions.views.bulk_lines import Line, Preview, plan_of, preview
from opinions.views.rows import side_of

ACTS = {"accept": "受理", "assign": "交办"}
TOO_MANY = f"一次最多办 {bulk.MOST} 件，请少选几件。"
NONE_CHOSEN = "一件也没有选。先在要办的事前面打勾。"


def list_url(query: str) -> str:
    """Return the list's address from the part of it that was carried along; what is no filter is dropped."""
    kept = list_query(QueryDict(query))
    return reverse("opinions:list") + (f"?{kept}" if kept else "")


class BulkView(DeskMixin, View):
    """What the pages for many matters share: they are for those who accept and assign."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse units and readers before anything is read."""
        if request.user.is_authenticated and side_of(request.user) not in ("station", "county"):
            raise PermissionDenied("成批办理是站点、乡镇和县人大的事。")
        return super().dispatch(request, *args, **kwargs)


class Choose(BulkView):
    """The bar under the list: leads to the page of the act with what was ticked, so that it can be read again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead back to the list."""
        return redirect(list_url(request.GET.get("list", "")))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check what was ticked, go on by an address that changes nothing."""
        back, keys = request.POST.get("list", ""), bulk.keys_of(request.POST.getlist("row"))
        act = request.POST.get("act", "")
        if act not in (*ACTS, "print"):
            raise Http404("没有这种办法。")
        if not keys or len(keys) > bulk.MOST:
            messages.warning(request, TOO_MANY if keys else NONE_CHOSEN)
            return redirect(list_url(back))
        where = reverse("opinions:bulk_print") if act == "print" else reverse("opinions:bulk_act", args=[act])
        return HttpResponseRedirect(f"{where}?{urlencode({'row': keys, 'list': back}, doseq=True)}")


class BulkAct(BulkView):
    """The preview of accepting or assigning, and carrying it out."""

    def get(self, request: HttpRequest, act: str) -> HttpResponse:
        """Show what would happen, row by row."""
        return self._page(act, self._preview(act, request.GET, None), request.GET.get("list", ""))

    def post(self, request: HttpRequest, act: str) -> HttpResponse:
        """Do it, or say what is still missing with everything typed kept."""
        found = self._preview(act, request.POST, request.POST)
        try:
            key = UUID(request.POST.get("key", ""))
        except ValueError:
            key = uuid4()
        earlier = BulkRun.objects.filter(user=request.user, key=key).first()
        if earlier is None:
            ticked = bulk.keys_of(request.POST.getlist("row"))
            if found.wrong or not ticked:
                return self._page(act, found, request.POST.get("list", ""), key, UNUSABLE_INPUT)
            earlier = self._carry_out(act, found, ticked, key)
        tail = urlencode({"list": request.POST.get("list", "")})
        return HttpResponseRedirect(f"{reverse('opinions:bulk_result', args=[earlier.key])}?{tail}")

    def _carry_out(self, act: str, found: Preview, ticked: list[int], key: UUID) -> BulkRun:
        """Give every ticked line to its verb; what can no longer be done is told by the verb itself."""
        at = timezone.now()
        lines = {line.opinion.pk: line for line in (*found.able, *found.unable)}
        orders = [self._order(pk, lines.get(pk)) for pk in ticked]
        return bulk.carry_out(act, getattr(workflow, act), orders, actor=self.request.user, key=key, at=at)

    def _order(self, pk: int, line: Line | None) -> bulk.Order:
        if line is None or line.error:
            return bulk.Order(pk, None, {})
        return self.plan.order(line)

    def _preview(self, act: str, data: QueryDict, typed: QueryDict | None) -> Preview:
        if act not in ACTS:
            raise Http404("没有这种办法。")
        ticked = bulk.keys_of(data.getlist("row"))[: bulk.MOST]
        keys = bulk.keys_of([*data.getlist("shown"), *data.getlist("row")])[: bulk.MOST]
        opinions = bulk.chosen(self.request.user, keys)
        self.plan = plan_of(act, self.request.user, timezone.now(), opinions)
        return preview(self.plan, opinions, len(keys), typed, ticked)

    def _page(self, act: str, found: Preview, back: str, key: UUID | None = None, status: int = 200) -> HttpResponse:
        context = {
            "act": act,
            "label": ACTS[act],
            "preview": found,
            "kinds": Kind.choices,
            "typed": self.request.POST,
            "key": key or uuid4(),
            "back": back,
            "back_url": list_url(back),
            "is_refused": status != 200,
        }
        return render(self.request, "opinions/bulk_preview.html", context, status=status)


class BulkResult(BulkView):
    """What was done and what was not, with the sentence of each; only for who pressed the button."""

    def get(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Show it. Titles are read anew through what the user sees."""
        run = get_object_or_404(BulkRun, user=request.user, key=key)
        seen = Opinion.objects.visible_to(request.user).select_related("lead_unit", "category")
        titles = seen.only("title", "state", "lead_unit__short_name", "category__name").in_bulk(
            [pk for pk, _done, _sentence in run.results]
        )
        lines = [
            {"opinion": titles.get(pk), "is_done": is_done, "sentence": sentence}
            for pk, is_done, sentence in run.results
        ]
        context = {
            "run": run,
            "label": ACTS.get(run.act, ""),
            "done": [line for line in lines if line["is_done"]],
            "refused": [line for line in lines if not line["is_done"]],
            "back_url": list_url(request.GET.get("list", "")),
        }
        return render(request, "opinions/bulk_result.html", context)
