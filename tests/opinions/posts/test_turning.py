"""A record that is a matter for a unit becomes one, once, and nobody's name is shown on the way."""

import uuid
from typing import Any

from django.utils import timezone

from opinions.models import PostRecord
from opinions.posts import workflow
from tests.opinions.posts.test_views import SECRETS, now_written, text
from tests.world import World


def matter(world: World, **values: Any) -> dict[str, Any]:
    return {
        "channel": "WINDOW", "station": world.station.pk, "name": "", "phone": "", "body": "村口修一个候车亭",
        "region": world.village.pk, "how": "later", "kind": "ORDINARY", "hide_identity": "on", "people": 1,
        "category": world.category.pk, "client_key": str(uuid.uuid4()),
    } | values  # fmt: skip


def test_a_record_becomes_a_matter_once(world: World, at_desk: Any) -> None:
    row = now_written(world, "PROJECT")
    client, address = at_desk(), f"/desk/posts/{row.pk}/turn/"
    page = text(client.get(address))
    for words in ("村口修一个候车亭", "二道桥北头", "欧** 139****5670"):
        assert words in page
    assert not [secret for secret in SECRETS if secret in page]
    person = row.people.get()
    first = client.post(address, matter(world, who=person.pk))
    row.refresh_from_db()
    opinion = row.opinion
    assert opinion is not None
    assert (first.status_code, first["Location"]) == (302, opinion.get_absolute_url())
    assert (opinion.name, opinion.phone, opinion.state) == ("欧阳金丝雀", "13912345670", "ACCEPTED")
    second = client.post(address, matter(world, body="又点了一次"))
    assert second["Location"] == opinion.get_absolute_url()
    assert client.get(address)["Location"] == row.get_absolute_url()
    assert type(opinion).objects.count() == 1
    page = text(client.get(row.get_absolute_url()))
    assert opinion.get_absolute_url() in page
    assert "转成了意见" in page


def test_what_is_typed_beats_the_record_and_nobody_may_be_named(world: World, at_desk: Any) -> None:
    row = now_written(world, "MEDIATION")
    client = at_desk()
    assert 'value="" selected' in text(client.get(f"/desk/posts/{row.pk}/turn/"))
    client.post(f"/desk/posts/{row.pk}/turn/", matter(world, who=row.people.first().pk, phone="13800007777"))  # type: ignore[union-attr]
    made = PostRecord.objects.get(pk=row.pk).opinion
    assert made is not None
    assert (made.name, made.phone) == ("欧阳金丝雀", "13800007777")
    other = now_written(world, "MEDIATION", subject="又一件")
    client.post(f"/desk/posts/{other.pk}/turn/", matter(world, who=""))
    assert PostRecord.objects.get(pk=other.pk).opinion.name == ""  # type: ignore[union-attr]


def test_a_form_that_is_not_whole_makes_no_matter(world: World, at_desk: Any) -> None:
    row = now_written(world)
    address = f"/desk/posts/{row.pk}/turn/"
    for wrong in ({"body": ""}, {"who": "999"}, {"category": "", "body": "一件说不清的事"}):
        answer = at_desk().post(address, matter(world, **wrong))
        assert answer.status_code == 422, wrong
    assert PostRecord.objects.get().opinion is None


def test_who_may_turn(world: World, at_desk: Any) -> None:
    row = now_written(world, "PROJECT")
    address = f"/desk/posts/{row.pk}/turn/"
    for who, status in (("town_staff", 200), ("rep", 200), ("county_staff", 403), ("leader", 403), ("handler", 404)):
        assert at_desk(who).get(address).status_code == status, who
    assert "139****5670" not in text(at_desk("town_staff").get(address))
    at_desk("rep").post(address, matter(world))
    made = PostRecord.objects.get().opinion
    assert made is not None
    assert (made.state, made.recorded_by) == ("SUBMITTED", world.rep)


def test_a_void_record_is_not_turned(world: World, at_desk: Any) -> None:
    row = now_written(world)
    workflow.void(row.pk, actor=world.clerk, at=timezone.now(), reason="记错")
    assert at_desk().post(f"/desk/posts/{row.pk}/turn/", matter(world)).status_code == 422
    assert PostRecord.objects.get().opinion is None
