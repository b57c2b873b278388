"""Addresses of the councils on the desk; the address of a verb has the verb's name."""

from django.urls import path

from projects.council.views import closing, lists, meetings, scoring, units

BASE, ITEM = "desk/projects/councils/", "desk/projects/councils/<int:pk>/items/<int:item>/"
ASKED, LIST = "desk/projects/feasibility/", "desk/projects/lists/"
urlpatterns = [
    path(BASE, meetings.Councils.as_view(), name="councils"),
    path(f"{BASE}new/", meetings.EditCouncil.as_view(), name="council_new"),
    path(f"{BASE}<int:pk>/", meetings.Detail.as_view(), name="council"),
    path(f"{BASE}<int:pk>/change/", meetings.EditCouncil.as_view(), name="council_change"),
    path(f"{BASE}<int:pk>/add/", meetings.Add.as_view(), name="council_add"),
    path(f"{BASE}<int:pk>/open/", meetings.Open.as_view(), name="council_open"),
    path(f"{BASE}<int:pk>/score/", scoring.ScorePage.as_view(), name="council_score"),
    path(f"{BASE}<int:pk>/paper/", scoring.Paper.as_view(), name="council_paper"),
    path(f"{BASE}<int:pk>/sheet/", scoring.PrintSheet.as_view(), name="council_sheet"),
    path(f"{BASE}<int:pk>/close/", closing.Close.as_view(), name="council_close"),
    path(ITEM, meetings.Item.as_view(), name="council_item"),
    path(f"{ITEM}drop/", meetings.Drop.as_view(), name="council_drop"),
    path(f"{ITEM}up/", meetings.RaiseUp.as_view(), name="council_up"),
    path(f"{ITEM}ask/", meetings.Ask.as_view(), name="council_ask"),
    path(ASKED, units.Requests.as_view(), name="feasibility_list"),
    path(f"{ASKED}<int:pk>/", units.Answer.as_view(), name="feasibility"),
    path(LIST, lists.GovernmentList.as_view(), name="government_list"),
    path(f"{LIST}word/", lists.AsWord.as_view(), name="government_word"),
    path(f"{LIST}excel/", lists.AsExcel.as_view(), name="government_excel"),
]
