"""Addresses of a representative's own duties; the address of a verb has the verb's name."""

from django.urls import path

from duties.mine import views

app_name = "my_duties"
urlpatterns = [
    path("", views.MyDuties.as_view(), name="list"),
    path("<int:pk>/confirm/", views.Confirm.as_view(), name="confirm"),
    path("<int:pk>/cannot_come/", views.CannotCome.as_view(), name="cannot_come"),
    path("<int:pk>/ask_swap/", views.AskSwap.as_view(), name="ask_swap"),
    path("swaps/<int:pk>/agree/", views.Agree.as_view(), name="agree"),
    path("swaps/<int:pk>/refuse/", views.Refuse.as_view(), name="refuse"),
    path("swaps/<int:pk>/take_back/", views.TakeBack.as_view(), name="take_back"),
]
