"""Records of the service posts, the people in them, and their history: fields and constraints, no rules of work.

One table for the four posts: what was brought and what came of it have the same two columns everywhere, and each post
has a few of its own, which stay empty elsewhere. The ideas of the project post are rows of it, ready to be taken over.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.fields import EncryptedTextField
from opinions.posts.querysets import PostRecordQuerySet
from opinions.posts.states import VERB_LABELS, FollowUp, Referral, Result, State
from stations.models import Region, Representative, ServicePost, Station

USER = settings.AUTH_USER_MODEL
Kind = ServicePost.Kind
_OWN_COLUMNS: dict[Kind, dict[str, Any]] = {
    Kind.INFORMATION: {"forms_filled": 0, "form_names": ""},
    Kind.MEDIATION: {"result": "", "follow_up_on": None, "follow_up": "", "followed_up_at": None},
    Kind.LEGAL: {"answered_by": "", "referral": "", "referred_to": ""},
    Kind.PROJECT: {"region": None, "place": "", "beneficiaries": "", "wants_word": False},
}


class PostRecord(models.Model):
    """One thing done at a service post. It has no limit and no unit; who came stands in `PostPerson` alone."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="post_records", verbose_name="站点")
    kind = models.CharField("哪个岗", max_length=12, choices=Kind)
    day = models.DateField("哪天")
    representative = models.ForeignKey(
        Representative, models.PROTECT, null=True, related_name="post_records", db_index=False, verbose_name="在岗代表"
    )
    recorder = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="记录人")
    client_key = models.UUIDField(unique=True, null=True, editable=False)
    subject = models.CharField("什么事", max_length=500)
    answer = models.CharField("怎么说的", max_length=1000, blank=True)
    state = models.CharField("状态", max_length=8, choices=State)

    forms_filled = models.PositiveSmallIntegerField("帮填了几张表", default=0)
    form_names = models.CharField("哪几张表", max_length=200, blank=True)

    result = models.CharField("谈得怎么样", max_length=10, choices=Result, blank=True)
    follow_up_on = models.DateField("哪天回访", null=True)
    follow_up = models.CharField("回访结果", max_length=8, choices=FollowUp, blank=True)
    followed_up_at = models.DateTimeField("什么时候回访的", null=True)

    answered_by = models.CharField("哪位律师答的", max_length=40, blank=True)
    referral = models.CharField("转到哪里", max_length=16, choices=Referral, blank=True)
    referred_to = models.CharField("具体去哪里", max_length=100, blank=True)

    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", verbose_name="哪个村、社区")
    place = models.CharField("具体在哪里", max_length=100, blank=True)
    beneficiaries = models.CharField("谁能受益", max_length=100, blank=True)
    wants_word = models.BooleanField("有了结果告诉他", default=False)

    opinion = models.OneToOneField(
        "opinions.Opinion", models.PROTECT, null=True, related_name="post_record", verbose_name="转成的意见"
    )
    recorded_at = models.DateTimeField("记下")
    changed_at = models.DateTimeField()

    objects = PostRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "服务岗记录"
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="post_record_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="post_record_state_known"),
            models.CheckConstraint(condition=~Q(subject=""), name="post_record_says_what"),
            *(
                models.CheckConstraint(condition=Q(kind=kind) | Q(**empty), name=f"post_record_own_{kind.lower()}")
                for kind, empty in _OWN_COLUMNS.items()
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.MEDIATION) | Q(result__in=Result.values), name="post_record_mediation_ended"
            ),
            models.CheckConstraint(
                condition=~Q(result=Result.AGREED) | ~Q(answer=""), name="post_record_agreed_on_something"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAITING) | Q(follow_up_on__isnull=False), name="post_record_waits_for_a_day"
            ),
            models.CheckConstraint(condition=~Q(state=State.VOID) | Q(opinion=None), name="post_record_turned_stands"),
        ]
        indexes = [
            models.Index(fields=["station", "-day", "-id"], name="post_record_newest"),
            models.Index(fields=["representative", "day"], name="post_record_of_person"),
            models.Index(fields=["follow_up_on"], name="post_record_waiting", condition=Q(state="WAITING")),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.get_kind_display()} {self.day}"

    def get_absolute_url(self) -> str:
        """Return the record's page."""
        return reverse("posts:detail", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to ask how it went on."""
        return self.state == State.WAITING


class PostPerson(models.Model):
    """Somebody in a record: a party of a mediation, or whoever brought an idea and wants to hear of it."""

    record = models.ForeignKey(PostRecord, models.PROTECT, related_name="people")
    name = EncryptedTextField("怎么称呼")
    phone = EncryptedTextField("电话", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "服务岗记录里的人"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.pk}"


class PostEntry(models.Model):
    """One line of a record's history; the table only grows."""

    record = models.ForeignKey(PostRecord, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(USER, models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=60)
    verb = models.CharField(max_length=10)
    from_state = models.CharField(max_length=8, blank=True)
    to_state = models.CharField(max_length=8)
    text = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务岗记录的经过"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.verb}"

    @property
    def label(self) -> str:
        """What was done, in the words of the page."""
        return VERB_LABELS[self.verb]
