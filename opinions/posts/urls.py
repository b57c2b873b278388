"""Addresses of the service posts' records."""

from django.urls import path

from opinions.posts.views import listing, record, turning, writing

app_name = "posts"

urlpatterns = [
    path("", listing.Records.as_view(), name="list"),
    path("export/", listing.Export.as_view(), name="export"),
    path("new/<slug:post>/", writing.New.as_view(), name="new"),
    path("<int:pk>/", record.Detail.as_view(), name="detail"),
    path("<int:pk>/follow_up/", record.FollowUp.as_view(), name="follow_up"),
    path("<int:pk>/reveal/", record.Reveal.as_view(), name="reveal"),
    path("<int:pk>/void/", record.Void.as_view(), name="void"),
    path("<int:pk>/turn/", turning.Turn.as_view(), name="turn"),
]
