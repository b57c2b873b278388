"""The form of the delivery rules."""

from django import forms

from accounts.forms import InputMixin
from notices.models import DeliveryRules


class DeliveryRulesForm(InputMixin, forms.ModelForm):
    """The numbers of delivery, each with its sentence."""

    class Meta:
        model = DeliveryRules
        fields = ("quiet_from", "quiet_until", "digest_at", "digest_minutes", "max_attempts", "erase_after_days")
        widgets = {
            name: forms.TimeInput(format="%H:%M", attrs={"type": "time"})
            for name in ("quiet_from", "quiet_until", "digest_at")
        }
