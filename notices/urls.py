"""Addresses under /desk/notices/."""

from django.urls import path

from notices import views

app_name = "notices"

urlpatterns = [
    path("", views.Inbox.as_view(), name="inbox"),
    path("read/", views.ReadAll.as_view(), name="read_all"),
    path("<int:pk>/read/", views.Read.as_view(), name="read"),
    path("parked/", views.Parked.as_view(), name="parked"),
    path("parked/<int:pk>/again/", views.TryAgain.as_view(), name="try_again"),
    path("rules/", views.Rules.as_view(), name="rules"),
]
