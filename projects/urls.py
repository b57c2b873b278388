"""Addresses of the desk's pages; the address of a verb has the verb's name."""

from django.urls import include, path

from projects.council import urls as council
from projects.views import campaigns, idea, overview, pool, writing
from projects.works import urls as works

app_name = "projects"
DESK = "desk/projects/"
urlpatterns = [
    *works.urlpatterns,
    path(DESK, pool.Pool.as_view(), name="list"),
    path(f"{DESK}overview/", overview.Overview.as_view(), name="overview"),
    path(f"{DESK}export/", pool.Export.as_view(), name="export"),
    path(f"{DESK}new/", writing.New.as_view(), name="new"),
    path(f"{DESK}sheet/", campaigns.PaperSheet.as_view(), name="sheet"),
    path(f"{DESK}campaigns/", campaigns.Campaigns.as_view(), name="campaigns"),
    path(f"{DESK}campaigns/new/", campaigns.EditCampaign.as_view(), name="open_campaign"),
    path(f"{DESK}campaigns/<int:pk>/", campaigns.EditCampaign.as_view(), name="change_campaign"),
    path(DESK, include("projects.ballots.urls")),
    path(DESK, include("projects.polls.urls")),
    path(DESK, include("projects.yearly.urls")),
    path(f"{DESK}<int:pk>/", idea.Detail.as_view(), name="detail"),
    path(f"{DESK}<int:pk>/pool/", idea.Pool.as_view(), name="pool"),
    path(f"{DESK}<int:pk>/reword/", idea.Reword.as_view(), name="reword"),
    path(f"{DESK}<int:pk>/shelve/", idea.Shelve.as_view(), name="shelve"),
    path(f"{DESK}<int:pk>/merge/", idea.Merge.as_view(), name="merge"),
    path(f"{DESK}<int:pk>/unmerge/", idea.Unmerge.as_view(), name="unmerge"),
    path(f"{DESK}<int:pk>/withdraw/", idea.Withdraw.as_view(), name="withdraw"),
    path(f"{DESK}<int:pk>/reveal/", idea.Reveal.as_view(), name="reveal"),
    path(f"{DESK}<int:pk>/photos/<uuid:token>/", idea.PhotoFile.as_view(), name="photo"),
    path(f"{DESK}<int:pk>/photos/<uuid:token>/thumb/", idea.PhotoFile.as_view(), {"size": "thumb"}, name="thumb"),
    *council.urlpatterns,
]
