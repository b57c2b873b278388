"""The form of the delivery rules."""

from django import forms

from accounts.forms import InputMixin
from notices.models import DeliveryRules


class DeliveryRulesForm(InputMixin, forms.ModelForm):
    """The four numbers of delivery, each with its sentence."""

    class Meta:
        model = DeliveryRules
        fields = ("quiet_from", "quiet_until", "max_attempts", "erase_after_days")
        widgets = {
            name: forms.TimeInput(format="%H:%M", attrs={"type": "time"}) for name in ("quiet_from", "quiet_until")
        }
