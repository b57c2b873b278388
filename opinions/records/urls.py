"""Addresses of the duty record."""

from django.urls import path

from opinions.records import views

app_name = "records"

urlpatterns = [
    path("", views.Records.as_view(), name="list"),
    path("<int:pk>/", views.Detail.as_view(), name="detail"),
    path("<int:pk>/report/", views.Report.as_view(), name="report"),
    path("<int:pk>/add/", views.Add.as_view(), name="add"),
    path("additions/<int:pk>/approve/", views.Approve.as_view(), name="approve"),
    path("additions/<int:pk>/reject/", views.Reject.as_view(), name="reject"),
]
