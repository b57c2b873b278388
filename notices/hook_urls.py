"""Addresses that other machines call."""

from django.urls import path

from notices.views import hooks

urlpatterns = [path("hooks/sms-receipt/", hooks.sms_receipt, name="sms_receipt")]
