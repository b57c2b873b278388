"""Accounts, what each may do where, and the append-only audit log."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.querysets import AuditQuerySet, UserManager
from accounts.roles import ADMIN_ROLES, SCOPE_FIELD, SECOND_FACTOR_ROLES, Role
from core.fields import EncryptedTextField
from core.prepared import PreparedRows

__all__ = ["AuditEntry", "Role", "RoleGrant", "User"]

_USERNAME = RegexValidator(r"^[A-Za-z][A-Za-z0-9._-]{2,31}$", "用户名用 3 到 32 个字母、数字、点、横线，以字母开头。")
_CACHED = ("grants", "station_codes", "unit_codes")


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Residents have no account. Accounts are disabled, never deleted."""

    username = models.CharField("用户名", max_length=32, unique=True, validators=[_USERNAME])
    name = models.CharField("姓名", max_length=50)
    email = models.EmailField("邮箱", blank=True)
    phone = EncryptedTextField("手机号", blank=True, default="")
    region_code = models.CharField("所属区划", max_length=12, blank=True, default="")
    is_active = models.BooleanField("可登录", default=True)
    is_staff = models.BooleanField("可进支持后台", default=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    security_stamp = models.PositiveIntegerField("安全版本", default=0)
    created_at = models.DateTimeField("创建时间", null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [models.UniqueConstraint(Lower("username"), name="user_name_any_case")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What colleagues call the person."""
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name; Django's admin asks for it."""
        return self.label

    def get_short_name(self) -> str:
        """The name; Django's admin asks for it."""
        return self.label

    @cached_property
    def grants(self) -> tuple["RoleGrant", ...]:
        """The roles held now; none for a disabled account. One query per loaded user."""
        if not self.is_active or self.pk is None:
            return ()
        return tuple(_grants_held(self.pk))

    def has_role(self, *roles: str) -> bool:
        """Does he hold any of `roles` now, anywhere?"""
        return any(grant.role in roles for grant in self.grants)

    def prefixes(self, *roles: str) -> tuple[str, ...]:
        """Region-code prefixes under which he holds one of `roles`."""
        return tuple(dict.fromkeys(g.region_code for g in self.grants if g.role in roles and g.region_code))

    @cached_property
    def station_codes(self) -> tuple[str, ...]:
        """Stations he works at."""
        return tuple(dict.fromkeys(g.station_code for g in self.grants if g.role == Role.STATION_STAFF))

    @cached_property
    def unit_codes(self) -> tuple[str, ...]:
        """Units he handles matters for."""
        return tuple(dict.fromkeys(g.unit_code for g in self.grants if g.role == Role.UNIT_HANDLER))

    @property
    def is_administrator(self) -> bool:
        """One of the three separated administrators?"""
        return self.has_role(*ADMIN_ROLES)

    @property
    def is_second_factor_role(self) -> bool:
        """Does a role of his ask for a second factor where the installation requires one?"""
        return self.has_role(*SECOND_FACTOR_ROLES)

    def forget_grants(self) -> None:
        """Drop the cached roles after a grant changed."""
        for name in _CACHED:
            self.__dict__.pop(name, None)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Fresh columns and fresh roles."""
        super().refresh_from_db(*args, **kwargs)
        self.forget_grants()


def _scope_check() -> Q:
    """Every role is tied to what its meaning needs (`roles.SCOPE_FIELD`)."""
    by_field: dict[str, list[str]] = {}
    for role, field in SCOPE_FIELD.items():
        by_field.setdefault(field, []).append(role.value)
    wanted = Q()
    for field, roles in sorted(by_field.items()):
        wanted |= Q(role__in=sorted(roles)) & ~Q(**{field: ""})
    return wanted


class RoleGrant(models.Model):
    """One role of one person for one region, station or unit, from `granted_at` until `revoked_at`.

    That the three administrators exclude each other and all business roles is held by a database
    trigger (migration `guards`), because no check constraint can look at other rows.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="grants_set", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    region_code = models.CharField("区划前缀", max_length=12, blank=True, default="")
    station_code = models.CharField("站点", max_length=50, blank=True, default="")
    unit_code = models.CharField("单位", max_length=50, blank=True, default="")
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权人")
    granted_at = models.DateTimeField("授权时间")
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收回人")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="grant_role_known"),
            models.CheckConstraint(condition=_scope_check(), name="grant_scope_filled"),
            models.CheckConstraint(
                condition=Q(region_code="") | Q(region_code__regex=r"^[0-9]{2,12}$"), name="grant_region_is_code"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("granted_at")), name="grant_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region_code", "station_code", "unit_code"],
                condition=Q(revoked_at__isnull=True),
                name="grant_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["role", "station_code"], condition=Q(revoked_at__isnull=True), name="grant_by_station"
            ),
            models.Index(fields=["role", "unit_code"], condition=Q(revoked_at__isnull=True), name="grant_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.scope}"

    @property
    def scope(self) -> str:
        """The code that limits the role."""
        return self.station_code or self.unit_code or self.region_code


# Every page of the desk begins with this.
_grants_held = PreparedRows(
    lambda pk: RoleGrant.objects.filter(user_id=pk, revoked_at__isnull=True).order_by("pk"), 8_888_888
)


class AuditEntry(models.Model):
    """One line of the audit log: who did what to which row, when, from where.

    Append-only in the database itself; detail holds codes and identifiers, never personal data
    or the text of a matter.
    """

    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人"
    )
    action = models.CharField("操作", max_length=60)
    subject = models.CharField("对象", max_length=120, blank=True, default="")
    detail = models.JSONField("说明", default=dict, blank=True)
    ip = models.CharField("来源地址", max_length=45, blank=True, default="")

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["subject", "-id"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
