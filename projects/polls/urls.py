"""Addresses of the polls at the desk; the address of a verb has the verb's name."""

from django.urls import path

from projects.polls import views

urlpatterns = [
    path("polls/", views.Polls.as_view(), name="polls"),
    path("polls/rules/", views.Rules.as_view(), name="poll_rules"),
    path("polls/<int:pk>/", views.Detail.as_view(), name="poll"),
    path("polls/<int:pk>/poster.pdf", views.Poster.as_view(), name="poll_poster"),
    path("polls/<int:pk>/hand_out/", views.HandOut.as_view(), name="poll_hand_out"),
    path("polls/<int:pk>/vote/", views.Vote.as_view(), name="poll_vote"),
    path("polls/<int:pk>/evaluate/", views.Evaluate.as_view(), name="poll_evaluate"),
    path("polls/<int:pk>/report_rectified/", views.ReportRectified.as_view(), name="poll_report_rectified"),
    path("<int:pk>/open_poll/", views.Open.as_view(), name="open_poll"),
]
