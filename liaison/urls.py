"""All addresses: each app brings its own; this file only puts them together and adds the watchers' pages.

`accounts.urls` lies under /accounts/ and `notices.urls` under /desk/notices/; stations, opinions and dashboards write
their whole paths themselves, because residents' short addresses (/q/…, /s/…) and the desk's live side by side.
"""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from liaison import health, pages

urlpatterns: list[URLPattern | URLResolver] = [
    # First what a storm day asks for most: each address is tried in this order.
    path("", include("opinions.public_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("elder/", pages.elder, name="elder"),
    path("privacy/", pages.privacy, name="privacy"),
    path("desk/parts/", pages.parts, name="parts"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("desk/notices/", include("notices.urls")),
    path("", include("notices.hook_urls")),
    path("", include("stations.urls")),
    path("desk/duties/mine/", include("duties.mine.urls")),
    path("", include("duties.feeds.urls")),
    path("desk/themes/", include("duties.themes.urls")),
    path("desk/themes/", include("dashboards.theme_urls")),
    path("", include("duties.urls")),
    path("desk/receptions/", include("opinions.receptions.urls")),
    path("desk/posts/", include("opinions.posts.urls")),
    path("desk/commendations/", include("opinions.commending.urls")),
    path("desk/records/", include("opinions.records.urls")),
    path("desk/suggestions/", include("opinions.suggestions.urls")),
    path("", include("opinions.urls")),
    path("", include("projects.urls")),
    path("", include("projects.public_urls")),
    path("", include("dashboards.desk_urls")),
    path("", include("dashboards.county_urls")),
    path("", include("dashboards.public_urls")),
]

handler500 = "liaison.faults.server_error"
