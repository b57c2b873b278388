"""常用筛选: the present filter of the list kept under a name; the page that changes names and throws filters away."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from core.text import fold, tidy
from opinions.filters import OpinionFilter
from opinions.ledger.export import filter_words
from opinions.models import Opinion, SavedFilter
from opinions.views.base import LIST_KEYS, DeskMixin

MOST = 20
_NAME, _LONG = (SavedFilter._meta.get_field(name).max_length or 0 for name in ("name", "query"))
# What is searched for may be a name or a telephone number, and a page's number means nothing tomorrow.
_NOT_KEPT = frozenset({"q", "page"})
_TAKEN = "您已经有一个叫“{}”的，请换个名字。"


def kept_query(query: QueryDict) -> str:
    """Return the part of an address that a saved filter keeps: known filters that say something."""
    kept = QueryDict(mutable=True)
    for name in sorted(LIST_KEYS - _NOT_KEPT):
        if values := [value for value in query.getlist(name) if value]:
            kept.setlist(name, values)
    return kept.urlencode()


def _filter_of(query: str, user: Any) -> OpinionFilter:
    rows = Opinion.objects.none()
    return OpinionFilter(QueryDict(query), queryset=rows, user=user, at=timezone.now())


def _checked_name(text: str) -> str:
    """Return the name to keep, or "" with nothing usable in it; a long one is cut, it can be changed."""
    return tidy(text).strip()[:_NAME] if fold(text).strip() else ""


class Saved(DeskMixin, View):
    """The own saved filters; POST keeps the filter of the address under a name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them, each with its conditions in words, and say which can no longer be used."""
        lines = []
        for one in request.user.saved_filters.all():
            found = _filter_of(one.query, request.user)
            words = filter_words(found) if found.form.is_valid() else ""
            lines.append({"one": one, "words": words or "全部", "is_valid": found.form.is_valid()})
        return render(request, "opinions/saved_filters.html", {"lines": lines, "most": MOST})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep what the list shows now; come back to the same list."""
        query, name = kept_query(request.GET), _checked_name(request.POST.get("name", ""))
        back = redirect(f"{reverse('opinions:list')}?{query}")
        if sentence := self._why_not(name, query):
            messages.warning(request, sentence)
            return back
        try:
            with transaction.atomic():
                SavedFilter.objects.create(user=request.user, name=name, query=query, created_at=timezone.now())
        except IntegrityError:
            messages.warning(request, _TAKEN.format(name))
            return back
        left_out = "查找的字不存。" if request.GET.get("q") else ""
        messages.success(request, f"存好了“{name}”，以后在单子上面一点就到。{left_out}")
        return back

    def _why_not(self, name: str, query: str) -> str:
        if not name:
            return "请给它起个名字，比如“快到期的路灯”。"
        if not query or len(query) > _LONG:
            return "现在没有可以存的条件。" if not query else "条件太多了，存不下，请少选几项。"
        if not _filter_of(query, self.request.user).form.is_valid():
            return "地址里有一项条件用不了，没有存。"
        if self.request.user.saved_filters.count() >= MOST:
            return f"最多存 {MOST} 个，请先删掉不用的。"
        return ""


class ChangeSaved(DeskMixin, View):
    """Another name for one's own saved filter, or throwing it away."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what the pressed button says."""
        one = get_object_or_404(SavedFilter, user=request.user, pk=pk)
        if "remove" in request.POST:
            one.delete()
            messages.success(request, f"删掉了“{one.name}”。")
            return redirect("opinions:saved")
        name = _checked_name(request.POST.get("name", ""))
        try:
            with transaction.atomic():
                SavedFilter.objects.filter(pk=one.pk).update(name=name or one.name)
        except IntegrityError:
            messages.warning(request, _TAKEN.format(name))
            return redirect("opinions:saved")
        if name:
            messages.success(request, f"改名为“{name}”。")
        else:
            messages.warning(request, "名字不能空着，没有改。")
        return redirect("opinions:saved")
