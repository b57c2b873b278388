"""民情收集簿: a page of the paper book, its photos, and which line became which matter.

Fields and constraints only. Imported through `opinions.models`; written by `opinions.books` and nowhere else.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.fields import EncryptedTextField
from opinions.querysets import BookPageQuerySet
from stations.models import Station

USER = settings.AUTH_USER_MODEL
MOST_LINES = 60  # of one page


def _photo_path(photo: "BookPhoto", filename: str) -> str:
    """Name a stored photo by chance alone, as those of matters."""
    return f"books/{photo.token.hex[:2]}/{photo.token.hex}-{filename}"


class BookPage(models.Model):
    """One page of a station's paper book; `finished_at` says that every line of it has been copied."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name="融合站点")
    book = models.CharField("第几簿", max_length=20)
    page = models.PositiveSmallIntegerField("第几页")
    added_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="谁拍的")
    added_at = models.DateTimeField("拍来")
    finished_at = models.DateTimeField("抄完", null=True, blank=True)

    objects = BookPageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "民情收集簿的一页"
        constraints = [
            models.UniqueConstraint(fields=["station", "book", "page"], name="book_page_once"),
            models.CheckConstraint(condition=Q(page__gte=1), name="book_page_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.book} 号簿第 {self.page} 页"

    def get_absolute_url(self) -> str:
        """Return the page where its lines are copied."""
        return reverse("opinions:book_page", args=[self.pk])


class BookPhoto(models.Model):
    """A photo of a page, drawn anew without metadata. It shows names and numbers of everybody who wrote there."""

    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    page = models.ForeignKey(BookPage, models.PROTECT, related_name="photos")
    image = models.FileField(upload_to=_photo_path)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "民情收集簿的照片"
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.token)


class BookLine(models.Model):
    """One line and the matter made of it. `written_on` is what stands on the paper; limits run from `copied_at`."""

    page = models.ForeignKey(BookPage, models.PROTECT, related_name="lines")
    line = models.PositiveSmallIntegerField("第几行")
    opinion = models.OneToOneField("opinions.Opinion", models.PROTECT, related_name="book_line")
    written_on = models.DateField("哪天写的", null=True)
    scribe = EncryptedTextField("代录的人", blank=True, default="")  # "" where the resident wrote it himself
    copied_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="谁抄的")
    copied_at = models.DateTimeField("抄录")

    class Meta:
        verbose_name = verbose_name_plural = "民情收集簿的一行"
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["page", "line"], name="book_line_once"),
            models.CheckConstraint(condition=Q(line__gte=1, line__lte=MOST_LINES), name="book_line_on_the_page"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} 第 {self.line} 行"
