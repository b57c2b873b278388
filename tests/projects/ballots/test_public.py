"""票决 on the telephone, and what everybody reads: the code, the ticks, every refusal with what was ticked."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.codes import spell
from projects.ballots import closing, preparing
from projects.ballots.models import BallotVoice
from projects.ballots.public_views import PRESSED
from projects.onetime import WRONG
from tests.projects.ballots.conftest import ENDED, Session

SLIP = "/projects/ballot/"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.delete_pattern("*")


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_slip_is_typed_looked_at_and_voted(session: Session, client: Client) -> None:
    ballot = session.open(places=2)
    code = session.slips(ballot, 1)[0]
    first = client.get(SLIP)
    assert "票上的码" in text(first)
    assert first["Cache-Control"] == "private, no-store"
    look = text(client.post(SLIP, {"code": spell(code).lower(), "look": "1"}))
    assert look.count('type="checkbox"') == 3
    assert not BallotVoice.objects.exists()
    done = client.post(SLIP, {"code": code, "ticks": session.items(ballot, 1, 3)})
    assert (done.status_code, done["Location"]) == (303, f"{SLIP}?said=1")
    assert "投好了" in text(client.get(done["Location"]))
    assert BallotVoice.objects.get().ticks.count() == 2
    assert "投好了" not in text(Client().get(done["Location"]))  # whoever is sent the address has not voted
    again = client.post(SLIP, {"code": code, "ticks": []})
    assert again.status_code == 404
    assert WRONG in text(again)
    assert PRESSED in text(again)  # the line dropped before the answer came: he reads that it may have counted
    assert PRESSED not in text(client.get(SLIP, {"code": code}))


def test_a_scanned_slip_opens_the_same_page_and_no_tick_is_an_abstention(session: Session, client: Client) -> None:
    ballot = session.open()
    code = session.slips(ballot, 1)[0]
    assert session.ideas[0].title in text(client.get(f"{SLIP}?code={code}"))
    assert client.post(SLIP, {"code": code}).status_code == 303
    voice = BallotVoice.objects.get()
    assert (voice.is_valid, voice.ticks.count()) == (True, 0)


def test_too_many_ticks_are_refused_with_the_ticks_kept(session: Session, client: Client) -> None:
    ballot = session.open(places=2)
    code = session.slips(ballot, 1)[0]
    answer = client.post(SLIP, {"code": code, "ticks": session.items(ballot, 1, 2, 3)})
    assert answer.status_code == 422
    assert "您勾了 3 件，最多勾 2 件" in text(answer)
    assert text(answer).count(" checked") == 3
    assert client.post(SLIP, {"code": code, "ticks": ["0"]}).status_code == 422
    assert not BallotVoice.objects.exists()
    assert client.post(SLIP, {"code": code, "ticks": session.items(ballot, 1, 2)}).status_code == 303


@pytest.mark.parametrize(("code", "status"), [("", 422), ("2222222222", 404), ("不是码", 404), ("<b>", 404)])
def test_a_code_that_is_no_code(session: Session, client: Client, code: str, status: int) -> None:
    session.open()
    answer = client.post(SLIP, {"code": code})
    assert answer.status_code == status
    assert "<b>" not in text(answer).partition("<main")[2].partition('class="field"')[0].replace("<b></b>", "")


def test_a_slip_of_a_poll_or_a_ballot_that_is_over_is_a_wrong_one(session: Session, client: Client) -> None:
    from projects import onetime  # noqa: PLC0415 - another box

    ballot = session.open()
    code, other = session.slips(ballot, 1)[0], onetime.make("poll:1", 1)[0]
    preparing.cancel(ballot.pk, actor=session.staff, at=ENDED, reason="会期改了")
    for typed in (code, other):
        answer = client.post(SLIP, {"code": typed})
        assert answer.status_code == 404
        assert WRONG in text(answer)


def test_who_tries_too_many_is_held_up(session: Session, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opinions.public_access.nobody_is_held", lambda: False)
    monkeypatch.setattr("core.limits.spent", lambda *args: [301, 301])
    code = session.slips(session.open(), 1)[0]
    for answer in (client.get(f"{SLIP}?code={code}"), client.post(SLIP, {"code": code})):
        assert answer.status_code == 429
    assert not BallotVoice.objects.exists()


def test_each_wrong_code_counts_and_no_right_one(
    session: Session, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong: list[int] = []
    monkeypatch.setattr("opinions.public_access.count_wrong", lambda request: wrong.append(1))
    code = session.slips(session.open(), 1)[0]
    for typed in ("2222222222", code):
        client.post(SLIP, {"code": typed})
    assert len(wrong) == 1


def test_everybody_reads_the_rule_then_the_numbers(session: Session, client: Client) -> None:
    ballot = session.open(places=2, eligible=5)
    address = f"{SLIP}{ballot.pk}/"
    session.vote(ballot, (1, 2), (1, 3), (1, 2), (2, 3), (1, 3))
    before = text(client.get(address))
    assert "正在票决" in before
    assert "赞成 4 票" not in before
    assert "收回" not in before
    session.close(ballot)
    after = text(client.get(address))
    for said in ("还可以再票决一次", "赞成 4 票", "票数相同，没有定下来", "5 张", "5 人", "有效", "废票"):
        assert said in after
    assert client.get(f"{SLIP}999999/").status_code == 404
    assert client.post(address).status_code == 405


def test_the_projects_public_page_tells_its_ballot(session: Session, client: Client) -> None:
    ballot = session.open(places=1, eligible=5)
    address = f"/projects/{session.ideas[0].pk}/"
    assert "正在由代表票决" in text(client.get(address))
    session.vote(ballot, (1,), (1,), (1,))
    session.close(ballot)
    page = text(client.get(address))
    assert 'href="/projects/ballot/' in page
    assert "代表投票通过" in page  # the story's own line
    lost = text(client.get(f"/projects/{session.ideas[1].pk}/"))
    assert "票决未通过：赞成 0 票，应到 5 人" in lost


def test_one_that_was_called_off_says_why(session: Session, client: Client) -> None:
    ballot = session.open()
    preparing.cancel(ballot.pk, actor=session.staff, at=ENDED, reason="会期改了")
    assert "会期改了" in text(client.get(f"{SLIP}{ballot.pk}/"))
    assert "这次票决取消了：会期改了" in text(client.get(f"/projects/{session.ideas[0].pk}/"))


def test_a_tie_stands_in_the_story_of_a_project(session: Session, client: Client) -> None:
    ballot = session.open(places=2, eligible=6)
    session.vote(ballot, *[(1, 2), (1, 3), (2, 3)] * 2)
    address = session.ideas[0].get_absolute_url().replace("/desk", "")
    assert "没有定下来" not in text(client.get(address))
    session.close(ballot)
    story = text(client.get(address)).partition("从头到现在")[2]
    assert "代表投票，票数相同没有定下来，要再投一次" in story
    assert session.states() == ["ADOPTED"] * 3
    again = session.open(places=1, eligible=5, at=ENDED)
    session.vote(again, (1,), (1,), (1,))
    closing.close(again.pk, actor=session.staff, at=ENDED + timedelta(days=1))
    story = text(client.get(address)).partition("从头到现在")[2]
    assert story.index("要再投一次") < story.index("代表投票通过")
