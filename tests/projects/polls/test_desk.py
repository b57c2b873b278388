"""The polls at the desk: opening, printing, closing, mending, the county's numbers; who sees and who may."""

import io
from datetime import date, timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from core.codes import spell
from projects.onetime import OneTimeCode
from projects.polls import workflow
from projects.polls.models import Poll, PollVoice, Verdict
from projects.polls.rulebook import Numbers, numbers_of
from projects.polls.slips import PAGE, slips
from projects.states import State
from stations.prints.sheet import Code, Text
from tests.projects.polls.conftest import OPENED, Booth

LIST, RULES = "/desk/projects/polls/", "/desk/projects/polls/rules/"


def signed_in(booth: Booth, who: str) -> Client:
    client = Client()
    client.force_login(booth.hall.world.users[who])
    return client


def text(response: Any) -> str:
    return response.content.decode()


def running(booth: Booth) -> Poll:
    return booth.open(at=timezone.now())


def read(pdf: bytes) -> list[list[str]]:
    """What an independent reader finds on each page."""
    pages = [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(io.BytesIO(pdf))]
    return [sorted(found.text for found in zxingcpp.read_barcodes(page)) for page in pages]


def test_the_list_leads_from_a_finished_project_to_its_poll(booth: Booth) -> None:
    client = signed_in(booth, "clerk")
    address = f"/desk/projects/{booth.idea.pk}/open_poll/"
    assert address in text(client.get(LIST))
    assert "百分之" in text(client.get(address))
    day = timezone.localdate() + timedelta(days=7)
    answer = client.post(address, {"closes_on": str(day), "question1": "路面平不平", "question3": "亮不亮"})
    poll = Poll.objects.get()
    assert answer["Location"] == poll.get_absolute_url() == f"{LIST}{poll.pk}/"
    assert (poll.closes_on, poll.questions) == (day, ["路面平不平", "亮不亮"])
    page = text(client.get(LIST))
    assert address not in page
    assert "正在评" in page


@pytest.mark.parametrize("typed", [{}, {"closes_on": "x"}, {"closes_on": "2020-01-01"}, {"question1": "很" * 41}])
def test_a_poll_that_cannot_be_opened_keeps_what_was_typed(booth: Booth, typed: dict[str, str]) -> None:
    answer = signed_in(booth, "clerk").post(
        f"/desk/projects/{booth.idea.pk}/open_poll/", {"question2": "亮不亮", **typed}
    )
    assert answer.status_code == 422
    assert "亮不亮" in text(answer)
    assert not Poll.objects.exists()


def test_a_second_one_is_refused_in_words(booth: Booth) -> None:
    running(booth)
    day = timezone.localdate() + timedelta(days=7)
    answer = signed_in(booth, "clerk").post(f"/desk/projects/{booth.idea.pk}/open_poll/", {"closes_on": str(day)})
    assert answer.status_code == 409
    assert "这一件正在评" in text(answer)
    page = signed_in(booth, "clerk").get(f"/desk/projects/{booth.idea.pk}/open_poll/")
    assert page["Location"] == f"/desk/projects/{booth.idea.pk}/work/"  # no form that would be refused


@pytest.mark.parametrize(("who", "status"), [("other_clerk", 404), ("rep", 404), ("leader", 404), ("handler", 403)])
def test_nobody_else_opens_one(booth: Booth, who: str, status: int) -> None:
    client, address = signed_in(booth, who), f"/desk/projects/{booth.idea.pk}/open_poll/"
    assert client.get(address).status_code == client.post(address).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("town_staff", 200), ("county_staff", 200), ("leader", 200), ("rep", 200), ("other_clerk", 404),
     ("handler", 403), ("grid", 403), ("admin", 403)],
)  # fmt: skip
def test_who_sees_a_poll(booth: Booth, who: str, status: int) -> None:
    poll = running(booth)
    assert signed_in(booth, who).get(poll.get_absolute_url()).status_code == status
    for verb in ("hand_out", "evaluate", "report_rectified", "vote"):
        if status != 200:
            assert signed_in(booth, who).post(f"{poll.get_absolute_url()}{verb}/", {}).status_code == status


def test_slips_come_as_a_file_and_each_leads_to_its_own_voice(booth: Booth) -> None:
    poll, client = running(booth), signed_in(booth, "clerk")
    answer = client.post(f"{poll.get_absolute_url()}hand_out/", {"number": "12"})
    assert answer["Content-Type"] == "application/pdf"
    assert (answer["Cache-Control"], OneTimeCode.objects.count()) == ("private, no-store", 12)
    pages = read(answer.content)
    assert [len(page) for page in pages] == [PAGE, 2]
    found = [address for page in pages for address in page]
    assert len(set(found)) == 12
    for address in found[:2]:
        assert address.startswith(f"{settings.SITE_URL}/projects/poll/?code=")
        assert booth.idea.title in text(Client().get(address.removeprefix(settings.SITE_URL)))
    Client().post("/projects/poll/", {"code": found[0].partition("=")[2], "overall": "GOOD"})
    assert PollVoice.objects.get().overall == "GOOD"


def test_a_slip_says_what_it_is_for_and_shows_its_code(booth: Booth) -> None:
    poll = running(booth)
    sheet = slips(poll, ["K7QM4XWD3R"], "https://rd.example")[0]
    words = [shape.words for shape in sheet.shapes if isinstance(shape, Text)]
    assert {"请您来评", spell("K7QM4XWD3R"), "rd.example/projects/poll/"} <= set(words)
    assert booth.idea.title in "".join(words)
    codes = [shape.content for shape in sheet.shapes if isinstance(shape, Code)]
    assert codes == ["https://rd.example/projects/poll/?code=K7QM4XWD3R"]


def test_nothing_of_a_slip_is_wider_than_the_slip(booth: Booth) -> None:
    from stations.prints.sheet import measure  # noqa: PLC0415 - one ruler

    poll = running(booth)
    poll.idea.title = "很长的名字" * 8
    for shape in slips(poll, ["K7QM4XWD3R"] * 10, "https://a-very-long-name.example.gov.cn")[0].shapes:
        if isinstance(shape, Text):
            left = shape.x - {"l": 0, "m": 0.5, "r": 1}[shape.anchor] * measure(shape.words, shape.size)
            assert (left - 10) // 95 == (left + measure(shape.words, shape.size) - 10) // 95, shape.words
            assert shape.y < 10 + 55 * 5


def test_the_wall_leads_to_the_open_door(booth: Booth) -> None:
    poll = running(booth)
    answer = signed_in(booth, "clerk").get(f"{poll.get_absolute_url()}poster.pdf")
    assert read(answer.content) == [[f"{settings.SITE_URL}/projects/{booth.idea.pk}/poll/"]]
    assert signed_in(booth, "rep").get(f"{poll.get_absolute_url()}poster.pdf").status_code == 403


@pytest.mark.parametrize("number", ["", "0", "401", "x"])
def test_so_many_are_not_printed(booth: Booth, number: str) -> None:
    poll = running(booth)
    answer = signed_in(booth, "clerk").post(f"{poll.get_absolute_url()}hand_out/", {"number": number})
    assert answer.status_code == 422
    assert not OneTimeCode.objects.exists()


def test_a_representative_judges_on_his_phone_once(booth: Booth) -> None:
    poll, client = running(booth), signed_in(booth, "rep")
    page = text(client.get(poll.get_absolute_url()))
    assert "您来评" in page
    assert "印纸条" not in page
    assert client.post(f"{poll.get_absolute_url()}vote/", {"words": "还行"}).status_code == 422
    client.post(f"{poll.get_absolute_url()}vote/", {"overall": "FAIR", "q0": "GOOD"})
    assert PollVoice.objects.get().door == "REP"
    page = text(client.get(poll.get_absolute_url()))
    assert "您评过了" in page
    again = client.post(f"{poll.get_absolute_url()}vote/", {"overall": "BAD"})
    assert "您已经评过了" in text(again)
    assert PollVoice.objects.count() == 1
    assert signed_in(booth, "clerk").post(f"{poll.get_absolute_url()}vote/", {"overall": "BAD"}).status_code == 403


def test_no_sum_before_the_end_even_at_the_desk(booth: Booth) -> None:
    poll = running(booth)
    workflow.speak_by_device(poll.pk, at=timezone.now(), said=workflow.Answers("BAD", words="灯不亮"), device="a" * 32)
    page = text(signed_in(booth, "county_staff").get(poll.get_absolute_url()))
    assert "1 人" in page
    assert "灯不亮" not in page
    assert "不满意 1" not in page


def test_closing_publishes_and_shows_the_words_to_colleagues(booth: Booth) -> None:
    poll = booth.open()
    booth.speak(poll, good=11, by_slip=True)
    said = workflow.Answers("BAD", words="晚上有点暗")
    workflow.speak_by_device(poll.pk, at=OPENED, said=said, device="a" * 32)
    client = signed_in(booth, "clerk")
    assert "结束，公布结果" in text(client.get(poll.get_absolute_url()))
    wrong = client.post(f"{poll.get_absolute_url()}evaluate/", {"left": "1"})
    assert (wrong.status_code, Poll.objects.get().closed_at) == (422, None)
    assert "没发出去的最多 0 张" in text(wrong)
    client.post(f"{poll.get_absolute_url()}evaluate/", {"left": "0"})
    poll.refresh_from_db()
    assert poll.verdict == Verdict.GOOD
    page = text(client.get(poll.get_absolute_url()))
    assert "12 人来评" in page
    assert "晚上有点暗" in page
    assert "晚上有点暗" not in text(Client().get(f"/projects/{booth.idea.pk}/"))
    assert client.post(f"{poll.get_absolute_url()}evaluate/", {"left": "0"}).status_code == 409


def test_mending_is_reported_once_and_a_second_poll_is_offered(booth: Booth) -> None:
    poll, client = booth.came_to(1, 0, 9), signed_in(booth, "clerk")
    assert "5 月 6 日" in text(client.get(poll.get_absolute_url()))
    assert client.post(f"{poll.get_absolute_url()}report_rectified/", {"words": ""}).status_code == 422
    client.post(f"{poll.get_absolute_url()}report_rectified/", {"words": "坑填平了。"})
    assert booth.stands() == State.COMPLETED
    assert "整改好了" in text(client.get(LIST))
    assert f"/desk/projects/{booth.idea.pk}/open_poll/" in text(client.get(LIST))


def test_thirty_polls_cost_as_much_as_one(booth: Booth, django_assert_max_num_queries: Any) -> None:
    client = signed_in(booth, "county_staff")
    booth.came_to(0)
    client.get(LIST)
    with django_assert_max_num_queries(30) as few:
        client.get(LIST)
    for number in range(2, 20):
        poll = Poll.objects.order_by("-round").first()
        assert poll is not None
        poll.pk, poll.round = None, number
        poll.save(force_insert=True)
    with django_assert_max_num_queries(len(few)):
        client.get(LIST)


def test_the_countys_numbers_are_changed_with_care(booth: Booth) -> None:
    client = signed_in(booth, "county_staff")
    page = text(client.get(RULES))
    assert 'value="80-10-20"' in page
    typed = {"bar": "85", "least": "20", "rectify_days": "15", "seen": "80-10-20"}
    client.post(RULES, typed)
    assert numbers_of("411625") == Numbers(85, 20, 15)
    assert AuditEntry.objects.filter(action="poll_rule_changed").count() == 1
    late = client.post(RULES, typed | {"bar": "60"})
    assert late.status_code == 409
    assert "刚刚有人改过" in text(late)
    assert 'value="85-20-15"' in text(late)


@pytest.mark.parametrize(
    "typed", [{"bar": "10"}, {"least": "0"}, {"rectify_days": "x"}, {"bar": ""}, {"seen": "x"}, {"seen": "1-²-3"}]
)
def test_numbers_that_make_no_sense(booth: Booth, typed: dict[str, str]) -> None:
    whole = {"bar": "85", "least": "20", "rectify_days": "15", "seen": "80-10-20"}
    assert signed_in(booth, "county_staff").post(RULES, whole | typed).status_code in (409, 422)
    assert numbers_of("411625") == Numbers()


def test_the_projects_own_page_leads_to_its_polls(booth: Booth) -> None:
    client, address = signed_in(booth, "clerk"), f"/desk/projects/{booth.idea.pk}/open_poll/"
    assert address in text(client.get(booth.idea.get_absolute_url()))
    assert address not in text(signed_in(booth, "rep").get(booth.idea.get_absolute_url()))
    poll = running(booth)
    page = text(client.get(booth.idea.get_absolute_url()))
    assert address not in page
    assert f'href="{poll.get_absolute_url()}">第 1 次</a>' in page
    early = booth.hall.idea(State.POOLED)
    assert "满意度测评" not in text(client.get(early.get_absolute_url())).partition("<main")[2]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.COMPLETED, "办完了。哪天请大家来评，定了就写在这里。"),
        (State.RECTIFYING, "正在整改，改好了再请您评。"),
        (State.EVALUATED, "大家评过，满意的人多。"),
        (State.BUILDING, "现在到了“实施”"),
        (State.WITHDRAWN, "您撤回了"),
    ],
)
def test_the_proposer_reads_on_his_page_where_it_is(booth: Booth, state: str, sentence: str) -> None:
    idea = booth.hall.idea(state)
    assert sentence in text(Client().get(f"/projects/ideas/{idea.receipt}/"))


def test_the_proposer_is_led_to_the_poll_while_it_runs(booth: Booth) -> None:
    mine = f"/projects/ideas/{booth.idea.receipt}/"
    door = f'href="/projects/{booth.idea.pk}/poll/"'
    poll = booth.open(at=timezone.now())
    page = text(Client().get(mine))
    assert "办完了，办得好不好，请您来评。" in page
    assert door in page
    Poll.objects.filter(pk=poll.pk).update(opens_on=date(2026, 1, 1), closes_on=date(2026, 1, 2))
    page = text(Client().get(mine))
    assert "办完了，也评完了，结果这几天公布。" in page
    assert door not in page


@pytest.mark.parametrize(
    ("who", "offers"), [("clerk", True), ("county_staff", True), ("leader", False), ("rep", False)]
)
def test_the_list_offers_to_open_one_only_to_whoever_may(booth: Booth, who: str, offers: bool) -> None:
    assert (f"/desk/projects/{booth.idea.pk}/open_poll/" in text(signed_in(booth, who).get(LIST))) == offers
