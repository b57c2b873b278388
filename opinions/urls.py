"""Addresses of the desk's matters. One name per verb, equal to the verb's name."""

from django.urls import path

from opinions.views import (
    bulk,
    bulk_print,
    calendar_files,
    callbacks,
    detail,
    export,
    limits,
    papers,
    register,
    saved,
    sheets,
    slip,
    supervision,
    verbs,
    walkin,
)
from opinions.views.calendar import Calendar, RemoveDay

app_name = "opinions"

urlpatterns = [
    path("desk/opinions/", register.Register.as_view(), name="list"),
    path("desk/opinions/new/", walkin.WalkIn.as_view(), name="new"),
    path("desk/opinions/new/visits/", walkin.Visits.as_view(), name="visits"),
    path("desk/opinions/new/guess/", walkin.Guess.as_view(), name="guess"),
    path("desk/opinions/<int:pk>/", detail.Detail.as_view(), name="detail"),
    path("desk/opinions/callbacks/", callbacks.Callbacks.as_view(), name="callbacks"),
    path("desk/opinions/<int:pk>/clear_card/", supervision.ClearCard.as_view(), name="clear_card"),
    path("desk/supervision/", supervision.Cards.as_view(), name="cards"),
    path("desk/supervision/<int:pk>/paper/", supervision.CardPaper.as_view(), name="card_paper"),
    path("desk/deadlines/", limits.Deadlines.as_view(), name="deadlines"),
    path("desk/deadlines/job/", limits.RecountJob.as_view(), name="recount_job"),
    path("desk/calendar/import/", calendar_files.CalendarImport.as_view(), name="calendar_import"),
    path("desk/opinions/<int:pk>/slip/", slip.Slip.as_view(), name="slip"),
    path("desk/opinions/<int:pk>/papers/<slug:kind>/", papers.Paper.as_view(), name="paper"),
    path("desk/opinions/bulk/", bulk.Choose.as_view(), name="bulk"),
    path("desk/opinions/bulk/print/", bulk_print.BulkPrint.as_view(), name="bulk_print"),
    path("desk/opinions/bulk/<slug:act>/", bulk.BulkAct.as_view(), name="bulk_act"),
    path("desk/opinions/bulk/done/<uuid:key>/", bulk.BulkResult.as_view(), name="bulk_result"),
    path("desk/opinions/filters/", saved.Saved.as_view(), name="saved"),
    path("desk/opinions/filters/<int:pk>/", saved.ChangeSaved.as_view(), name="saved_one"),
    path("desk/opinions/export/", export.Export.as_view(), name="export"),
    path("desk/ledger/", sheets.LedgerUpload.as_view(), name="ledger"),
    path("desk/answers/", sheets.AnswersUpload.as_view(), name="answers"),
    path("desk/answers/list/", sheets.AnswersList.as_view(), name="answers_list"),
    path("desk/sheets/<int:pk>/", sheets.Preview.as_view(), name="sheet"),
    path("desk/sheets/<int:pk>/match/", sheets.Match.as_view(), name="sheet_match"),
    path("desk/sheets/<int:pk>/run/", sheets.CarryOut.as_view(), name="sheet_run"),
    path("desk/sheets/jobs/<int:job>/", sheets.SheetJob.as_view(), name="sheet_job"),
    path("desk/sheets/jobs/<int:job>/file/", sheets.SheetFile.as_view(), name="sheet_file"),
    path("desk/papers/", papers.Templates.as_view(), name="papers"),
    path("desk/papers/<slug:kind>/", papers.TemplateFile.as_view(), name="paper_template"),
    path("desk/papers/<slug:kind>/replace/", papers.ReplaceTemplate.as_view(), name="paper_replace"),
    path("desk/papers/<slug:kind>/reset/", papers.ResetTemplate.as_view(), name="paper_reset"),
    path("desk/opinions/<int:pk>/reveal/", detail.Reveal.as_view(), name="reveal"),
    path("desk/opinions/<int:pk>/photos/<uuid:token>/", detail.PhotoFile.as_view(), {"size": "full"}, name="photo"),
    path(
        "desk/opinions/<int:pk>/photos/<uuid:token>/thumb/", detail.PhotoFile.as_view(), {"size": "thumb"}, name="thumb"
    ),
    path("desk/calendar/", Calendar.as_view(), name="calendar"),
    path("desk/calendar/<int:pk>/remove/", RemoveDay.as_view(), name="calendar_remove"),
    *(path(f"desk/opinions/<int:pk>/{verb}/", view.as_view(), name=verb) for verb, view in verbs.VIEWS.items()),
]
