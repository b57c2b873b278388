"""Photos: only a picture comes through, and nothing but the picture."""

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.uploads import MAX_PIXELS, PHOTO_MAX_COUNT, CleanPhoto, clean_photo

SCRIPT = b"<html><script>alert(1)</script></html>"
GPS_IFD, ORIENTATION = 0x8825, 0x0112
SECRET = "DaShanTian-iPhone"


def _upload(data: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def _picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "red" if mode in ("RGB", "RGBA", "P") else 128).save(buffer, kind, **options)
    return buffer.getvalue()


def _clean(data: bytes, name: str = "photo.jpg") -> CleanPhoto:
    return clean_photo(_upload(data, name))


def _open(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def _refusal(data: bytes, name: str = "photo.jpg") -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        _clean(data, name)
    assert caught.value.message.endswith("。")
    return caught.value


# --- what comes through


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_accepted_kind_becomes_jpeg(kind: str) -> None:
    photo = _clean(_picture(kind), f"photo.{kind.lower()}")
    image = _open(photo.jpeg)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 48))
    assert (photo.width, photo.height) == (64, 48)
    assert len(photo.sha256) == 64
    red, green, blue = image.getpixel((20, 20))
    assert red > 230
    assert max(green, blue) < 30


def test_the_name_and_the_stated_type_do_not_matter() -> None:
    assert clean_photo(SimpleUploadedFile("x.exe", _picture("PNG"), content_type="text/html")).width == 64


def test_a_large_photo_is_shrunk_and_keeps_its_shape() -> None:
    photo = _clean(_picture(size=(4000, 3000)))
    assert (photo.width, photo.height) == (1600, 1200)
    assert _open(photo.thumb).size == (480, 360)


def test_a_small_photo_is_not_blown_up() -> None:
    photo = _clean(_picture(size=(100, 50)))
    assert _open(photo.jpeg).size == _open(photo.thumb).size == (100, 50)


def test_a_telephones_largest_photo_passes() -> None:
    assert _clean(_picture(size=(8160, 6144))).width == 1600


def test_the_same_photo_gives_the_same_hash() -> None:
    data = _picture(size=(640, 480))
    assert _clean(data).sha256 == _clean(data).sha256
    assert _clean(data).sha256 != _clean(_picture(size=(640, 481))).sha256


def test_a_see_through_picture_lands_on_white() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(buffer, "PNG")
    assert _open(_clean(buffer.getvalue()).jpeg).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
def test_odd_colour_modes_pass(mode: str) -> None:
    assert _open(_clean(_picture("PNG", mode=mode)).jpeg).mode == "RGB"


def test_a_sixteen_bit_grey_keeps_its_brightness() -> None:
    buffer = io.BytesIO()
    Image.new("I;16", (8, 8), 0x8000).save(buffer, "PNG")
    assert abs(_open(_clean(buffer.getvalue()).jpeg).getpixel((4, 4))[0] - 128) <= 2


def test_a_print_shop_photo_in_cmyk_passes() -> None:
    assert _open(_clean(_picture("JPEG", mode="CMYK")).jpeg).mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_of_an_animation_the_first_frame_stays(kind: str) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("blue", "red", "lime")]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], duration=100, loop=0)
    image = _open(_clean(buffer.getvalue()).jpeg)
    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((16, 16))[2] > 200


# --- what does not come along


def _telling_photo() -> bytes:
    """A photo that tells where, when and by whom it was taken, in every way a JPEG can."""
    image = Image.new("RGB", (300, 200), "green")
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F], exif[0x0132], exif[0x9286] = SECRET, "2026:11:22 08:00:00", SECRET
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (33.0, 38.0, 40.0), 3: "E", 4: (115.0, 10.0, 38.0)})
    buffer = io.BytesIO()
    image.save(
        buffer,
        "JPEG",
        exif=exif,
        comment=SECRET.encode(),
        xmp=f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode(),
        icc_profile=SECRET.encode(),
    )
    return buffer.getvalue()


def test_place_time_and_owner_are_gone_and_the_picture_is_upright() -> None:
    data = _telling_photo()
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(GPS_IFD)
    photo = _clean(data)
    assert (photo.width, photo.height) == (200, 300)
    for written in (photo.jpeg, photo.thumb):
        image = _open(written)
        assert not image.getexif()
        assert not set(image.info) & {"exif", "comment", "icc_profile", "xmp", "photoshop"}
        assert SECRET.encode() not in written
        assert b"Exif" not in written


def test_notes_in_a_png_are_gone() -> None:
    text_chunk = b"tEXtComment\x00" + SECRET.encode()
    chunk = struct.pack(">I", len(text_chunk) - 4) + text_chunk + struct.pack(">I", zlib.crc32(text_chunk))
    plain = _picture("PNG")
    assert SECRET.encode() not in _clean(plain[:33] + chunk + plain[33:]).jpeg


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_script_hidden_behind_a_picture_is_gone(kind: str) -> None:
    photo = _clean(_picture(kind) + SCRIPT, "photo.html")
    assert b"script" not in photo.jpeg + photo.thumb
    assert photo.jpeg.startswith(b"\xff\xd8\xff")
    assert photo.jpeg.endswith(b"\xff\xd9")


def test_a_script_inside_a_comment_is_gone() -> None:
    assert b"script" not in _clean(_picture(comment=SCRIPT)).jpeg


# --- what is refused


@pytest.mark.parametrize(
    "data",
    [
        SCRIPT,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"%PDF-1.7\n%",
        b"PK\x03\x04" + b"\x00" * 64,
        b"MZ" + b"\x00" * 64,
        b"\x00" * 512,
        "路灯坏了".encode(),
    ],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(data: bytes) -> None:
    assert _refusal(data, "photo.png").code == "not_a_photo"


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "PPM"])
def test_kinds_outside_the_list_are_refused(kind: str) -> None:
    assert _refusal(_picture(kind)).code == "not_a_photo"


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"avif"])
def test_heic_is_refused_with_what_to_do(brand: bytes) -> None:
    refusal = _refusal(struct.pack(">I", 24) + b"ftyp" + brand + b"\x00" * 200, "IMG_0001.HEIC")
    assert refusal.code == "heic"
    assert "JPEG" in refusal.message


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_photo_is_refused(kind: str) -> None:
    image = Image.effect_noise((400, 300), 80).convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, kind)
    data = buffer.getvalue()
    assert _refusal(data[: len(data) // 2]).code in {"damaged", "not_a_photo"}


def test_a_photo_over_the_limit_is_refused_without_reading_it() -> None:
    upload = _upload(b"x")
    upload.size = 30 * 1024 * 1024
    with pytest.raises(ValidationError, match="不能超过 12 MB"):
        clean_photo(upload)
    assert upload.tell() == 0


def test_a_photo_that_lies_about_its_size_is_refused(settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 1024 * 1024
    upload = _upload(_picture() + b"\x00" * (1024 * 1024))
    upload.size = 10
    with pytest.raises(ValidationError, match="不能超过 1 MB"):
        clean_photo(upload)


def test_thirty_megabytes_are_refused() -> None:
    assert _refusal(_picture() + bytes(30 * 1024 * 1024)).code == "too_large"


def test_an_empty_file_is_refused() -> None:
    assert _refusal(b"").code == "empty"


def _png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises `width` × `height` pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\x00" * 1000)
    chunks = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (header, body, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("size", [(4001, 4000), (10_000, 9_000), (60_000, 60_000), (1, 60_000), (2**31 - 1, 9)])
def test_a_pixel_bomb_is_refused_before_it_is_decoded(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("decoded"))
    assert _refusal(_png_that_claims(*size)).code == "too_many_pixels"


def test_the_largest_allowed_header_with_too_little_data_is_refused() -> None:
    assert _refusal(_png_that_claims(5000, MAX_PIXELS // 5000)).code == "damaged"


def test_a_text_bomb_in_a_png_is_refused() -> None:
    bomb = b"zTXtComment\x00\x00" + zlib.compress(b"\x00" * 100_000_000)
    chunk = struct.pack(">I", len(bomb) - 4) + bomb + struct.pack(">I", zlib.crc32(bomb))
    plain = _picture("PNG")
    assert _refusal(plain[:33] + chunk + plain[33:]).code in {"not_a_photo", "damaged"}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_bytes_are_refused_or_cleaned_but_never_crash() -> None:
    data = bytearray(_telling_photo())
    for position in range(2, min(len(data), 700), 3):
        broken = bytes(data[:position]) + bytes([data[position] ^ 0xFF]) + bytes(data[position + 1 :])
        try:
            assert SECRET.encode() not in _clean(broken).jpeg
        except ValidationError as refusal:
            assert refusal.message.endswith("。")  # noqa: PT017


def test_a_photo_with_unreadable_notes_still_passes() -> None:
    assert _clean(_picture(exif=b"Exif\x00\x00MM\x00*\x00\x00\xff\xff garbage")).width == 64


def test_six_photos_at_most() -> None:
    assert PHOTO_MAX_COUNT == 6
