"""The editable numbers of delivery."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView

from accounts import audit
from accounts.access import PermissionMixin
from accounts.models import User
from notices import services
from notices.forms import DeliveryRulesForm
from notices.models import DeliveryRules


class Rules(PermissionMixin, FormView):
    """The editable numbers of delivery."""

    permission = "notices.change_deliveryrules"
    template_name = "notices/rules.html"
    form_class = DeliveryRulesForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Starts from the present rules."""
        return super().get_form_kwargs() | {"instance": DeliveryRules.current()}

    def form_valid(self, form: DeliveryRulesForm) -> HttpResponse:
        """Store and say so."""
        user: User = self.request.user
        services.change_rules(**form.cleaned_data, actor=user, at=timezone.now(), ip=audit.address_of(self.request))
        return HttpResponseRedirect(reverse("notices:rules") + "?saved=1")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether they were just saved."""
        return super().get_context_data(**kwargs) | {"is_saved": "saved" in self.request.GET}
