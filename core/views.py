"""The base of every POST action: one view runs one verb and answers a refusal with its sentence."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from core.workflow import BadInput, NotAllowed, VerbError, WrongState

UNUSABLE_INPUT = 422
_STATUS: tuple[tuple[type[VerbError], int], ...] = ((BadInput, UNUSABLE_INPUT), (NotAllowed, 403), (WrongState, 409))
_CHECK_FIELDS = "有几处没有填好，请看下面的提示。您填的内容都还在。"


class VerbView(View):
    """Runs one verb on POST.

    Done: message and redirect to `success_url`. Refused: a page with the sentence and the typed input kept – 422 for
    input, 409 for a state that has moved on, 403 for a missing right. Not found: 404. GET leads back to the object,
    because a session that ran out ends in a GET after signing in again.

    A subclass sets `form_class` (or leaves None), `done_message`, `verb_name` and implements `run` and `back_url`.
    """

    http_method_names = ["get", "head", "post", "options"]
    form_class: type[forms.BaseForm] | None = None
    template_name = "core/verb_refused.html"
    base_template = "desk.html"  # "resident.html" where a resident acts
    verb_name = "办理"
    done_message = "已办好。"

    def run(self, form: Any, at: datetime) -> Any:
        """Call the verb and return its result. `form` is valid, None without `form_class`."""
        raise NotImplementedError(f"{type(self).__name__} has no verb.")

    def back_url(self) -> str:
        """Address of the page that the action was started from."""
        raise NotImplementedError(f"{type(self).__name__} does not say where it leads back to.")

    def success_url(self, result: Any) -> str:
        """Where to go when done; the object's page unless said otherwise."""
        return self.back_url()

    def get_form(self) -> Any:
        """The bound form, None without `form_class`."""
        if self.form_class is None:
            return None
        return self.form_class(self.request.POST, self.request.FILES, **self.form_kwargs())

    def form_kwargs(self) -> dict[str, Any]:
        """Further arguments of the form."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead back to the object."""
        return HttpResponseRedirect(self.back_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the form, run the verb, answer."""
        form = None
        try:
            form = self.get_form()
            if form is not None and not form.is_valid():
                return self.refused(_CHECK_FIELDS, form, UNUSABLE_INPUT)
            result = self.run(form, timezone.now())
        except ObjectDoesNotExist as error:
            raise Http404 from error
        except VerbError as error:
            return self.refused_by_verb(error, form)
        if self.done_message:
            messages.success(request, self.done_message)
        return HttpResponseRedirect(self.success_url(result))

    def refused_by_verb(self, error: VerbError, form: Any) -> HttpResponse:
        """The page for a refusal by the verb; bad input is shown next to its field."""
        if isinstance(error, BadInput) and form is not None and error.field in form.fields:
            form.add_error(error.field, error.message)
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), UNUSABLE_INPUT)
        return self.refused(error.message, form, status)

    def refused(self, sentence: str, form: Any, status: int) -> HttpResponse:
        """The page with the sentence, the form as it was typed and the way back."""
        context = {"sentence": sentence, "form": form, "status": status, "verb_name": self.verb_name}
        context |= {"back_url": self.back_url(), "base_template": self.base_template}
        return render(self.request, self.template_name, context, status=status)
