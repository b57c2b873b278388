"""What a device gets that works without network: a key for one person, a form of nobody, answers as data."""

import base64
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.codes import spell
from opinions.models import BookLine, Opinion
from opinions.views import offline
from tests.opinions.paper import page_of, typed
from tests.world import WORDS, World

NEW, SESSION, SHELL = "/desk/opinions/new/", "/desk/opinions/new/session/", "/desk/opinions/new/shell/"
DATA = {"headers": {"Accept": "application/json"}}
QUEUED = {"headers": {"Accept": "application/json", "X-Queued": "1"}}


def visit(world: World, **values: Any) -> dict[str, Any]:
    return {
        "channel": "WINDOW", "station": world.station.pk, "name": "李大娘", "phone": "138 0000 7742", "body": WORDS,
        "how": "unit", "kind": "ORDINARY", "hide_identity": "on", "client_key": str(uuid.uuid4()),
    } | values  # fmt: skip


def handed(client: Client) -> dict[str, Any]:
    return client.get(SESSION).json()


def test_the_key_is_one_persons_and_the_same_when_he_comes_back(world: World, at_desk: Any) -> None:
    mine, again, other = handed(at_desk()), handed(at_desk()), handed(at_desk("town_staff"))
    assert len(base64.b64decode(mine["key"])) == 32
    assert (mine["key"], mine["owner"]) == (again["key"], again["owner"])
    assert mine["key"] != other["key"]
    assert mine["owner"] != other["owner"]


def test_the_key_comes_from_the_servers_secret(world: World, at_desk: Any, settings: Any) -> None:
    before = handed(at_desk())["key"]
    settings.HASH_KEY = "another secret of another installation"
    assert handed(at_desk())["key"] != before


def test_the_key_is_kept_by_no_cache_and_says_nobodys_name(world: World, at_desk: Any) -> None:
    answer = at_desk().get(SESSION)
    assert "no-store" in answer["Cache-Control"]
    told = answer.json()
    assert set(told) == {"owner", "key", "hours", "token"}
    assert told["hours"] * 3600 == settings.SESSION_COOKIE_AGE
    assert "clerk" not in answer.content.decode()


def test_the_token_opens_the_form(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.clerk)
    token = handed(client)["token"]
    assert client.post(NEW, visit(world), **DATA).status_code == 403
    assert client.post(NEW, visit(world, csrfmiddlewaretoken=token), **DATA).status_code == 200


@pytest.mark.parametrize("who", ["handler", "leader", "admin", "security", "audit"])
def test_who_records_nothing_gets_no_key(world: World, at_desk: Any, who: str) -> None:
    assert at_desk(who).get(SESSION).status_code == 403


def test_a_visitor_is_sent_to_sign_in_and_gets_no_key(client: Client, world: World) -> None:
    answer = client.get(SESSION)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_the_empty_form_is_the_same_for_everybody(world: World, at_desk: Any, client: Client) -> None:
    page_of(world)
    world.submit()
    nobody, clerk = client.get(SHELL), at_desk().get(SHELL)
    assert nobody.status_code == 200
    assert nobody.content == clerk.content
    html = clerk.content.decode()
    for secret in (world.station.name, "东街社区", world.clerk.name, "csrfmiddlewaretoken", world.unit.short_name):
        assert secret not in html
    assert not nobody.cookies


def test_the_empty_form_asks_the_database_nothing(client: Client, db: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        client.get(SHELL)
        client.get("/desk/worker.js")
    assert len(captured) == 0


def test_the_empty_form_has_every_field_of_the_real_one(world: World, at_desk: Any, client: Client) -> None:
    def names(html: str) -> set[str]:
        return set(re.findall(r'name="(\w+)"', html)) - {"csrfmiddlewaretoken", "viewport", "referrer", "q"}

    assert names(client.get(SHELL).content.decode()) == names(at_desk().get(NEW).content.decode())


def test_the_worker_lies_where_it_reaches_the_desk_and_no_resident(client: Client, db: None) -> None:
    answer = client.get("/desk/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer
    assert "worker-src 'self'" in answer["Content-Security-Policy"]


def test_the_worker_keeps_only_files_of_ours_and_the_empty_form(client: Client, db: None) -> None:
    script = client.get("/desk/worker.js").content.decode()
    files = json.loads(re.search(r"const FILES = (\[.*?\]);", script)[1])  # type: ignore[index]
    assert len(files) == len(offline.SHELL_FILES)
    assert all(address.startswith(settings.STATIC_URL) for address in files)
    assert all(finders.find(address.removeprefix(settings.STATIC_URL)) for address in files)
    assert f'const SHELL = "{SHELL}"' in script
    assert "{%" not in script
    assert "{{" not in script


def test_every_file_the_empty_form_names_is_kept(client: Client, db: None) -> None:
    kept = {f"{settings.STATIC_URL}{name}" for name in offline.SHELL_FILES}
    html = client.get(SHELL).content.decode()
    asked = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    for script in [address for address in asked if address.endswith(".js")]:
        text = Path(finders.find(script.removeprefix(settings.STATIC_URL))).read_text(encoding="utf-8")
        asked |= {f"{settings.STATIC_URL}js/{name}" for name in re.findall(r'from "\./([\w.-]+)"', text)}
    assert asked <= kept


def test_another_form_is_another_version(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def version() -> str:
        return re.search(r"shell-(\w+)", client.get("/desk/worker.js").content.decode())[1]  # type: ignore[index]

    before = version()
    assert version() == before
    monkeypatch.setattr(offline, "_shell", lambda: "<p>another</p>")
    assert version() != before


def test_what_was_stored_is_answered_as_data(world: World, at_desk: Any) -> None:
    answer, row = at_desk().post(NEW, visit(world), **DATA), Opinion.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {
        "receipt": spell(row.receipt),
        "title": row.title,
        "slip": f"/desk/opinions/{row.pk}/slip/",
        "next": f"{NEW}?channel=WINDOW&station={world.station.pk}",
    }


def test_the_same_key_again_has_the_same_answer(world: World, at_desk: Any) -> None:
    data = visit(world)
    first, second = (at_desk().post(NEW, data, **QUEUED).json() for _ in range(2))
    assert first == second
    assert Opinion.objects.count() == 1


def test_printing_leads_to_the_slip(world: World, at_desk: Any) -> None:
    told = at_desk().post(NEW, visit(world, print="1"), **DATA).json()
    assert told["next"] == f"{told['slip']}?print=1"


@pytest.mark.parametrize(("how", "messages"), [(DATA, 1), (QUEUED, 0)])
def test_only_who_waits_for_the_page_gets_its_message(world: World, at_desk: Any, how: Any, messages: int) -> None:
    client = at_desk()
    client.post(NEW, visit(world), **how)
    assert client.get(NEW).content.decode().count("存好了：") == messages


def test_what_is_wrong_is_said_field_by_field(world: World, at_desk: Any) -> None:
    data = visit(world, phone="12345", body="")
    answer = at_desk().post(NEW, data, **DATA)
    told = answer.json()
    assert answer.status_code == 422
    assert [(error["name"], error["label"]) for error in told["errors"]] == [("phone", "电话"), ("body", "说了什么")]
    assert "电话号码不对" in told["errors"][0]["words"]
    assert told["client_key"] == data["client_key"]
    assert Opinion.objects.count() == 0


def test_other_words_under_the_same_key_get_a_key_of_their_own(world: World, at_desk: Any) -> None:
    data, client = visit(world), at_desk()
    client.post(NEW, data, **DATA)
    told = client.post(NEW, data | {"body": "南街的路灯也不亮。"}, **DATA).json()
    row = Opinion.objects.get()
    assert told["earlier"] == {"title": row.title, "page": row.get_absolute_url()}
    assert told["client_key"] != data["client_key"]
    assert "已经送出去了" in told["errors"][0]["words"]
    again = client.post(NEW, data | {"body": "南街的路灯也不亮。", "client_key": told["client_key"]}, **DATA)
    assert again.status_code == 200
    assert Opinion.objects.count() == 2


def test_an_earlier_matter_out_of_sight_is_not_named(world: World, at_desk: Any) -> None:
    data = visit(world)
    at_desk().post(NEW, data, **DATA)
    told = at_desk("grid").post(NEW, data | {"body": "南街的路灯也不亮。", "how": ""}, **DATA).json()
    assert "earlier" not in told
    assert WORDS[:10] not in json.dumps(told, ensure_ascii=False)


def test_a_session_that_ran_out_is_a_redirect_and_writes_nothing(world: World, client: Client) -> None:
    answer = client.post(NEW, visit(world), **QUEUED)
    assert answer.status_code == 302
    assert Opinion.objects.count() == 0


def test_without_script_the_page_answers_as_before(world: World, at_desk: Any) -> None:
    answer = at_desk().post(NEW, visit(world, phone="12345"), headers={"Accept": "text/html"})
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("text/html")


def test_a_line_of_the_book_is_answered_as_data_too(world: World, at_desk: Any) -> None:
    page, client, data = page_of(world), at_desk(), typed(world)
    told = client.post(page.get_absolute_url(), data, **QUEUED).json()
    row = BookLine.objects.get().opinion
    assert (told["receipt"], told["next"]) == (spell(row.receipt), page.get_absolute_url())
    assert client.post(page.get_absolute_url(), data, **QUEUED).json() == told
    taken = client.post(page.get_absolute_url(), typed(world, body="南街的路灯也不亮。"), **QUEUED)
    assert taken.status_code == 422
    assert taken.json()["earlier"]["page"] == row.get_absolute_url()
    assert taken.json()["errors"][0]["name"] == "line"
    wrong = client.post(page.get_absolute_url(), typed(world, line=2, written_on="2999-01-01"), **QUEUED)
    assert wrong.json()["errors"][0]["label"] == "哪天写的"


def test_the_sign_in_page_takes_the_key_away(client: Client, db: None) -> None:
    assert "js/leave.js" in client.get("/accounts/login/").content.decode()
