"""Writes on accounts: create, disable, grant, unlock. Each checks who asks and leaves an audit line.

`actor=None` means the installation itself (first set-up, console commands) and is never passed by a view.
"""

import secrets
from datetime import datetime

import rules
from axes.utils import reset as axes_reset
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import audit, scopes
from accounts.models import RoleGrant, User
from accounts.roles import REGION_DIGITS, SCOPE_FIELD, Role, family
from core.workflow import BadInput, NotAllowed

# Without 0 O 1 I l: a first password is read aloud or written on paper.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
_SCOPE_WORDS = {"region_code": "区划", "station_code": "站点", "unit_code": "责任单位"}
_LEVEL_WORDS = {6: "一个县", 9: "一个乡镇、街道", 12: "一个村、社区"}


def new_password() -> str:
    """A random first password: 14 characters, about 80 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


@transaction.atomic
def create_user(
    username: str,
    name: str,
    *,
    actor: User | None,
    at: datetime,
    email: str = "",
    phone: str = "",
    region_code: str = "",
    ip: str = "",
) -> tuple[User, str]:
    """A new account without any role, and its first password, which must be changed at the first sign-in.

    It belongs to a region inside the administrator's own, to that one itself when none is named.
    Raises BadInput (taken or malformed name, a region elsewhere) and NotAllowed.
    """
    _require(actor, "accounts.create_user", "只有系统管理员可以新建账号。")
    if User.objects.filter(username__iexact=username).exists():
        raise BadInput("这个用户名已经有人用了，请换一个。", field="username")
    password = new_password()
    user = User(
        username=username, name=name, email=email, phone=phone, region_code=_own_region(region_code, actor),
        must_change_password=True, created_at=at,
    )  # fmt: skip
    user.set_password(password)
    _clean(user)
    user.save()
    audit.record("user_created", actor=actor, at=at, subject=f"user:{user.pk}", detail={"username": username}, ip=ip)
    return user, password


@transaction.atomic
def set_active(user: User, active: bool, *, actor: User | None, at: datetime, ip: str = "") -> User:
    """Let somebody sign in or no longer. Open sessions end with the next request. Raises NotAllowed."""
    verb = "enable" if active else "disable"
    _require(actor, f"accounts.{verb}_user", "只有系统管理员可以停用或启用别人的账号。", user)
    fresh = _locked(user)
    if fresh.is_active != active:
        fresh.is_active = active
        _stamp(fresh, "is_active")
        audit.record(f"user_{verb}d", actor=actor, at=at, subject=f"user:{user.pk}", ip=ip)
    user.refresh_from_db()
    return user


@transaction.atomic
def reset_password(user: User, *, actor: User | None, at: datetime, ip: str = "") -> str:
    """A new first password for somebody who forgot his; his sessions end. Raises NotAllowed.

    An administrator's password is never reset by another one, who could then act in his place: that is
    done on the server's console.
    """
    _require(actor, "accounts.reset_password", "只有安全管理员可以重置别人的密码。", user)
    _refuse_administrator(user, actor, "管理员的密码只能在服务器控制台重置。")
    password = new_password()
    fresh = _locked(user)
    fresh.set_password(password)
    fresh.must_change_password = True
    _stamp(fresh, "password", "must_change_password")
    audit.record("password_reset", actor=actor, at=at, subject=f"user:{user.pk}", ip=ip)
    user.refresh_from_db()
    return password


@transaction.atomic
def change_password(user: User, password: str, *, at: datetime, ip: str = "") -> User:
    """The person sets his own password; it has been checked by the form."""
    user.set_password(password)
    user.must_change_password = False
    _stamp(user, "password", "must_change_password")
    audit.record("password_changed", actor=user, at=at, subject=f"user:{user.pk}", ip=ip)
    return user


@transaction.atomic
def grant_role(
    user: User,
    role: str,
    *,
    actor: User | None,
    at: datetime,
    region_code: str = "",
    station_code: str = "",
    unit_code: str = "",
    ip: str = "",
) -> RoleGrant:
    """Give `user` a role for a region, station or unit; the same grant twice returns the first.

    Raises NotAllowed (only the security administrator, never for himself) and BadInput (scope missing or
    unknown, or an administrator's role would meet another family of roles).
    """
    _require(actor, "accounts.grant_role", "只有安全管理员可以授权，并且不能给自己授权。", user)
    scope = _checked_scope(role, region_code=region_code, station_code=station_code, unit_code=unit_code)
    region = scope["region_code"]
    if actor is not None and region and not region.startswith(actor.prefixes(Role.SECURITY_ADMIN)):
        raise BadInput("这里不归您管，请选您那里的。", field=SCOPE_FIELD[Role(role)])
    # The lock makes two grants at the same moment see each other.
    held = list(RoleGrant.objects.filter(user=_locked(user), revoked_at__isnull=True))
    for grant in held:
        if family(grant.role) != family(role):
            raise BadInput("系统、安全、审计三个管理员必须由不同的人担任，也不能兼任业务角色。", field="role")
        if grant.role == role and {name: getattr(grant, name) for name in scope} == scope:
            return grant
    grant = RoleGrant.objects.create(user=user, role=role, granted_by=actor, granted_at=at, **scope)
    _roles_changed(user)
    detail = {"role": str(role), **{name: code for name, code in scope.items() if code}}
    audit.record("role_granted", actor=actor, at=at, subject=f"user:{user.pk}", detail=detail, ip=ip)
    return grant


@transaction.atomic
def revoke_grant(grant: RoleGrant, *, actor: User | None, at: datetime, ip: str = "") -> RoleGrant:
    """Take a role back; already taken back is harmless. Raises NotAllowed."""
    _require(actor, "accounts.revoke_role", "只有安全管理员可以收回授权，并且不能改自己的。", grant.user)
    fresh = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    if fresh.revoked_at is None:
        fresh.revoked_at, fresh.revoked_by = at, actor
        fresh.save(update_fields=["revoked_at", "revoked_by"])
        _roles_changed(fresh.user)
        detail = {"role": fresh.role, "scope": fresh.scope}
        audit.record("role_revoked", actor=actor, at=at, subject=f"user:{fresh.user_id}", detail=detail, ip=ip)
    grant.user.forget_grants()
    return fresh


@transaction.atomic
def unlock(user: User, *, actor: User | None, at: datetime, ip: str = "") -> None:
    """Let somebody try to sign in again after too many wrong passwords. Raises NotAllowed."""
    _require(actor, "accounts.unlock_user", "只有安全管理员可以解除锁定。")
    axes_reset(username=user.username.lower())
    audit.record("user_unlocked", actor=actor, at=at, subject=f"user:{user.pk}", ip=ip)


@transaction.atomic
def reset_second_factor(user: User, *, actor: User | None, at: datetime, ip: str = "") -> None:
    """Forget a lost phone: all one-time-code devices go, the next sign-in enrols anew. Raises NotAllowed."""
    _require(actor, "accounts.reset_second_factor", "只有安全管理员可以解除别人的动态口令绑定。", user)
    _refuse_administrator(user, actor, "管理员的动态口令只能在服务器控制台解除绑定。")
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    _stamp(_locked(user))
    audit.record("second_factor_reset", actor=actor, at=at, subject=f"user:{user.pk}", ip=ip)


def _require(actor: User | None, permission: str, sentence: str, target: User | None = None) -> None:
    if actor is not None and not rules.has_perm(permission, actor, target):
        raise NotAllowed(sentence)


def _refuse_administrator(user: User, actor: User | None, sentence: str) -> None:
    if actor is not None and user.is_administrator:
        raise NotAllowed(sentence)


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _stamp(user: User, *fields: str) -> None:
    """Save `fields` and end the shortcut by which open sessions skip the sign-in steps."""
    user.security_stamp = F("security_stamp") + 1
    user.save(update_fields=["security_stamp", *fields])
    user.refresh_from_db(fields=["security_stamp"])


def _roles_changed(user: User) -> None:
    """After a grant changed: fresh roles, and the support screens only for the system administrator."""
    user.forget_grants()
    user.is_staff = user.has_role(Role.SYSTEM_ADMIN)
    _stamp(user, "is_staff")


def _clean(user: User) -> None:
    try:
        user.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise BadInput(sentences[0], field=field) from error


def _own_region(code: str, actor: User | None) -> str:
    """The region of a new account: one inside the administrator's own. The installation itself may name any."""
    code = code.strip()
    if actor is None:
        return code
    own = actor.prefixes(Role.SYSTEM_ADMIN)
    if code and not code.startswith(own):
        raise BadInput("这个区划不归您管，请选您那里的。", field="region_code")
    known = scopes.choices("region_code")
    if code and known and code not in own and code not in {offered.code for offered in known}:
        raise BadInput("没有找到这个区划。", field="region_code")
    return code or own[0]


def _checked_scope(role: str, **codes: str) -> dict[str, str]:
    """The three scope columns for `role`; a station or unit brings its own region along."""
    if role not in Role.values:
        raise BadInput("没有这个角色。", field="role")
    field = SCOPE_FIELD[Role(role)]
    code = codes[field].strip()
    if not code:
        raise BadInput(f"请选择{_SCOPE_WORDS[field]}。", field=field)
    known = scopes.choices(field)
    scope = next((offered for offered in known or () if offered.code == code), None)
    if known and scope is None:
        raise BadInput(f"没有找到这个{_SCOPE_WORDS[field]}。", field=field)
    region = scope.region_code if scope else codes["region_code"].strip()
    if region and not (region.isascii() and region.isdigit() and 2 <= len(region) <= 12):
        raise BadInput("区划代码是 2 到 12 位数字。", field="region_code")
    if scope is not None:
        _refuse_level(Role(role), field, code)
    columns = {"region_code": region, "station_code": "", "unit_code": ""}
    return columns | {field: code}


def _refuse_level(role: Role, field: str, code: str) -> None:
    """A town's clerk has a town, not the county or one village."""
    digits = REGION_DIGITS.get(role)
    if field == "region_code" and digits and len(code) not in digits:
        levels = "或".join(_LEVEL_WORDS[number] for number in digits)
        raise BadInput(f"{role.label}要选{levels}。", field=field)
