"""Public addresses that need no account: the county, a station, its progress board and lobby screen."""

from django.urls import path

from dashboards import commendation_views, duty_views, theme_views
from dashboards import public_views as views

app_name = "public"

urlpatterns = [
    path("", views.home, name="home"),
    path("s/<slug:code>/", views.station, name="station"),
    path("duty/", duty_views.county, name="duty"),
    path("s/<slug:code>/duty/", duty_views.station_duty, name="station_duty"),
    path("commendations/", commendation_views.commendations, name="commendations"),
    path("commendations/<int:year>/", commendation_views.commendations, name="commendations_of"),
    path("themes/", theme_views.public_themes, name="themes"),
    path("themes/<str:month>/", theme_views.public_month, name="theme_month"),
    path("s/<slug:code>/themes/<str:month>/", theme_views.public_station_month, name="station_theme"),
    path("s/<slug:code>/board/", views.board, name="board"),
    path("s/<slug:code>/screen/", views.screen, name="screen"),
    path("s/<slug:code>/screen/qr.png", views.screen_qr, name="screen_qr"),
]
