"""The desk's home."""

from django.urls import path

from dashboards.desk_views import DeskHome

app_name = "desk"

urlpatterns = [path("desk/", DeskHome.as_view(), name="home")]
