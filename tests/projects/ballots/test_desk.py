"""The pages of a ballot at the desk: what each shows and takes, what is refused in words, who opens which."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document

from accounts.models import AuditEntry
from core.codes import spell
from projects.ballots import preparing, voting
from projects.ballots.models import Ballot, BallotVoice, PaperEntry
from projects.ballots.slips import A5, papers
from projects.files import WORD
from projects.models import ProjectIdea
from projects.onetime import OneTimeCode
from stations.prints.sheet import Code, Text, measure
from tests.projects.ballots.conftest import ENDED, Session

LIST = "/desk/projects/ballots/"
COUNTY = {"county_staff": 200, "leader": 200}


def signed_in(session: Session, who: str = "county_staff") -> Client:
    client = Client()
    client.force_login(session.second if who == "second" else session.hall.world.users[who])
    return client


def text(response: Any) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_the_list_says_how_each_came_out(session: Session) -> None:
    client = signed_in(session)
    assert "还没有票决过" in text(client.get(LIST))
    ballot = session.open(places=1, eligible=5)
    assert "3 件选 1 件" in text(client.get(LIST))
    session.vote(ballot, (1,), (1,), (1,))
    session.close(ballot)
    assert "3 件选 1 件，通过 1 件" in text(client.get(LIST))


def test_a_ballot_is_begun_from_the_form(session: Session) -> None:
    client = signed_in(session)
    page = client.get(f"{LIST}new/").content.decode()
    assert page.count('name="ideas"') == 3
    chosen = [idea.pk for idea in session.ideas[:2]]
    answer = client.post(f"{LIST}new/", {"title": "票决", "ideas": chosen, "places": 1, "eligible": 9})
    ballot = Ballot.objects.get()
    assert answer["Location"] == ballot.get_absolute_url() == f"{LIST}{ballot.pk}/"
    assert list(ballot.items.values_list("idea_id", flat=True)) == chosen
    assert (ballot.region_id, ballot.year) == (session.hall.world.county.pk, session.ideas[0].year)
    assert "没有够票决的项目" in text(client.get(f"{LIST}new/"))


def test_the_report_is_for_the_file_and_holds_sums_alone(session: Session) -> None:
    ballot, client = session.open(places=1, eligible=5), signed_in(session, "leader")
    word = f"{ballot.get_absolute_url()}word/"
    codes = session.vote(ballot, (2,), (2,), (2,), (1,))
    assert "公布结果以后才有报告单" in text(client.post(word, follow=True))
    assert "word/" not in client.get(ballot.get_absolute_url()).content.decode()
    closed = session.close(ballot)
    assert word in client.get(ballot.get_absolute_url()).content.decode()
    assert client.get(word)["Location"] == ballot.get_absolute_url()
    answer = client.post(word)
    assert answer["Content-Type"] == WORD
    paper = Document(BytesIO(answer.content))
    rows = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert rows[0] == ["序号", "项目", "赞成（票）", "结果"]
    assert [row[2:] for row in rows[1:]] == [["3", "通过"], ["1", "没有通过"], ["0", "没有通过"]]
    said = "\n".join(one.text for one in paper.paragraphs)
    for words in ("应到 5 人，发出 4 张，收回 4 张，有效 4 张，废票 0 张。", "监票人（签名）", "2026 年", closed.title):
        assert words in said
    assert not any(code in said for code in codes)
    assert AuditEntry.objects.get(action="ballot_exported").subject == f"ballot:{ballot.pk}"


@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("rep", 403), ("admin", 403), ("handler", 403)])
def test_the_report_is_the_countys(session: Session, who: str, status: int) -> None:
    ballot = session.open()
    assert signed_in(session, who).post(f"{ballot.get_absolute_url()}word/").status_code == status


@pytest.mark.parametrize(
    "change", [{"title": ""}, {"ideas": []}, {"ideas": ["x"]}, {"places": "5"}, {"eligible": "3"}, {"places": ""}]
)
def test_what_is_wrong_is_said_and_the_rest_kept(session: Session, change: dict[str, Any]) -> None:
    ideas = [idea.pk for idea in session.ideas[:2]]
    typed = {"title": "第一次票决", "ideas": ideas, "places": "1", "eligible": "7"} | change
    answer = signed_in(session).post(f"{LIST}new/", typed)
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()
    assert change.get("title", "第一次票决") in answer.content.decode()
    assert not Ballot.objects.exists()


def test_while_it_runs_the_page_shows_participation_and_no_voice(session: Session) -> None:
    ballot = session.open(eligible=7)
    code, *_ = session.slips(ballot, 5)
    voting.vote(code, ticks=session.items(ballot, 1))
    for who in COUNTY:
        page = text(signed_in(session, who).get(ballot.get_absolute_url()))
        assert "印了5 张" in page
        assert "收回1 张" in page
        assert "赞成 " not in page
        assert "票" in page
    assert "印票" not in text(signed_in(session, "leader").get(ballot.get_absolute_url()))
    assert signed_in(session).get(f"{ballot.get_absolute_url()}recount/").status_code == 302


def test_papers_are_printed_once_for_two_presses(session: Session) -> None:
    ballot, client = session.open(eligible=5), signed_in(session)
    page = client.get(ballot.get_absolute_url()).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    typed = {"number": "4", "key": key[1] if key else ""}
    files = [client.post(f"{ballot.get_absolute_url()}print/", typed) for _ in range(2)]
    assert [file["Content-Type"] for file in files] == ["application/pdf"] * 2
    assert "no-store" in files[0]["Cache-Control"]
    assert OneTimeCode.objects.count() == 4
    refused = client.post(f"{ballot.get_absolute_url()}print/", {"number": "4"})
    assert refused.status_code == 422
    assert "还能印 1 张" in text(refused)
    assert client.post(f"{ballot.get_absolute_url()}print/", {"number": "x"}).status_code == 422


def test_a_paper_holds_the_candidates_and_leads_to_the_telephone(session: Session) -> None:
    ballot = session.open()
    ProjectIdea.objects.filter(pk=session.ideas[0].pk).update(title="很长的名字" * 8)
    sheet = papers(ballot, ["K7QM4XWD3R"], "https://a-very-long-name.example.gov.cn")[0]
    said = [shape for shape in sheet.shapes if isinstance(shape, Text)]
    assert {spell("K7QM4XWD3R"), ballot.title} <= {shape.words for shape in said}
    assert sum(shape.words[:2] in ("1.", "2.", "3.") for shape in said) == 3
    codes = [shape.content for shape in sheet.shapes if isinstance(shape, Code)]
    assert codes == ["https://a-very-long-name.example.gov.cn/projects/ballot/?code=K7QM4XWD3R"]
    for shape in said:
        left = shape.x - {"l": 0, "m": 0.5, "r": 1}[shape.anchor] * measure(shape.words, shape.size)
        assert left >= 10, shape.words
        assert left + measure(shape.words, shape.size) <= A5[0] - 10, shape.words
        assert shape.y < A5[1] - 5


def test_twenty_candidates_stay_above_the_foot(session: Session) -> None:
    ballot = session.open()
    item = ballot.items.get(position=1)
    sheet = papers(ballot, ["K7QM4XWD3R"], "https://rd.example")[0]
    few = max(shape.y for shape in sheet.shapes if isinstance(shape, Text) and shape.words.startswith("3."))
    assert few < 162
    assert item.idea.title in "".join(shape.words for shape in sheet.shapes if isinstance(shape, Text))


def test_two_clerks_enter_a_paper(session: Session) -> None:
    ballot = session.open(places=2)
    code = session.slips(ballot, 1)[0]
    address, one, two = f"{ballot.get_absolute_url()}paper/", signed_in(session), signed_in(session, "second")
    typed = {"code": spell(code).lower(), "ticks": session.items(ballot, 1, 2)}
    assert "第一遍记下了" in text(one.post(address, typed, follow=True))
    assert "1 张等第二个人登记" in text(two.get(address))
    other = text(two.post(address, typed | {"ticks": session.items(ballot, 3)}, follow=True))
    assert "两遍登记的不一样" in other
    assert "1 张两遍不一样" in text(one.get(address))
    assert "1 张纸票，要再读一遍" in text(one.get(ballot.get_absolute_url()))
    assert not BallotVoice.objects.exists()
    assert "记成一张票了" in text(two.post(address, typed, follow=True))
    assert BallotVoice.objects.get().ticks.count() == 2
    again = one.post(address, typed)
    assert again.status_code == 409
    assert "也可能已经用过了" in text(again)
    assert "找站点的工作人员" not in text(again)  # it is the county's own staff that reads this
    assert again.content.decode().count(" checked") == 2  # the ticks are kept


@pytest.mark.parametrize("typed", [{}, {"code": ""}, {"code": "x", "ticks": ["0"]}])
def test_a_paper_without_code_is_not_taken(session: Session, typed: dict[str, Any]) -> None:
    ballot = session.open()
    answer = signed_in(session).post(f"{ballot.get_absolute_url()}paper/", typed)
    assert answer.status_code == 422
    assert not PaperEntry.objects.exists()


def test_the_close_waits_for_papers_and_then_publishes(session: Session) -> None:
    ballot, client = session.open(places=1, eligible=5), signed_in(session)
    here = ballot.get_absolute_url()
    session.vote(ballot, (1,), (1,), (1,))
    session.paper(ballot, session.slips(ballot, 1)[0], 1)
    refused = client.post(f"{here}close/", {"left": "0"})
    assert refused.status_code == 409
    assert "有 1 张纸票两个人还没有对上" in text(refused)
    assert client.post(f"{here}discard/", {"reason": ""}).status_code == 422
    assert client.post(f"{here}discard/", {"reason": "纸破了"})["Location"] == here
    assert client.post(f"{here}close/", {"left": "9"}).status_code == 422
    page = text(client.post(f"{here}close/", {"left": "1"}, follow=True))
    assert "结果公布了" in page
    assert "赞成 3 票" in page
    assert "发出3 张" in page
    assert "公布结果" not in page.partition("结果公布了")[2]
    recount = text(client.get(f"{here}recount/"))
    assert "和公布的一样" in recount
    assert "重新点 3 票" in recount
    assert client.get(f"{here}paper/")["Location"] == here


def test_a_recount_that_differs_says_so(session: Session) -> None:
    ballot = session.open(places=1, eligible=5)
    session.vote(ballot, (1,), (1,), (1,))
    session.close(ballot)
    Ballot.objects.filter(pk=ballot.pk).update(valid=2, invalid=1)
    assert "和公布的不一样" in text(signed_in(session).get(f"{ballot.get_absolute_url()}recount/"))


def test_calling_it_off(session: Session) -> None:
    ballot, client = session.open(), signed_in(session)
    assert client.post(f"{ballot.get_absolute_url()}cancel/", {"reason": " "}).status_code == 422
    page = text(client.post(f"{ballot.get_absolute_url()}cancel/", {"reason": "会期改了"}, follow=True))
    assert "取消了：会期改了" in page
    assert session.states() == ["ADOPTED"] * 3


@pytest.mark.parametrize("who", ["clerk", "town_staff", "rep", "handler", "grid", "admin", "leader", "county_staff"])
def test_who_opens_which_page(session: Session, who: str) -> None:
    ballot, client = session.open(), signed_in(session, who)
    here = ballot.get_absolute_url()
    assert client.get(here).status_code == COUNTY.get(who, 403)
    assert client.get(LIST).status_code == COUNTY.get(who, 403)
    assert client.get(f"{here}paper/").status_code == (200 if who == "county_staff" else 403)
    if who != "county_staff":
        for verb in ("print", "discard", "close", "cancel", "paper"):
            assert client.post(f"{here}{verb}/", {"number": "1", "reason": "x", "left": "0"}).status_code == 403
    assert session.states() == ["ADOPTED"] * 3


def test_out_of_sight_is_not_found(session: Session) -> None:
    ballot = session.open()
    session.second.grants_set.update(region_code="411627")
    for page in ("", "paper/", "recount/"):
        assert signed_in(session, "second").get(f"{ballot.get_absolute_url()}{page}").status_code == 404


def test_the_list_and_a_ballot_cost_the_same_for_few_and_many(session: Session) -> None:
    client, costs = signed_in(session), []
    ballot = session.open(eligible=40)
    for voices in (1, 6):
        session.vote(ballot, *[(1,)] * voices)
        preparing.cancel(session.open(places=1, ideas=more(session)).pk, actor=session.staff, at=ENDED, reason="改期")
        found = []
        for address in (LIST, ballot.get_absolute_url(), f"/desk/projects/{session.ideas[0].pk}/"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found.append(len(queries))
        costs.append(found)
    assert costs[0] == costs[1]


def more(session: Session) -> list[int]:
    return [session.hall.idea("ADOPTED").pk for _ in range(2)]


def test_the_projects_desk_page_leads_to_its_ballot(session: Session) -> None:
    ballot = session.open()
    page = signed_in(session).get(f"/desk/projects/{session.ideas[0].pk}/").content.decode()
    assert ballot.get_absolute_url() in page
    page = signed_in(session, "clerk").get(f"/desk/projects/{session.ideas[0].pk}/").content.decode()
    assert ballot.get_absolute_url() not in page
    assert f"/projects/ballot/{ballot.pk}/" in page
