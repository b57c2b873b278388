"""Addresses of commendations at the county's desk."""

from django.urls import path

from opinions.commending import views

app_name = "commendations"

urlpatterns = [
    path("", views.Commendations.as_view(), name="list"),
    path("new/", views.Find.as_view(), name="find"),
    path("new/<slug:whose>/<int:pk>/", views.New.as_view(), name="new"),
    path("<int:pk>/", views.Detail.as_view(), name="detail"),
    path("<int:pk>/rewrite/", views.Rewrite.as_view(), name="rewrite"),
    path("<int:pk>/publish/", views.Publish.as_view(), name="publish"),
    path("<int:pk>/withdraw/", views.Withdraw.as_view(), name="withdraw"),
]
