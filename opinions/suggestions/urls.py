"""Addresses of the formal suggestions. One name per verb, equal to the verb's name."""

from django.urls import path

from opinions.suggestions.views import detail, verbs, writing

app_name = "suggestions"

urlpatterns = [
    path("", detail.Suggestions.as_view(), name="list"),
    path("new/", writing.New.as_view(), name="new"),
    path("<int:pk>/", detail.Detail.as_view(), name="detail"),
    path("<int:pk>/write/", writing.Write.as_view(), name="write"),
    path("<int:pk>/gather/", writing.Gather.as_view(), name="gather"),
    path("<int:pk>/papers/<slug:kind>/", detail.Paper.as_view(), name="paper"),
    *(path(f"<int:pk>/{verb}/", view.as_view(), name=verb) for verb, view in verbs.VIEWS.items()),
]
