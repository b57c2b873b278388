"""/desk/posts/<pk>/turn/: a record that is a matter for a unit becomes one, through the counter's own form."""

from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from core.text import mask_name, mask_phone
from core.views import UNUSABLE_INPUT
from core.workflow import BadInput, NotAllowed, VerbError
from opinions import deadlines
from opinions.models import Opinion, PostRecord
from opinions.posts import present, workflow
from opinions.posts.forms import TurnForm
from opinions.posts.views.base import Reader, visible_or_404
from opinions.states import Channel, Kind, Step
from opinions.views.recording import record_visit
from opinions.views.walkin import form_choices
from stations.models import Station


class Turn(Reader, View):
    """转成意见: the form filled in from the record. Whoever comes second is led to the matter the first has made."""

    record: PostRecord

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look whether the record is in sight, and whether this is his to do."""
        if request.user.is_authenticated:
            self.record = visible_or_404(request.user, kwargs["pk"])
            if not rules.has_perm("opinions.turn_post_record", request.user, self.record):
                raise PermissionDenied("转成意见是站点和在岗代表的事。")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form; with a matter made already, the record."""
        if self.record.opinion_id is not None:
            return HttpResponseRedirect(self.record.get_absolute_url())
        row = self.record
        initial = {
            "channel": Channel.WINDOW, "station": row.station_id, "body": _told(row), "region": row.region_id,
            "location": row.place, "who": str(row.people.first().pk) if row.people.count() == 1 else "",
        }  # fmt: skip
        return self._page(self._form(initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write the matter and tie both, in one transaction."""
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, UNUSABLE_INPUT)
        data, at = form.cleaned_data, timezone.now()

        def make(row: PostRecord) -> Opinion:
            person = row.people.filter(pk=data["who"]).first() if data["who"] else None
            known = {"name": person.name, "phone": person.phone} if person is not None else {}
            typed = {name: data[name] for name in ("name", "phone") if data[name]}
            return record_visit(data | known | typed, actor=request.user, at=at)

        try:
            opinion = workflow.turn(self.record.pk, actor=request.user, at=at, make=make)
        except NotAllowed as error:
            raise PermissionDenied(error.message) from error
        except VerbError as error:
            field = error.field if isinstance(error, BadInput) and error.field in form.fields else None
            form.add_error(field, error.message)
            return self._page(form, UNUSABLE_INPUT)
        return HttpResponseRedirect(opinion.get_absolute_url())

    def _form(self, *args: Any, **kwargs: Any) -> TurnForm:
        row, user = self.record, self.request.user
        choices = form_choices(user, Station.objects.filter(pk=row.station_id), within=row.station)
        people = [
            (str(person.pk), f"{mask_name(person.name) or '没留名'} {mask_phone(person.phone)}".strip())
            for person in row.people.all()
            if rules.has_perm("opinions.read_post_people", user, row)
        ]
        return TurnForm(*args, people=people, **choices, **kwargs)

    def _page(self, form: TurnForm, status: int = 200) -> HttpResponse:
        at = timezone.now()
        context = {
            "form": form,
            "row": self.record,
            "words": present.WORDS[self.record.kind],
            "has_people": len(form.fields["who"].choices) > 1,  # type: ignore[attr-defined]
            "may_decide": "how" in form.fields,
            "due_days": [(kind, label, deadlines.due(Step.REPLY, at, kind=kind)) for kind, label in Kind.choices],
        }
        return render(self.request, "opinions/posts/turn.html", context, status=status)


def _told(record: PostRecord) -> str:
    """What the record says, as the words of a matter; the clerk reads it over before he sends it."""
    parts = [record.subject, record.answer and f"在{present.WORDS[record.kind].post}说过：{record.answer}"]
    return "\n".join(filter(None, parts))
