"""The resident's addresses: a contract with posters, slips and messages."""

from django.urls import path

from opinions import public_matter_views as published
from opinions import public_track_views as matter
from opinions import public_views as views

app_name = "resident"

urlpatterns = [
    path("s/<slug:station>/message/", views.message, name="message"),
    path("s/<slug:station>/board/<int:pk>/", published.matter, name="matter"),
    path("s/<slug:station>/board/<int:pk>/second/", published.second, name="matter_second"),
    path("t/", matter.lookup, name="track_lookup"),
    path("t/<str:receipt>/", matter.track, name="track"),
    path("t/<str:receipt>/received/", views.receipt, name="receipt"),
    path("t/<str:receipt>/rate/", matter.rate, name="track_rate"),
    path("t/<str:receipt>/add/", matter.add_words, name="track_add"),
    path("t/<str:receipt>/withdraw/", matter.withdraw, name="track_withdraw"),
    path("t/<str:receipt>/qr.png", views.qr, name="track_qr"),
    path("t/<str:receipt>/picture.png", views.picture, name="track_picture"),
    path("t/<str:receipt>/photos/<uuid:token>/", views.photo, name="track_photo"),
    path("t/<str:receipt>/photos/<uuid:token>/small/", views.photo, {"size": "thumb"}, name="track_thumb"),
]
