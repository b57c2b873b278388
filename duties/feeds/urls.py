"""Addresses of calendar feeds: the secret one, and the page where somebody gets it."""

from django.urls import path

from duties.feeds import views

app_name = "duty_feeds"
urlpatterns = [
    path("duty/feed/<str:token>.ics", views.feed, name="feed"),
    path("desk/duties/feeds/", views.Feeds.as_view(), name="list"),
    path("desk/duties/feeds/give/", views.Give.as_view(), name="give"),
    path("desk/duties/feeds/<int:pk>/renew/", views.Renew.as_view(), name="renew"),
    path("desk/duties/feeds/<int:pk>/end/", views.End.as_view(), name="end"),
]
