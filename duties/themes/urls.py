"""Addresses of the themes' pages; what tells a month's work lies in `dashboards`, which may ask the loop."""

from django.urls import path

from duties.themes import views

app_name = "themes"

urlpatterns = [
    path("", views.ThemesPage.as_view(), name="list"),
    path("set/<str:month>/", views.SetTheme.as_view(), name="set"),
    path("set/<str:month>/<slug:station>/", views.SetTheme.as_view(), name="set_own"),
    path("<int:pk>/drop/", views.DropTheme.as_view(), name="drop"),
    path("notes/<int:pk>/strike/", views.StrikeNote.as_view(), name="strike_note"),
    path("notes/<str:month>/<slug:station>/", views.WriteNote.as_view(), name="write_note"),
]
