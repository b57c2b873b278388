"""The disk is full when photos come: a sentence, all that was typed still there, no half row, no half file; as soon as
there is room the same form sends. The operating system refuses for real: this process may write small files only.
"""

import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from opinions import workflow
from opinions.models import HistoryEntry, Opinion, Photo
from opinions.states import State
from tests.opinions.test_public_message import ADDRESS, text_of, typed
from tests.world import WORDS, World


@contextmanager
def hardly_any_room(most: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10**8  # what arrives is read in memory; what is kept goes to the disk
    return tmp_path / "media"


def noise(seed: int) -> SimpleUploadedFile:
    """A photo that no encoder makes small."""
    stored = io.BytesIO()
    Image.frombytes("RGB", (320, 240), Random(seed).randbytes(320 * 240 * 3)).save(stored, "JPEG")
    return SimpleUploadedFile(f"{seed}.jpg", stored.getvalue(), "image/jpeg")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_message_keeps_its_words_and_is_sent_when_there_is_room(client: Client, world: World, media: Path) -> None:
    fields = typed(name="老田", phone="13800001234")
    with hardly_any_room(4096):
        refused = client.post(ADDRESS, fields | {"photos": [noise(1), noise(2)]})
        assert refused.status_code == 422
        assert "照片暂时存不下" in text_of(refused)
        assert WORDS in text_of(refused)
        assert "老田" in text_of(refused)
    assert (Opinion.objects.count(), Photo.objects.count(), HistoryEntry.objects.count()) == (0, 0, 0)
    assert files(media) == []
    assert client.post(ADDRESS, fields | {"photos": [noise(1), noise(2)]}).status_code == 303
    assert (Opinion.objects.count(), Photo.objects.count(), len(files(media))) == (1, 2, 4)


def test_words_alone_are_taken_on_a_full_disk(client: Client, world: World, media: Path) -> None:
    with hardly_any_room(0):
        assert client.post(ADDRESS, typed()).status_code == 303
    assert Opinion.objects.count() == 1


@pytest.mark.parametrize("room", [0, 4096])
def test_a_unit_loses_neither_note_nor_state(world: World, media: Path, room: int) -> None:
    opinion = world.opinion(State.HANDLING)
    lines = opinion.history.count()
    client = Client()
    client.force_login(world.handler)
    note = "现场看过了，明天换灯。"
    with hardly_any_room(room):
        refused = client.post(
            f"/desk/opinions/{opinion.pk}/report_progress/", {"note": note, "is_public": "on", "photos": [noise(3)]}
        )
    assert refused.status_code in (409, 422)
    assert note in text_of(refused)
    assert "照片暂时存不下" in text_of(refused)
    assert (opinion.history.count(), Photo.objects.count(), files(media)) == (lines, 0, [])


def test_of_several_photos_none_stays_when_a_later_one_has_no_room(world: World, media: Path) -> None:
    small = io.BytesIO()
    Image.new("RGB", (64, 48), "navy").save(small, "JPEG")
    opinion = world.opinion(State.HANDLING)
    client = Client()
    client.force_login(world.handler)
    fits = SimpleUploadedFile("fits.jpg", small.getvalue(), "image/jpeg")
    with hardly_any_room(4096):
        client.post(f"/desk/opinions/{opinion.pk}/report_progress/", {"note": "看过了。", "photos": [fits, noise(4)]})
    assert files(media) == []
    workflow.report_progress(opinion.pk, actor=world.handler, at=opinion.changed_at, note="文字照样能写。")
