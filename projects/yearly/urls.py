"""Addresses of the import of a yearly list."""

from django.urls import path

from projects.yearly import views

urlpatterns = [
    path("import/", views.Upload.as_view(), name="yearly_import"),
    path("import/sample/", views.Sample.as_view(), name="yearly_sample"),
    path("import/<int:pk>/", views.Sheet.as_view(), name="yearly_sheet"),
    path("import/<int:pk>/match/", views.Match.as_view(), name="yearly_match"),
    path("import/<int:pk>/run/", views.CarryOut.as_view(), name="yearly_run"),
]
