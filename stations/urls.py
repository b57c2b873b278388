"""Addresses of the stations: the code's short one for residents, and the desk's."""

from django.urls import path

from stations import desk_views, print_views, public_views

app_name = "stations"
DESK = "desk/stations/"
urlpatterns = [
    path("q/<str:code>/", public_views.entry, name="entry"),
    path(DESK, desk_views.StationList.as_view(), name="list"),
    path(f"{DESK}prints/", print_views.OrderPrints.as_view(), name="order"),
    path(f"{DESK}prints/<int:job>/", print_views.PrintJob.as_view(), name="job"),
    path(f"{DESK}prints/<int:job>/file/", print_views.PrintFile.as_view(), name="job_file"),
    path(f"{DESK}codes/<str:code>/", print_views.CodePrints.as_view(), name="code"),
    path(f"{DESK}codes/<str:code>/revoke/", desk_views.RevokeCode.as_view(), name="revoke_code"),
    path(f"{DESK}codes/<str:code>/<slug:size>.<slug:form>", print_views.PrintOne.as_view(), name="print"),
    path(f"{DESK}<slug:station>/", desk_views.StationDetail.as_view(), name="detail"),
    path(f"{DESK}<slug:station>/edit/", desk_views.StationEdit.as_view(), name="change_station"),
    path(f"{DESK}<slug:station>/codes/", desk_views.CreateCode.as_view(), name="create_code"),
    path(f"{DESK}<slug:station>/people/", desk_views.BeginService.as_view(), name="begin_service"),
    path(f"{DESK}<slug:station>/people/<int:service>/end/", desk_views.EndService.as_view(), name="end_service"),
]
