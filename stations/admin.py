"""Stations on the support screens, without names and telephone numbers of people."""

from django.contrib import admin

from accounts.support import SupportAdmin
from stations.models import Category, Region, Station, Unit


@admin.register(Region)
class RegionSupport(SupportAdmin):
    """Is the region there, under which code?"""

    list_display = ("code", "name", "level")
    search_fields = ("code", "name")
    list_filter = ("level",)


@admin.register(Station)
class StationSupport(SupportAdmin):
    """Is the station there and open?"""

    list_display = ("code", "name", "region", "is_active")
    list_select_related = ("region",)
    search_fields = ("code", "name")


@admin.register(Unit)
class UnitSupport(SupportAdmin):
    """Is the unit there and active?"""

    list_display = ("code", "name", "is_active")
    search_fields = ("code", "name")


@admin.register(Category)
class CategorySupport(SupportAdmin):
    """Which unit does a subject usually go to?"""

    list_display = ("code", "path", "usual_unit", "position")
    list_select_related = ("parent", "usual_unit")
