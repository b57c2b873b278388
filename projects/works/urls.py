"""Addresses of the building on the desk; the address of a verb has the verb's name."""

from django.urls import path

from projects.works.views import desk, plan, register

DESK = "desk/projects/"
urlpatterns = [
    path(f"{DESK}works/", register.Works.as_view(), name="works"),
    path(f"{DESK}works/excel/", register.AsExcel.as_view(), name="works_excel"),
    path(f"{DESK}works/word/", register.AsWord.as_view(), name="works_word"),
    path(f"{DESK}<int:pk>/work/", desk.WorkPage.as_view(), name="work"),
    path(f"{DESK}<int:pk>/work/plan/", plan.PlanPage.as_view(), name="work_plan"),
    path(f"{DESK}<int:pk>/work/start/", desk.Start.as_view(), name="work_start"),
    path(f"{DESK}<int:pk>/work/report/", desk.Report.as_view(), name="work_report"),
    path(f"{DESK}<int:pk>/work/report_rectified/", desk.ReportRectified.as_view(), name="work_report_rectified"),
    path(f"{DESK}<int:pk>/work/complete/", desk.Complete.as_view(), name="work_complete"),
    path(f"{DESK}<int:pk>/work/inspect/", desk.Inspect.as_view(), name="work_inspect"),
]
