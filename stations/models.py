"""Regions, stations, venues, posts, units, categories, representatives and entry codes: the spine of visibility."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.fields import EncryptedTextField
from stations.querysets import (
    EntryCodeQuerySet,
    RegionQuerySet,
    RepresentativeQuerySet,
    ServiceQuerySet,
    StationQuerySet,
)

USER = settings.AUTH_USER_MODEL


class Region(models.Model):
    """An administrative region (行政区划); its code of 6, 9 or 12 digits makes "inside" a prefix test."""

    class Level(models.TextChoices):
        COUNTY = "county", "县"
        TOWNSHIP = "township", "乡镇街道"
        VILLAGE = "village", "村、社区"

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=40)
    level = models.CharField("级别", max_length=10, choices=Level)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$"), name="region_code_shape"
            )
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def town_code(self) -> str:
        """Return the code of the town this region is or lies in."""
        return self.code[:9]


class Station(models.Model):
    """An integrated station (融合站点)."""

    code = models.SlugField("地址代码", max_length=50, unique=True)
    name = models.CharField("名称", max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, related_name="stations", verbose_name="所在")
    service_center = models.CharField("党群服务中心", max_length=80, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    phone = models.CharField("电话", max_length=30, blank=True)
    opening_hours = models.CharField("接待时间", max_length=80, blank=True)
    first_responsible = models.CharField("第一责任人", max_length=40, blank=True)
    head = models.CharField("站长", max_length=40, blank=True)
    deputy_head = models.CharField("副站长", max_length=40, blank=True)
    contact = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="默认首问人"
    )
    is_active = models.BooleanField("启用", default=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "融合站点"
        ordering = ["region_id", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the public page, whose address is a contract with posters and messages."""
        return f"/s/{self.code}/"


class Venue(models.Model):
    """A place in the station."""

    class Kind(models.TextChoices):
        DELIBERATION_ROOM = "DELIBERATION_ROOM", "代表议事厅"
        DELIBERATION_CORNER = "DELIBERATION_CORNER", "民主协商角"
        EXPRESS_WINDOW = "EXPRESS_WINDOW", "代表民意直通车窗口"
        PIONEER_POST = "PIONEER_POST", "党员先锋岗"

    station = models.ForeignKey(Station, models.CASCADE, related_name="venues")
    kind = models.CharField("种类", max_length=20, choices=Kind)
    place = models.CharField("在哪里", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "场所"
        constraints = [models.UniqueConstraint(fields=["station", "kind", "place"], name="venue_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class ServicePost(models.Model):
    """One of the four service posts (人大代表服务岗)."""

    class Kind(models.TextChoices):
        INFORMATION = "INFORMATION", "信息服务"
        MEDIATION = "MEDIATION", "矛盾化解"
        LEGAL = "LEGAL", "法律服务"
        PROJECT = "PROJECT", "民生项目征集"

    station = models.ForeignKey(Station, models.CASCADE, related_name="posts")
    kind = models.CharField("种类", max_length=12, choices=Kind)
    hours = models.CharField("时间", max_length=80, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务岗"
        constraints = [models.UniqueConstraint(fields=["station", "kind"], name="post_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class Unit(models.Model):
    """A responsible unit (责任单位)."""

    code = models.SlugField("代码", max_length=50, unique=True)
    name = models.CharField("全称", max_length=60)
    short_name = models.CharField("简称", max_length=30)
    region = models.ForeignKey(Region, models.PROTECT, related_name="units", verbose_name="管哪里")
    phone = models.CharField("电话", max_length=30, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任单位"
        ordering = ["region_id", "id"]

    def __str__(self) -> str:
        return self.short_name


class Category(models.Model):
    """A subject in the two-level tree; each leaf names its usual unit and, if it has them, its own reply days."""

    code = models.SlugField("代码", max_length=50, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField("名称", max_length=30)
    usual_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="通常由谁办")
    keywords = models.TextField("关键词", blank=True, help_text="用空格分开；用来猜类别。")
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "类别"
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Return the name with its parent's: 市容环卫 · 路灯照明. Reads the parent."""
        return f"{self.parent.name} · {self.name}" if self.parent else self.name


class Representative(models.Model):
    """A people's-congress representative (人大代表). The portrait is drawn, not photographed."""

    name = models.CharField("姓名", max_length=40)
    user = models.OneToOneField(USER, models.PROTECT, null=True, blank=True, related_name="representative")
    phone = EncryptedTextField("电话", blank=True, default="")
    occupation = models.CharField("职业", max_length=40, blank=True)
    portrait = models.CharField("头像", max_length=20, blank=True)
    is_active = models.BooleanField("在任", default=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人大代表"
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Mandate(models.Model):
    """A mandate of a representative; one person may hold mandates at several levels."""

    class Level(models.TextChoices):
        TOWNSHIP = "TOWNSHIP", "乡镇"
        COUNTY = "COUNTY", "县"
        CITY = "CITY", "市"
        PROVINCE = "PROVINCE", "省"
        NATION = "NATION", "全国"

    representative = models.ForeignKey(Representative, models.CASCADE, related_name="mandates")
    level = models.CharField("级别", max_length=10, choices=Level)
    term = models.PositiveSmallIntegerField("届")
    constituency = models.CharField("选区", max_length=60, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="选区所在")
    started_on = models.DateField("开始")
    ended_on = models.DateField("结束", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "代表资格"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")), name="mandate_ends_after_start"
            ),
            models.UniqueConstraint(fields=["representative", "level", "term"], name="mandate_once_a_term"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}第 {self.term} 届"


class Service(models.Model):
    """Who serves at which station, from when until when (进站)."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="services")
    representative = models.ForeignKey(Representative, models.CASCADE, related_name="services")
    since = models.DateField("从")
    until = models.DateField("到", null=True, blank=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "进站代表"
        constraints = [
            models.UniqueConstraint(
                fields=["station", "representative"], condition=Q(until=None), name="service_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.representative_id} @ {self.station_id}"


class EntryCode(models.Model):
    """A QR entry (码上找代表): unguessable, revocable, hung at a station, window, post, representative or place."""

    class Kind(models.TextChoices):
        STATION = "STATION", "站点"
        WINDOW = "WINDOW", "窗口"
        POST = "POST", "服务岗"
        REPRESENTATIVE = "REPRESENTATIVE", "代表"
        PLACE = "PLACE", "地点"
        PROJECT = "PROJECT", "民生实事"

    code = models.CharField("码", max_length=12, unique=True)
    kind = models.CharField("种类", max_length=14, choices=Kind)
    station = models.ForeignKey(Station, models.PROTECT, related_name="entry_codes")
    representative = models.ForeignKey(
        Representative, models.PROTECT, null=True, blank=True, related_name="entry_codes"
    )
    post = models.ForeignKey(ServicePost, models.PROTECT, null=True, blank=True, related_name="entry_codes")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地点")
    label = models.CharField("挂在哪里", max_length=60)
    location = models.CharField("替群众填好的地点", max_length=120, blank=True)
    created_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField("建立")
    revoked_at = models.DateTimeField("作废", null=True, blank=True)

    objects = EntryCodeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "码"
        ordering = ["station_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="REPRESENTATIVE") | Q(representative__isnull=False), name="entry_code_has_person"
            ),
            models.CheckConstraint(condition=~Q(kind="POST") | Q(post__isnull=False), name="entry_code_has_post"),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        """Return the address printed in the QR code."""
        return reverse("stations:entry", args=[self.code])


class ScanCount(models.Model):
    """How often a code was scanned on a day; never who."""

    entry_code = models.ForeignKey(EntryCode, models.CASCADE, related_name="scans")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "扫码次数"
        constraints = [models.UniqueConstraint(fields=["entry_code", "day"], name="scan_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.count}"


class PrintOrder(models.Model):
    """What a batch of prints was ordered for, beside its job: the order outlives a queue that lost it."""

    job = models.OneToOneField("core.Job", models.CASCADE, related_name="print_order")
    code_ids = ArrayField(models.BigIntegerField(), verbose_name="哪些码")
    size = models.CharField("尺寸", max_length=10)
    form = models.CharField("格式", max_length=4)

    class Meta:
        verbose_name = verbose_name_plural = "成批打印"

    def __str__(self) -> str:
        return f"{len(self.code_ids)} × {self.size}.{self.form}"
