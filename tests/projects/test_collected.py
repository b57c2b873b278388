"""What the project post collected becomes an idea: once, with its person, tied both ways."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.workflow import NotAllowed
from opinions.models import PostRecord
from opinions.posts import workflow as posts
from projects import links, workflow
from projects.models import ProjectIdea
from projects.states import Source
from tests.opinions.posts.world import TOLD, mate, write
from tests.projects.conftest import Hall
from tests.world import START

ROLES = (
    "clerk", "town_staff", "other_clerk", "county_staff", "leader", "rep", "mate", "grid", "handler", "admin",
    "security", "audit",
)  # fmt: skip
LATER = START + timedelta(hours=1)


@pytest.fixture
def record(hall: Hall) -> PostRecord:
    mate(hall.world)
    return write(hall.world, "PROJECT")


def signed_in(hall: Hall, who: str) -> Client:
    client = Client()
    client.force_login(hall.world.users[who])
    return client


def address(record: PostRecord) -> str:
    return f"/desk/projects/new/?record={record.pk}"


def typed(record: PostRecord, **changes: Any) -> dict[str, Any]:
    given = {"record": str(record.pk), "body": "村口修一个能避雨的候车亭，三百来户等车用得上。"}
    return given | {"region": record.region_id, "location": "二道桥北头", "client_key": str(uuid4())} | changes


def send(client: Client, record: PostRecord, **changes: Any) -> Any:
    return client.post("/desk/projects/new/", typed(record, **changes))


def text(response: Any) -> str:
    return response.content.decode()


def test_from_the_record_to_the_idea_and_back(hall: Hall, record: PostRecord) -> None:
    client = signed_in(hall, "clerk")
    assert address(record) in text(client.get(record.get_absolute_url()))
    form = text(client.get(address(record)))
    for told in ("村口修一个候车亭", "受益的：三百来户", "二道桥北头", "一起带过去"):
        assert told in form
    answer = send(client, record)
    idea = ProjectIdea.objects.get()
    assert answer["Location"] == idea.get_absolute_url()
    assert (idea.source, idea.post_record, idea.station) == (Source.POST, record, hall.world.station)
    assert (idea.name, idea.phone) == TOLD["PROJECT"]["people"][0]
    assert record.get_absolute_url() in text(client.get(idea.get_absolute_url()))
    page = text(client.get(record.get_absolute_url()))
    assert idea.get_absolute_url() in page
    assert address(record) not in page
    assert client.get(address(record))["Location"] == idea.get_absolute_url()


def test_the_person_is_never_shown_on_the_way(hall: Hall, record: PostRecord) -> None:
    client, (name, phone) = signed_in(hall, "clerk"), TOLD["PROJECT"]["people"][0]
    pages = [text(client.get(address(record))), text(send(client, record, region=""))]
    for page in pages:
        assert name not in page
        assert phone not in page


def test_two_presses_and_two_people_make_one(hall: Hall, record: PostRecord) -> None:
    first = send(signed_in(hall, "clerk"), record)
    again = send(signed_in(hall, "rep"), record)
    assert first["Location"] == again["Location"]
    assert ProjectIdea.objects.count() == 1


def test_who_does_not_want_word_is_not_brought_along(hall: Hall) -> None:
    record = write(hall.world, "PROJECT", wants_word=False, people=())
    client = signed_in(hall, "clerk")
    assert "没有带提的人" in text(client.get(address(record)))
    send(client, record)
    idea = ProjectIdea.objects.get()
    assert (idea.name, idea.phone) == ("", "")


@pytest.mark.parametrize("role", ROLES)
def test_who_makes_one(hall: Hall, record: PostRecord, role: str) -> None:
    user = hall.world.users[role]
    may = role in {"clerk", "town_staff", "rep"}
    assert links.takes(user, record) is may
    answer = send(signed_in(hall, role), record)
    assert ProjectIdea.objects.exists() is may
    assert (answer.status_code == 302) is may
    if not may:
        assert answer.status_code in (403, 404)


def test_the_town_that_may_not_read_the_name_carries_none(hall: Hall, record: PostRecord) -> None:
    assert "没有带提的人" in text(signed_in(hall, "town_staff").get(address(record)))
    send(signed_in(hall, "town_staff"), record)
    assert ProjectIdea.objects.get().phone == ""


@pytest.mark.parametrize("kind", ["INFORMATION", "MEDIATION", "LEGAL"])
def test_only_what_the_project_post_collected(hall: Hall, kind: str) -> None:
    record = write(hall.world, kind)
    client = signed_in(hall, "clerk")
    assert "?record=" not in text(client.get(record.get_absolute_url()))
    assert client.get(address(record)).status_code == 404


def test_a_mistake_makes_none(hall: Hall, record: PostRecord) -> None:
    posts.void(record.pk, actor=hall.world.clerk, at=LATER, reason="记重了")
    client = signed_in(hall, "clerk")
    assert "?record=" not in text(client.get(record.get_absolute_url()))
    assert client.get(address(record)).status_code == 403
    assert send(client, record).status_code == 403
    assert not ProjectIdea.objects.exists()


@pytest.mark.parametrize("number", ["0", "999999", "x", "9" * 25, "-1"])
def test_a_forged_number_is_not_found(hall: Hall, number: str) -> None:
    client = signed_in(hall, "clerk")
    assert client.get(f"/desk/projects/new/?record={number}").status_code == 404
    assert client.post("/desk/projects/new/", {"record": number}).status_code == 404


def test_the_database_holds_one_idea_for_a_record_and_only_from_the_post(hall: Hall, record: PostRecord) -> None:
    send(signed_in(hall, "clerk"), record)
    other = hall.idea()
    for values in ({"post_record": record}, {"post_record": write(hall.world, "PROJECT"), "source": "PAPER"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProjectIdea.objects.filter(pk=other.pk).update(**{"source": "POST"} | values)


def test_a_stranger_is_refused_by_the_verb_too(hall: Hall, record: PostRecord) -> None:
    wish = workflow.Wish(body="村口修一个能避雨的候车亭", region=hall.world.village, source="POST", post_record=record)
    with pytest.raises(NotAllowed):
        workflow.propose(actor=hall.world.users["other_clerk"], at=LATER, wish=wish)


def test_the_records_page_asks_no_more_with_an_idea(hall: Hall, record: PostRecord) -> None:
    client = signed_in(hall, "clerk")
    client.get(record.get_absolute_url())
    with CaptureQueriesContext(connection) as before:
        client.get(record.get_absolute_url())
    send(client, record)
    with CaptureQueriesContext(connection) as after:
        client.get(record.get_absolute_url())
    assert len(after) <= len(before) + 2
