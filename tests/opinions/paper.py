"""What the tests of the paper book share: a photo, a page, a line as it is typed."""

import io
import uuid
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from core.uploads import CleanPhoto
from core.workdays import local_date
from opinions import books
from opinions.models import BookPage
from tests.world import WORDS, World

BOOK = "/desk/opinions/book/"
PHOTO = CleanPhoto(b"\xff\xd8jpeg", b"", 40, 30, "0" * 64)


def picture(colour: str = "white", size: tuple[int, int] = (60, 80)) -> SimpleUploadedFile:
    """A photo as a telephone makes it, with the place it was taken at."""
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (33.0, 38.0, 0.0)}
    exif[0x010F] = "secret-camera"
    Image.new("RGB", size, colour).save(made, "JPEG", exif=exif)
    return SimpleUploadedFile("page.jpg", made.getvalue(), "image/jpeg")


def page_of(world: World, who: str = "clerk", number: int = 3, book: str = "1") -> BookPage:
    return books.add_page(
        station=world.station, book=book, page=number, photos=[PHOTO], actor=world.users[who], at=timezone.now()
    )[0]


def typed(world: World, **values: Any) -> dict[str, Any]:
    return {
        "line": 1, "written_on": (local_date(timezone.now()) - timedelta(days=5)).isoformat(), "writer": "self",
        "body": WORDS, "region": world.village.pk, "location": "二巷 14 号门前", "name": "李大娘",
        "phone": "138 0000 7742", "how": "unit", "kind": "ORDINARY", "hide_identity": "on", "people": 1,
        "client_key": str(uuid.uuid4()),
    } | values  # fmt: skip
