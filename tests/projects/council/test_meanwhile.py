"""While a meeting sits: who left office, what units still owe, and what nobody may read from the averages yet."""

from datetime import date

from django.test import Client
from django.urls import reverse

from projects.council import asking
from projects.council.models import Council
from stations.models import Service
from tests.projects.council.conftest import HOUR, OPENED, Table, marks
from tests.projects.council.test_pages import signed_in, text

LEFT = date(2026, 4, 1)


def test_whoever_left_office_after_scoring_hinders_no_change(table: Table) -> None:
    council, items = table.opened()
    table.score(council, "rep", {items[0].pk: marks()})
    Service.objects.filter(representative=table.people["rep"]).update(until=LEFT)
    client, address = signed_in(table, "clerk"), reverse("projects:council_change", args=[council.pk])
    shown = client.get(address).context["form"]
    assert table.people["rep"] in shown.fields["invited"].queryset
    data = {
        "title": "改了名",
        "day": "2026-04-11",
        "place": "一楼",
        "chair": "主任",
        "invited": shown["invited"].value(),
    }
    assert client.post(address, data).status_code == 302
    assert Council.objects.get().title == "改了名"
    assert council.seats.count() == 3


def test_nobody_who_left_is_invited_anew(table: Table) -> None:
    council = table.council(invited=[table.people["paper"]])
    Service.objects.filter(representative=table.people["rep"]).update(until=LEFT)
    shown = signed_in(table, "clerk").get(reverse("projects:council_change", args=[council.pk])).context["form"]
    assert set(shown.fields["invited"].queryset) == {table.people["paper"], table.people["second"]}


def test_a_unit_reads_first_what_still_waits_for_its_answer(table: Table) -> None:
    council, items = table.opened(3)
    world = table.hall.world
    asked = [
        asking.ask(council.pk, actor=world.clerk, at=OPENED + n * HOUR, item_id=item.pk, unit=world.unit)
        for n, item in enumerate(items)
    ]
    asking.answer(asked[2].pk, actor=world.handler, at=OPENED + 4 * HOUR, verdict="YES", words="行。", cost=None)
    page = signed_in(table, "handler").get(reverse("projects:feasibility_list"))
    assert [row.pk for row in page.context["page"]] == [asked[1].pk, asked[0].pk, asked[2].pk]
    table.close(council, "LATER", "LATER", "LATER")  # what was never answered waits no more
    page = signed_in(table, "handler").get(reverse("projects:feasibility_list"))
    assert [row.pk for row in page.context["page"]] == [asked[2].pk, asked[1].pk, asked[0].pk]


def _reads(client: Client, council: Council) -> bool:
    page = text(client.get(council.get_absolute_url()))
    assert "2 人打分" in page
    return "综合" in page


def test_no_average_is_watched_while_the_others_score(table: Table) -> None:
    """Whoever sees an average move when one more has scored knows what that one gave."""
    council, items = table.opened()
    for who in ("rep", "second"):
        table.score(council, who, {items[0].pk: marks()})
    readers = [signed_in(table, who) for who in ("rep", "second", "clerk", "county_staff")]
    assert not any(_reads(one, council) for one in readers)
    assert "综合" in text(signed_in(table, "clerk").get(reverse("projects:council_close", args=[council.pk])))
    table.close(council, "LATER")
    assert all(_reads(one, council) for one in readers)
