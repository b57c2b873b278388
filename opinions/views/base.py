"""What the desk's views share: sign-in, the matter through `visible_to`, a verb that answers on the matter's page."""

from datetime import datetime
from typing import Any

import rules
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View

from core.views import VerbView
from core.workflow import NotAllowed, WrongState
from opinions.filters import MOST_COUNTED, OpinionFilter, default_query
from opinions.forms import RevealForm
from opinions.models import Opinion
from opinions.states import TABLE
from opinions.views import page

LIST_KEYS = frozenset(
    [
        "group",
        "q",
        "state",
        "category",
        "unit",
        "place",
        "station",
        "kind",
        "channel",
        "satisfaction",
        "figure",
        "mine",
        "round",
        "since",
        "until",
        "sort",
        "page",
    ]
)


class DeskMixin(LoginRequiredMixin):
    """Signed in, and not one of the three administrators, none of whom reads matters."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send visitors to sign in; refuse whoever holds no business role. Nothing here is kept by a cache."""
        if request.user.is_authenticated and (request.user.is_administrator or not request.user.grants):
            raise PermissionDenied("您的账号不看群众的意见。")
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response  # type: ignore[no-any-return]


def visible_or_404(user: Any, pk: int) -> Opinion:
    """Return the matter as the user may see it; out of sight is 404."""
    rows = Opinion.objects.visible_to(user).select_related(
        "station", "region", "category__parent", "lead_unit", "entry_code", "first_contact", "recorded_by"
    )
    return get_object_or_404(rows, pk=pk)


def list_query(query: QueryDict) -> str:
    """Return the list's part of an address, so that a matter's page leads back to the same list and page."""
    kept = query.copy()
    for key in [key for key in kept if key not in LIST_KEYS]:
        del kept[key]
    return kept.urlencode()


def whole_page(
    request: HttpRequest, opinion: Opinion, at: datetime, refusal: page.Refusal | None = None
) -> dict[str, Any]:
    """Return all that the matter's page shows: the matter, its acts, its place in the list, the telephone."""
    context = page.context(request, opinion, at, list_query(request.GET), refusal)
    return context | neighbours(request, opinion, at) | {"reveal_form": RevealForm(auto_id="reveal_%s")}


def detail_url(pk: int, query: QueryDict) -> str:
    """Return the matter's page, remembering the list it was opened from."""
    tail = list_query(query)
    return reverse("opinions:detail", args=[pk]) + (f"?{tail}" if tail else "")


def neighbours(request: HttpRequest, opinion: Opinion, at: datetime) -> dict[str, Any]:
    """Return the matter's place in the list it was opened from, and the addresses before and after it.

    A matter that has just left the list (its state moved on) is followed by the first one that still waits there.
    """
    query = list_query(request.GET)
    if not query:
        return {}
    found = OpinionFilter(
        default_query(request.GET), queryset=Opinion.objects.visible_to(request.user), user=request.user,
        at=at,
    )  # fmt: skip
    keys = list(found.in_order(MOST_COUNTED).values_list("pk", flat=True)[:MOST_COUNTED])
    place = keys.index(opinion.pk) if opinion.pk in keys else None
    before = keys[place - 1] if place else None
    after = (keys[0] if keys else None) if place is None else (keys[place + 1] if place + 1 < len(keys) else None)
    return {
        "list_url": f"{reverse('opinions:list')}?{query}",
        "place": None if place is None else place + 1,
        "total": f"{MOST_COUNTED}+" if len(keys) == MOST_COUNTED else len(keys),
        "previous_url": f"{reverse('opinions:detail', args=[before])}?{query}" if before else "",
        "next_url": f"{reverse('opinions:detail', args=[after])}?{query}" if after else "",
    }


class OpinionView(DeskMixin, View):
    """A page about one matter."""

    opinion: Opinion

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the matter; an anonymous visitor is sent to sign in before anything is said about it."""
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.opinion = visible_or_404(request.user, kwargs["pk"])


class OpinionVerb(DeskMixin, VerbView):
    """Runs one verb on a visible matter; a refusal is answered on the matter's page with everything typed kept."""

    verb = ""
    permission = ""
    done_message = ""
    opinion: Opinion

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the matter through `visible_to`."""
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.opinion = visible_or_404(request.user, kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check state and permission before the input, as the verb does, so that the sentence is the right one."""
        try:
            TABLE.check(self.verb, self.opinion.state)
            self.check_permission()
        except (WrongState, NotAllowed) as error:
            return self.refused_by_verb(error, self.typed())
        return super().post(request, *args, **kwargs)

    def check_permission(self) -> None:
        """Raise NotAllowed unless the rule of the verb names this user."""
        if not rules.has_perm(f"opinions.{self.verb}_opinion", self.request.user, self.opinion):
            raise NotAllowed("这一步不归您办。")

    def typed(self) -> Any:
        """Return the form as it was sent, without checking files, for showing what was typed."""
        return self.form_class(self.request.POST, **self.form_kwargs()) if self.form_class else None

    def form_kwargs(self) -> dict[str, Any]:
        """Give the form its choices and its ids."""
        return page.form_arguments(self.verb, self.opinion, self.request.user, timezone.now())

    def back_url(self) -> str:
        """Lead back to the matter, and from there to the same list."""
        return detail_url(self.opinion.pk, self.request.GET)

    def run(self, form: Any, at: datetime) -> Any:
        """Call the verb."""
        raise NotImplementedError(f"{type(self).__name__} has no verb.")

    def refused(self, sentence: str, form: Any, status: int) -> HttpResponse:
        """Show the matter as it is now, the sentence on top, and the typed input in its place."""
        fresh = visible_or_404(self.request.user, self.opinion.pk)
        context = whole_page(self.request, fresh, timezone.now(), page.Refusal(self.verb, sentence, form, status))
        return render(self.request, "opinions/opinion_detail.html", context, status=status)
