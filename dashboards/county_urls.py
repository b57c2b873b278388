"""Addresses of the county board."""

from django.urls import path

from dashboards import county_views as views

app_name = "county"

urlpatterns = [
    path("county/", views.CountyBoard.as_view(), name="board"),
    path("county/export.xlsx", views.CountyExport.as_view(), name="export"),
]
