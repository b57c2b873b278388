"""Addresses of the pages that tell a month's work under its theme, at the desk."""

from django.urls import path

from dashboards import theme_views as views

app_name = "theme_months"

urlpatterns = [
    path("<str:month>/", views.CountyMonth.as_view(), name="county"),
    path("<str:month>/<slug:station>/", views.StationMonth.as_view(), name="station"),
]
