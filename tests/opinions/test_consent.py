"""One number of the privacy notice: on the notice, beside the tick, with the message, in the demo."""

import re
from pathlib import Path

import pytest
from django.test import Client

from opinions import consent
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_in_words_is_the_stored_one() -> None:
    year, number = re.findall(r"\d+", consent.WORDS)
    assert f"{year}-{number}" == consent.VERSION


@pytest.mark.parametrize("address", ["/privacy/", "/s/mingnan/message/"])
def test_the_notice_and_the_tick_say_the_same_version(client: Client, world: World, address: str) -> None:
    assert consent.WORDS in client.get(address).content.decode()


def test_no_other_place_writes_the_version_down() -> None:
    files = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("opinions/**/*.py"), *ROOT.glob("dashboards/**/*.py")]
    spelled = [path.name for path in files if re.search(r"第 ?\d+ ?版|consent_version=\"", path.read_text("utf-8"))]
    assert spelled == []
