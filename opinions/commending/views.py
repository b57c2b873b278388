"""The county's pages of commendations: the list, finding somebody, writing, looking once more, taking back."""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts.access import PermissionMixin
from accounts.models import Role, User
from core.views import VerbView
from core.workdays import local_date
from duties.commendations import workflow
from duties.commendations.models import Commendation
from duties.commendations.states import TABLE
from duties.commendations.workflow import Words
from opinions.commending.figures import figures
from opinions.commending.forms import NewForm, ReasonForm, WordsForm
from opinions.records.querysets import people_for
from stations.models import Representative, Station

_A_PAGE, _MOST_FOUND = 30, 30
MARKS = {"DRAFT": ("is-wait", "half"), "PUBLISHED": ("is-done", "full"), "WITHDRAWN": ("is-rest", "minus")}


class Reader(PermissionMixin):
    """A page for the county: its staff and leaders."""

    permission = "duties.read_commendations"
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def row(self) -> Commendation:
        """The commendation of the address, in sight. Raises Http404."""
        rows = Commendation.objects.visible_to(self.request.user)
        return get_object_or_404(rows.select_related("station", "representative", "member"), pk=self.kwargs["pk"])

    def back_url(self) -> str:
        """The commendation's page."""
        return self.row.get_absolute_url()


class Writer(Reader):
    """A page for the county's staff alone."""

    permission = "duties.may_commend"


class Commendations(Reader, View):
    """All of them, drafts among them; newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of them."""
        rows = Commendation.objects.visible_to(request.user).select_related("station").order_by("-day", "-pk")
        page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
        context = {"page": page, "rows": [(row, MARKS[row.state]) for row in page], "may": self._may()}
        return render(request, "opinions/commending/list.html", context)

    def _may(self) -> bool:
        return self.request.user.has_role(Role.COUNTY_STAFF)  # type: ignore[union-attr,no-any-return]


class Find(Writer, View):
    """Whom: representatives and members of stations' staff by name; nobody is proposed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show who is called so."""
        words = request.GET.get("q", "").strip()[:20]
        people = people_for(request.user).filter(is_active=True, name__contains=words).order_by("name", "pk")
        staff = staff_for(request.user).filter(name__contains=words).order_by("name", "pk")
        context = {
            "q": words,
            "people": people[:_MOST_FOUND] if words else (),
            "staff": staff[:_MOST_FOUND] if words else (),
        }
        return render(request, "opinions/commending/find.html", context)


def staff_for(user: Any) -> Any:
    """The active staff of the stations under this user's county."""
    inside = Q()
    for prefix in user.prefixes(Role.COUNTY_STAFF, Role.COUNTY_LEADER):
        inside |= Q(region__code__startswith=prefix)
    codes = Station.objects.filter(inside).values("code") if inside else ()
    grants = {"grants_set__role": Role.STATION_STAFF, "grants_set__station_code__in": codes}
    return User.objects.filter(is_active=True, grants_set__revoked_at=None, **grants).distinct()


class New(Writer, VerbView):
    """The draft: what his record says on one side, the words on the other."""

    form_class = NewForm
    verb_name = "写表彰"
    done_message = "草稿存好了，只有县里看得到。看一遍，再公布。"

    @cached_property
    def person(self) -> Representative | User:
        """Whom the address names, in sight. Raises Http404."""
        if self.kwargs["whose"] == "rep":
            return get_object_or_404(people_for(self.request.user), pk=self.kwargs["pk"])
        if self.kwargs["whose"] == "staff":
            return get_object_or_404(staff_for(self.request.user), pk=self.kwargs["pk"])
        raise Http404

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form."""
        today = local_date(timezone.now())
        return self._page(NewForm(initial={"day": today}, **self.form_kwargs()), today)

    def get_form(self) -> NewForm:
        """The form as it was sent; whom it is about is asked first."""
        return NewForm(self.request.POST, **self.form_kwargs())

    def form_kwargs(self) -> dict[str, Any]:
        """Offer the stations he belongs to."""
        if isinstance(self.person, Representative):
            ids = self.person.services.values("station_id")
            return {"stations": Station.objects.filter(pk__in=ids).order_by("pk")}
        return {"stations": Station.objects.filter(code__in=self.person.station_codes).order_by("pk")}

    def run(self, form: NewForm, at: datetime) -> Commendation:
        """Write it, with what the record says now."""
        given = form.cleaned_data
        return workflow.draft_commendation(
            self.person, given["station"], words_of(form, self.person, at), actor=self.request.user, at=at
        )

    def back_url(self) -> str:
        """Finding somebody."""
        return reverse("commendations:find")

    def success_url(self, result: Commendation) -> str:
        """The draft."""
        return result.get_absolute_url()

    def refused(self, sentence: str, form: Any, status: int) -> HttpResponse:
        """The form again with everything that was typed."""
        return self._page(form, local_date(timezone.now()), sentence, status)

    def _page(self, form: NewForm, today: date, sentence: str = "", status: int = 200) -> HttpResponse:
        said = figures(self.person, today.year, timezone.now())
        context = {
            "form": form, "person": self.person, "figures": said, "year": today.year, "sentence": sentence,
            "back_url": self.back_url(),
        }  # fmt: skip
        return render(self.request, "opinions/commending/write.html", context, status=status)


def words_of(form: WordsForm, person: Any, at: datetime) -> Words:
    """What was typed, with the sentences of the year it speaks of."""
    given = form.cleaned_data
    return Words(given["title"], given["day"], given["reason"], figures(person, given["day"].year, at))


class Detail(Reader, View):
    """One commendation with what it rests on and its history."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        row = self.row
        may = request.user.has_role(Role.COUNTY_STAFF)  # type: ignore[union-attr]
        context = {
            "row": row,
            "mark": MARKS[row.state],
            "history": row.history.all(),
            "may_publish": may and TABLE.allows("publish_commendation", row.state),
            "may_withdraw": may and TABLE.allows("withdraw_commendation", row.state),
            "form": WordsForm(initial={"title": row.title, "day": row.day, "reason": row.reason}) if may else None,
        }
        return render(request, "opinions/commending/detail.html", context)


class Rewrite(Writer, VerbView):
    """改草稿."""

    form_class = WordsForm
    verb_name, done_message = "改草稿", "改好了。履职档案也重新看了一遍。"

    def run(self, form: WordsForm, at: datetime) -> Commendation:
        """Rewrite it."""
        person = self.row.representative or self.row.member
        return workflow.rewrite_commendation(self.row.pk, words_of(form, person, at), actor=self.request.user, at=at)


class Publish(Writer, VerbView):
    """Look at it as everybody will, then say it."""

    verb_name, done_message = "公布表彰", "公布了，也告诉他本人了。"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The preview; what is no draft leads back."""
        if not TABLE.allows("publish_commendation", self.row.state):
            return HttpResponseRedirect(self.back_url())
        return render(request, "opinions/commending/publish.html", {"row": self.row})

    def run(self, form: None, at: datetime) -> Commendation:
        """Publish."""
        return workflow.publish_commendation(self.row.pk, actor=self.request.user, at=at)


class Withdraw(Writer, VerbView):
    """撤下."""

    form_class = ReasonForm
    verb_name, done_message = "撤下表彰", "撤下了，理由留在经过里。"

    def run(self, form: ReasonForm, at: datetime) -> Commendation:
        """Withdraw."""
        reason = form.cleaned_data["reason"]
        return workflow.withdraw_commendation(self.row.pk, actor=self.request.user, at=at, reason=reason)
