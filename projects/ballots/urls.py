"""Addresses of the ballots at the desk; the address of a verb has the verb's name."""

from django.urls import path

from projects.ballots import views

urlpatterns = [
    path("ballots/", views.Ballots.as_view(), name="ballots"),
    path("ballots/new/", views.New.as_view(), name="ballot_new"),
    path("ballots/<int:pk>/", views.Detail.as_view(), name="ballot"),
    path("ballots/<int:pk>/print/", views.Print.as_view(), name="ballot_print"),
    path("ballots/<int:pk>/paper/", views.Paper.as_view(), name="ballot_paper"),
    path("ballots/<int:pk>/discard/", views.Discard.as_view(), name="ballot_discard"),
    path("ballots/<int:pk>/close/", views.Close.as_view(), name="ballot_close"),
    path("ballots/<int:pk>/cancel/", views.Cancel.as_view(), name="ballot_cancel"),
    path("ballots/<int:pk>/word/", views.Protocol.as_view(), name="ballot_word"),
    path("ballots/<int:pk>/recount/", views.Recount.as_view(), name="ballot_recount"),
]
