"""The desk's page of one idea: what it shows to whom, each verb by its form, refusals with everything kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from core.uploads import CleanPhoto
from projects import workflow
from projects.models import ProjectIdea
from projects.states import Source, State
from tests.projects.conftest import PHONE, SUMMARY, TITLE, WORDS, Hall
from tests.world import START

LATER = START + timedelta(hours=1)


def signed_in(hall: Hall, who: str) -> Client:
    client = Client()
    client.force_login(hall.world.users[who])
    return client


def text(response: Any) -> str:
    return response.content.decode()


def public_words(hall: Hall, **changes: Any) -> dict[str, Any]:
    return {"title": TITLE, "summary": SUMMARY, "category": hall.world.category.pk} | changes


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("who", ["clerk", "town_staff", "county_staff", "leader", "rep"])
def test_the_page_opens_for_each_reader_in_each_state(hall: Hall, who: str, state: str) -> None:
    idea = hall.idea(state)
    page = signed_in(hall, who).get(idea.get_absolute_url())
    if who == "rep" and state == State.WITHDRAWN:
        assert page.status_code == 404
        return
    assert page.status_code == 200
    assert WORDS in text(page)
    assert "no-store" in page["Cache-Control"]
    for hidden in ("田大山", PHONE):
        assert hidden not in text(page)


@pytest.mark.parametrize(
    ("who", "status"), [("other_clerk", 404), ("grid", 403), ("handler", 403), ("admin", 403), ("audit", 403)]
)
def test_who_has_nothing_to_do_with_it_does_not_see_it(hall: Hall, who: str, status: int) -> None:
    idea, client = hall.propose(), signed_in(hall, who)
    for tail in ("", "pool/", "shelve/", "reveal/"):
        assert client.get(f"/desk/projects/{idea.pk}/{tail}").status_code in (status, 302 if tail else status)
        assert client.post(f"/desk/projects/{idea.pk}/{tail}", {"reason": "看看"}).status_code in (status, 405)
    idea.refresh_from_db()
    assert idea.state == State.IDEA


def test_staff_see_a_mask_and_a_representative_nothing_of_the_person(hall: Hall) -> None:
    idea = hall.propose()
    assert "138****1234" in text(signed_in(hall, "clerk").get(idea.get_absolute_url()))
    page = text(signed_in(hall, "rep").get(idea.get_absolute_url()))
    assert "****" not in page
    assert idea.receipt[:4] not in page


def test_the_acts_offered_are_those_that_would_be_done(hall: Hall) -> None:
    expected = {
        State.IDEA: {"pool", "shelve", "merge"},
        State.POOLED: {"reword", "shelve", "merge"},
        State.SHELVED: {"pool"},
        State.MERGED: {"unmerge"},
        State.WITHDRAWN: set(),
    }
    for state, verbs in expected.items():
        page = signed_in(hall, "clerk").get(hall.idea(state).get_absolute_url())
        assert {panel.verb for panel in [*page.context["front"], *page.context["folded"]]} == verbs
        page = signed_in(hall, "leader").get(hall.idea(state).get_absolute_url())
        assert [*page.context["front"], *page.context["folded"]] == []


def test_a_lead_is_not_offered_to_be_put_under_another(hall: Hall) -> None:
    merged = hall.idea(State.MERGED)
    page = signed_in(hall, "clerk").get(merged.merged_into.get_absolute_url())
    assert {panel.verb for panel in [*page.context["front"], *page.context["folded"]]} == {"pool", "shelve"}
    assert merged.heading in text(page)


def test_pooling_by_the_form(hall: Hall) -> None:
    idea, client = hall.propose(), signed_in(hall, "clerk")
    answer = client.post(f"/desk/projects/{idea.pk}/pool/", public_words(hall), follow=True)
    assert "收进储备库了" in text(answer)
    idea.refresh_from_db()
    assert (idea.state, idea.title) == (State.POOLED, TITLE)
    assert "群众看到的" in text(answer)


@pytest.mark.parametrize("changes", [{"title": ""}, {"summary": ""}, {"category": ""}, {"title": "长" * 41}])
def test_missing_public_words_are_said_and_the_others_kept(hall: Hall, changes: dict[str, Any]) -> None:
    idea = hall.propose()
    answer = signed_in(hall, "clerk").post(f"/desk/projects/{idea.pk}/pool/", public_words(hall, **changes))
    assert answer.status_code == 422
    kept = {"title": TITLE, "summary": SUMMARY} | changes
    assert kept["title"] in text(answer)
    assert kept["summary"] in text(answer)


def test_mending_shelving_and_taking_up_again(hall: Hall) -> None:
    idea, client = hall.idea(State.POOLED), signed_in(hall, "town_staff")
    client.post(f"/desk/projects/{idea.pk}/reword/", public_words(hall, title="修人行道"))
    assert ProjectIdea.objects.get(pk=idea.pk).title == "修人行道"
    assert client.post(f"/desk/projects/{idea.pk}/shelve/", {"reason": ""}).status_code == 422
    client.post(f"/desk/projects/{idea.pk}/shelve/", {"reason": "等管网。"})
    page = client.get(idea.get_absolute_url())
    assert "重新收进储备库" in text(page)
    client.post(f"/desk/projects/{idea.pk}/pool/", public_words(hall))
    assert ProjectIdea.objects.get(pk=idea.pk).state == State.POOLED


def test_putting_together_by_choice_or_by_receipt(hall: Hall) -> None:
    lead, one, two = hall.idea(State.POOLED), hall.propose(), hall.propose()
    client = signed_in(hall, "clerk")
    page = client.get(one.get_absolute_url())
    assert lead.pk in {row.pk for row in page.context["similar"]}
    client.post(f"/desk/projects/{one.pk}/merge/", {"lead": str(lead.pk)})
    client.post(f"/desk/projects/{two.pk}/merge/", {"receipt": lead.receipt.lower()})
    assert lead.followers.count() == 2
    assert client.post(f"/desk/projects/{one.pk}/unmerge/", {"reason": ""}).status_code == 422
    client.post(f"/desk/projects/{one.pk}/unmerge/", {"reason": "不是一条路"})
    assert lead.followers.get().pk == two.pk


def test_a_representative_reads_no_words_of_what_was_put_together_from_out_of_his_sight(hall: Hall) -> None:
    lead, here = hall.idea(State.POOLED), hall.propose(body="西街口的路灯坏了一排，盼着换成亮的。")
    there = hall.propose(region=hall.world.other_town, body="李家巷的井盖坏了三年没人管，盼着换一换。")
    for one in (here, there):
        workflow.merge(one.pk, actor=hall.world.county_staff, at=LATER, lead_id=lead.pk)
    assert not ProjectIdea.objects.visible_to(hall.world.rep).filter(pk=there.pk).exists()
    page = text(signed_in(hall, "rep").get(lead.get_absolute_url()))
    assert "路灯" in page
    assert "井盖" not in page
    assert "别处也有人提" in page
    assert "井盖" in text(signed_in(hall, "clerk").get(lead.get_absolute_url()))  # he looks after the whole of it


def test_whoever_decides_on_an_idea_comes_back_to_the_same_list(hall: Hall) -> None:
    idea, client, kept = hall.idea(), signed_in(hall, "clerk"), "?tab=all&page=2"
    here = f"/desk/projects/{idea.pk}/"
    assert f'action="{here}shelve/{kept.replace("&", "&amp;")}"' in client.get(here + kept).content.decode()
    assert client.post(f"{here}shelve/{kept}", {"reason": "等管网。"})["Location"] == here + kept


@pytest.mark.parametrize("typed", [{}, {"receipt": "NOSUCH"}, {"lead": "x"}, {"lead": "999999"}])
def test_putting_it_under_nothing_is_refused(hall: Hall, typed: dict[str, str]) -> None:
    idea = hall.propose()
    hall.idea(State.POOLED)
    answer = signed_in(hall, "clerk").post(f"/desk/projects/{idea.pk}/merge/", typed)
    assert answer.status_code == 422
    idea.refresh_from_db()
    assert idea.state == State.IDEA


def test_an_idea_out_of_sight_is_not_found_by_its_receipt(hall: Hall) -> None:
    idea, far = hall.propose(), hall.propose(region=hall.world.other_town)
    answer = signed_in(hall, "clerk").post(f"/desk/projects/{idea.pk}/merge/", {"receipt": far.receipt})
    assert answer.status_code == 422
    assert "没有找到这个回执码" in text(answer)


def test_who_was_slower_reads_how_it_stands_now(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    answer = signed_in(hall, "clerk").post(f"/desk/projects/{idea.pk}/pool/", public_words(hall))
    assert answer.status_code == 409
    assert "现在的状态是“入库”" in text(answer)


def test_a_verb_that_is_not_ones_own_is_refused_on_the_page(hall: Hall) -> None:
    idea = hall.propose()
    for who in ("leader", "rep"):
        answer = signed_in(hall, who).post(f"/desk/projects/{idea.pk}/shelve/", {"reason": "不要"})
        assert answer.status_code == 403
        assert "不归您办" in text(answer)


def test_a_get_of_a_verb_leads_to_the_page(hall: Hall) -> None:
    idea, client = hall.propose(), signed_in(hall, "clerk")
    for verb in ("pool", "reword", "shelve", "merge", "unmerge", "withdraw"):
        assert client.get(f"/desk/projects/{idea.pk}/{verb}/")["Location"] == idea.get_absolute_url()


def test_the_telephone_is_shown_once_for_a_reason(hall: Hall) -> None:
    idea, client = hall.propose(), signed_in(hall, "clerk")
    assert PHONE not in text(client.post(f"/desk/projects/{idea.pk}/reveal/", {"reason": ""}))
    shown = client.post(f"/desk/projects/{idea.pk}/reveal/", {"reason": "问清地点"})
    assert PHONE in text(shown)
    assert "田大山" in text(shown)
    line = AuditEntry.objects.get(action="proposer_revealed")
    assert (line.subject, line.detail) == (f"idea:{idea.pk}", {"reason": "问清地点"})
    assert PHONE not in text(client.get(f"/desk/projects/{idea.pk}/reveal/"))
    assert signed_in(hall, "leader").post(f"/desk/projects/{idea.pk}/reveal/", {"reason": "看看"}).status_code == 403


def test_photos_open_for_readers_alone(hall: Hall) -> None:
    photo = CleanPhoto(b"\xff\xd8jpeg", b"\xff\xd8small", 4, 3, "0" * 64)
    idea = hall.propose(photos=[photo])
    token = idea.photos.get().token
    for tail in ("", "thumb/"):
        address = f"/desk/projects/{idea.pk}/photos/{token}/{tail}"
        assert signed_in(hall, "clerk").get(address).status_code == 200
        assert signed_in(hall, "other_clerk").get(address).status_code == 404
        assert signed_in(hall, "handler").get(address).status_code == 403


def test_a_representative_takes_his_own_back(hall: Hall) -> None:
    idea = hall.propose(actor=hall.world.rep, source=Source.REPRESENTATIVE, phone="", name="")
    client = signed_in(hall, "rep")
    assert "撤回我提的这件" in text(client.get(idea.get_absolute_url()))
    client.post(f"/desk/projects/{idea.pk}/withdraw/")
    assert ProjectIdea.objects.get().state == State.WITHDRAWN


def test_inner_words_are_for_staff(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    workflow.reword(
        idea.pk, actor=hall.world.clerk, at=LATER, title="修路", summary="两米宽。", category=hall.world.category
    )
    assert "原来的标题" in text(signed_in(hall, "leader").get(idea.get_absolute_url()))
    assert "原来的标题" not in text(signed_in(hall, "rep").get(idea.get_absolute_url()))
