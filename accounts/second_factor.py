"""The second factor: enrolling a phone, backup codes, checking what was typed. Built on django-otp's devices."""

import io
from datetime import datetime

import qrcode
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.pil import PilImage

from accounts import audit
from accounts.models import User
from core.codes import new_entry_code, normalise
from core.fields import keyed_hash

CODE_COUNT = 10
_DIGITS = 6
_NAME = "手机动态口令"
_CODES_NAME = "备用码"


def is_enrolled(user: User) -> bool:
    """Does he have a confirmed device?"""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def is_required(user: User) -> bool:
    """Must he have one? Only where the installation asks for it, and only for roles that see a county or hold keys."""
    return bool(settings.SECOND_FACTOR_REQUIRED) and user.is_second_factor_role


def pending_device(user: User) -> TOTPDevice:
    """The device he is about to enrol; the same key until it is confirmed, so that reloading the page is harmless."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": _NAME})
    return device


def qr_png(device: TOTPDevice) -> bytes:
    """The key as a QR picture for an authenticator app."""
    buffer = io.BytesIO()
    qrcode.make(device.config_url, image_factory=PilImage, box_size=6, border=3).save(buffer, format="PNG")
    return buffer.getvalue()


def manual_key(device: TOTPDevice) -> str:
    """The key to type where no camera is at hand, in groups of four."""
    query = device.config_url.partition("secret=")[2]
    secret = query.partition("&")[0]
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@transaction.atomic
def confirm(user: User, typed: str, *, at: datetime, ip: str = "") -> tuple[TOTPDevice, list[str]] | None:
    """Enrol the pending device when the code typed from it is right: the device and fresh backup codes; else None.

    An earlier phone of the same person is forgotten, and his other sessions must show the new one.
    """
    device = TOTPDevice.objects.select_for_update().get(pk=pending_device(user).pk)
    if not device.verify_token(normalise(typed)):
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save()
    User.objects.filter(pk=user.pk).update(security_stamp=F("security_stamp") + 1)
    audit.record("second_factor_enrolled", actor=user, at=at, subject=f"user:{user.pk}", ip=ip)
    return device, fresh_codes(user)


@transaction.atomic
def fresh_codes(user: User) -> list[str]:
    """Ten new single-use backup codes, such as "K7QM-4XWD"; earlier ones are void. Only keyed hashes are stored."""
    device, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": _CODES_NAME, "confirmed": True})
    device.token_set.all().delete()
    codes = [new_entry_code() for _ in range(CODE_COUNT)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(code)) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def codes_left(user: User) -> int:
    """How many backup codes are unused."""
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def verify(user: User, typed: str, *, at: datetime, ip: str = "") -> Device | None:
    """The device whose code was typed, None when none fits or tries come too fast. Codes work once."""
    code = normalise(typed)
    found = _matching(user, code)
    action = "second_factor_passed" if found else "second_factor_failed"
    audit.record(action, actor=user, at=at, subject=f"user:{user.pk}", ip=ip)
    return found


def _matching(user: User, code: str) -> Device | None:
    # Locked rows: the same code typed twice at one moment opens the door once.
    if code.isdigit() and len(code) == _DIGITS:
        devices = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True)
        return next((device for device in devices if device.verify_token(code)), None)
    backups = StaticDevice.objects.select_for_update().filter(user=user, confirmed=True)
    return next((device for device in backups if device.verify_token(_digest(code))), None)


def _digest(code: str) -> str:
    return keyed_hash(code, "backup-code")[:16]
