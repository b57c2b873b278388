"""Addresses of the receptions."""

from django.urls import path

from opinions.receptions import views

app_name = "receptions"

urlpatterns = [
    path("", views.Receptions.as_view(), name="list"),
    path("new/", views.Open.as_view(), name="open"),
    path("<int:pk>/", views.Detail.as_view(), name="detail"),
    path("<int:pk>/sheets/", views.Sheets.as_view(), name="sheets"),
    path("<int:pk>/change/", views.Change.as_view(), name="change"),
    path("<int:pk>/close/", views.Close.as_view(), name="close"),
    path("<int:pk>/reopen/", views.Reopen.as_view(), name="reopen"),
    path("<int:pk>/cancel/", views.Cancel.as_view(), name="cancel"),
    path("<int:pk>/absent/<int:shift>/", views.Absent.as_view(), name="absent"),
]
