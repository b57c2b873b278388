"""Everybody's addresses of the projects: a contract with posters, slips and messages."""

from django.urls import path

from projects import public_track_views as idea
from projects import public_views as views
from projects.ballots import public_views as ballots
from projects.board import views as board
from projects.polls import public_views as polls

app_name = "projects_public"

urlpatterns = [
    path("projects/", views.home, name="home"),
    path("projects/print/", board.sheet, name="print"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/photos/<uuid:token>/", views.work_photo, name="work_photo"),
    path("projects/<int:pk>/photos/<uuid:token>/small/", views.work_photo, {"size": "thumb"}, name="work_thumb"),
    path("projects/<int:pk>/second/", views.second, name="second"),
    path("projects/ballot/", ballots.by_slip, name="ballot_by_slip"),
    path("projects/ballot/<int:pk>/", ballots.result, name="ballot"),
    path("projects/poll/", polls.by_slip, name="poll_by_slip"),
    path("projects/<int:pk>/poll/", polls.by_device, name="poll"),
    path("projects/ideas/new/", views.new, name="new"),
    path("projects/ideas/<str:receipt>/", idea.track, name="track"),
    path("projects/ideas/<str:receipt>/withdraw/", idea.withdraw, name="track_withdraw"),
    path("projects/ideas/<str:receipt>/qr.png", idea.qr, name="track_qr"),
    path("projects/ideas/<str:receipt>/picture.png", idea.picture, name="track_picture"),
    path("projects/ideas/<str:receipt>/photos/<uuid:token>/", idea.photo, name="track_photo"),
    path("projects/ideas/<str:receipt>/photos/<uuid:token>/small/", idea.photo, {"size": "thumb"}, name="track_thumb"),
]
