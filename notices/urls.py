"""Addresses under /desk/notices/."""

from django.urls import path

from notices.views import groups, inbox, parked, rules, wording

app_name = "notices"

urlpatterns = [
    path("", inbox.Inbox.as_view(), name="inbox"),
    path("read/", inbox.ReadAll.as_view(), name="read_all"),
    path("<int:pk>/read/", inbox.Read.as_view(), name="read"),
    path("parked/", parked.Parked.as_view(), name="parked"),
    path("parked/again/", parked.TryAll.as_view(), name="try_all"),
    path("parked/<int:pk>/again/", parked.TryAgain.as_view(), name="try_again"),
    path("parked/<int:pk>/told/", parked.Told.as_view(), name="told"),
    path("texts/", wording.Texts.as_view(), name="texts"),
    path("texts/<slug:kind>/<slug:channel>/", wording.Text.as_view(), name="text"),
    path("texts/<slug:kind>/<slug:channel>/reset/", wording.Reset.as_view(), name="text_reset"),
    path("groups/", groups.Groups.as_view(), name="groups"),
    path("groups/new/", groups.Group.as_view(), name="group_new"),
    path("groups/<int:pk>/", groups.Group.as_view(), name="group"),
    path("groups/<int:pk>/try/", groups.Try.as_view(), name="group_try"),
    path("groups/<int:pk>/remove/", groups.Remove.as_view(), name="group_remove"),
    path("rules/", rules.Rules.as_view(), name="rules"),
]
