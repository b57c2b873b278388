"""All addresses: each app brings its own; this file only puts them together and adds the watchers' pages.

`accounts.urls` lies under /accounts/ and `notices.urls` under /desk/notices/; stations, opinions and dashboards write
their whole paths themselves, because residents' short addresses (/q/…, /s/…) and the desk's live side by side.
"""

import importlib.util

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from liaison import health, pages

_MOUNTS = (
    ("accounts/", "accounts.urls"),
    ("desk/notices/", "notices.urls"),
    ("", "stations.urls"),
    ("", "opinions.urls"),
    ("", "opinions.public_urls"),
    ("", "dashboards.desk_urls"),
    ("", "dashboards.county_urls"),
    ("", "dashboards.public_urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("elder/", pages.elder, name="elder"),
    path("privacy/", pages.privacy, name="privacy"),
    path("desk/parts/", pages.parts, name="parts"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    *(
        path(prefix, include(module))
        for prefix, module in _MOUNTS
        if apps.is_installed(module.split(".")[0]) and importlib.util.find_spec(module)
    ),
]

handler500 = "liaison.faults.server_error"
