"""Addresses of the rosters' pages; the address of a verb has the verb's name."""

from django.urls import path

from duties.views import month, setup, shifts

app_name = "duties"
urlpatterns = [
    path("desk/duties/", month.Door.as_view(), name="door"),
    path("desk/duties/rules/", setup.RulesPage.as_view(), name="rules"),
    path("desk/duties/shifts/<int:pk>/", shifts.ShiftPage.as_view(), name="shift"),
    path("desk/duties/shifts/<int:pk>/confirm/", shifts.Confirm.as_view(), name="confirm"),
    path("desk/duties/shifts/<int:pk>/cannot_come/", shifts.CannotCome.as_view(), name="cannot_come"),
    path("desk/duties/shifts/<int:pk>/substitute/", shifts.Substitute.as_view(), name="substitute"),
    path("desk/duties/shifts/<int:pk>/arrange/", shifts.Arrange.as_view(), name="arrange"),
    path("desk/duties/shifts/<int:pk>/mark_held/", shifts.MarkHeld.as_view(), name="mark_held"),
    path("desk/duties/shifts/<int:pk>/mark_absent/", shifts.MarkAbsent.as_view(), name="mark_absent"),
    path("desk/duties/shifts/<int:pk>/change_shift/", shifts.Change.as_view(), name="change_shift"),
    path("desk/duties/shifts/<int:pk>/drop_shift/", shifts.Drop.as_view(), name="drop_shift"),
    path("desk/duties/swaps/<int:pk>/take_back/", shifts.TakeBack.as_view(), name="take_back"),
    path("desk/duties/<slug:station>/setup/", setup.Setup.as_view(), name="setup"),
    path("desk/duties/<slug:station>/setup/add_rhythm/", setup.AddRhythm.as_view(), name="add_rhythm"),
    path("desk/duties/<slug:station>/setup/rhythms/<int:pk>/drop/", setup.DropRhythm.as_view(), name="drop_rhythm"),
    path("desk/duties/<slug:station>/setup/allow_posts/", setup.AllowPosts.as_view(), name="allow_posts"),
    path("desk/duties/<slug:station>/setup/block_days/", setup.BlockDays.as_view(), name="block_days"),
    path("desk/duties/<slug:station>/setup/days/<int:pk>/drop/", setup.UnblockDays.as_view(), name="unblock_days"),
    path("desk/duties/<slug:station>/<str:month>/", month.MonthPage.as_view(), name="month"),
    path("desk/duties/<slug:station>/<str:month>/propose/", month.Propose.as_view(), name="propose"),
    path("desk/duties/<slug:station>/<str:month>/change_people/", month.ChangePeople.as_view(), name="change_people"),
    path("desk/duties/<slug:station>/<str:month>/add_shift/", month.AddShift.as_view(), name="add_shift"),
    path("desk/duties/<slug:station>/<str:month>/publish/", month.PublishPage.as_view(), name="publish"),
    path("desk/duties/<slug:station>/<str:month>/print/", month.PrintPage.as_view(), name="print"),
    path("desk/duties/<slug:station>/<str:month>/word/", month.WordSheet.as_view(), name="word"),
]
