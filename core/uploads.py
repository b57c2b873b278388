"""Photos from the public: checked by what they are, drawn anew, freed of everything that is not the picture.

Nothing of the uploaded bytes is kept. The picture is decoded by Pillow, turned upright and written as a fresh JPEG,
so place, time, camera, comments, hidden second files and scripts are gone.
"""

import hashlib
import io
import struct
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

PHOTO_MAX_COUNT = 6
PHOTO_SIDE = 1600  # pixels, the longer side of the kept picture
THUMB_SIDE = 480
DEFAULT_MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 16_000_000  # decoded wholly into memory: a WEBP of this size takes about 250 MiB for half a second
MAX_JPEG_PIXELS = 52_000_000  # decoded straight to a smaller size; the largest photo of a telephone has 50 million
MAX_SIDE = 20_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_QUALITY = 82
_TOO_MANY_PIXELS = "这张照片的尺寸太大了，请换一张小一些的。"
# Everything Pillow raises on damaged or hostile files.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    ZeroDivisionError,
    AttributeError,
    NotImplementedError,
    struct.error,
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class Upload(Protocol):
    """What is needed of an uploaded file: its size and its bytes."""

    size: int | None

    def read(self, size: int = -1, /) -> bytes:
        """The next `size` bytes."""


@dataclass(frozen=True)
class CleanPhoto:
    """A photo safe to keep and to serve: JPEG bytes, a small copy, size in pixels, hash of the JPEG."""

    jpeg: bytes
    thumb: bytes
    width: int
    height: int
    sha256: str


def clean_photo(upload: Upload) -> CleanPhoto:
    """The photo as fresh JPEG. Raises ValidationError with a sentence for the person who chose it."""
    picture = _decode(_read(upload))
    jpeg = _encode(picture)
    thumb = picture.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    return CleanPhoto(jpeg, _encode(thumb), picture.width, picture.height, hashlib.sha256(jpeg).hexdigest())


def _read(upload: Upload) -> bytes:
    """The bytes, refused as soon as they are too many: the stated size may lie, so one byte more is asked for."""
    limit = int(getattr(settings, "PHOTO_MAX_BYTES", DEFAULT_MAX_BYTES))
    data = b"" if (upload.size or 0) > limit else upload.read(limit + 1)
    if len(data) > limit or (upload.size or 0) > limit:
        raise ValidationError(f"这张照片太大了，每张不能超过 {limit // (1024 * 1024)} MB。", code="too_large")
    if not data:
        raise ValidationError("这张照片是空的，请重新选择。", code="empty")
    return data


def _decode(data: bytes) -> Image.Image:
    """The upright picture in RGB, at most PHOTO_SIDE pixels, carrying no metadata."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise ValidationError(
            "这张照片是 HEIC 格式，这里打不开。请在手机里另存为 JPEG（或截一张图）再上传。", code="heic"
        )
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except _BOMBS as error:
        raise ValidationError(_TOO_MANY_PIXELS, code="too_many_pixels") from error
    except _BROKEN as error:
        raise ValidationError("这个文件不是照片，请选择 JPEG、PNG、WEBP 或 GIF 图片。", code="not_a_photo") from error
    _check_size(image)
    try:
        return _redraw(image)
    except _BROKEN as error:
        raise ValidationError("这张照片不完整或已损坏，请重新选择。", code="damaged") from error


def _check_size(image: Image.Image) -> None:
    """Refuse pixel bombs before anything is decoded."""
    limit = MAX_JPEG_PIXELS if image.format in ("JPEG", "MPO") else MAX_PIXELS
    if image.width * image.height > limit or max(image.size) > MAX_SIDE:
        raise ValidationError(_TOO_MANY_PIXELS, code="too_many_pixels")


def _redraw(image: Image.Image) -> Image.Image:
    """Decode the first frame, shrink it, turn it upright, put it on white and leave everything else behind."""
    image.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))  # JPEG only: decode at 1/2, 1/4 or 1/8
    image.load()
    # Shrunk before any further copy is made: a worker holds several pictures at once on a storm day.
    picture = _smooth(image)
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    coloured = ImageOps.exif_transpose(picture).convert("RGBA")
    # A new image has an empty `info`: Pillow would otherwise carry a JPEG comment over by itself.
    paper = Image.new("RGB", coloured.size, "white")
    paper.paste(coloured, mask=coloured.getchannel("A"))
    return paper


def _smooth(image: Image.Image) -> Image.Image:
    """The image in a colour mode that can be shrunk smoothly."""
    if image.mode in ("I", "I;16", "I;16B", "F"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("1", "P", "PA"):
        return image.convert("RGBA")
    return image


def _encode(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return buffer.getvalue()
