"""大家评 on the street: both doors, every refusal with what was chosen, nothing counted before the end."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.codes import spell
from core.once import DEVICE
from projects.onetime import WRONG, OneTimeCode
from projects.polls import workflow
from projects.polls.models import Poll, PollVoice
from projects.polls.public_views import PRESSED
from projects.states import State
from tests.projects.polls.conftest import BAD, DURING, OPENED, Booth

SLIP = "/projects/poll/"


def text(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def now(booth: Booth) -> Booth:
    """A poll that runs while the test does."""
    booth.poll = booth.open(at=timezone.now())  # type: ignore[attr-defined]
    return booth


def door(booth: Booth) -> str:
    return f"/projects/{booth.idea.pk}/poll/"


def test_a_telephone_speaks_once(now: Booth, client: Client) -> None:
    page = text(client.get(door(now)))
    assert page.count('type="radio"') == 9
    assert "<script" not in page.partition("<main")[2].partition("</main")[0]
    answer = client.post(door(now), {"overall": "GOOD", "q0": "BAD", "words": "很好"})
    assert (answer.status_code, answer["Location"]) == (303, f"{door(now)}?said=1")
    assert "谢谢您，评好了" in text(client.get(answer["Location"]))
    voice = PollVoice.objects.get()
    assert (voice.overall, voice.answers, voice.words) == ("GOOD", ["BAD", ""], "很好")
    assert "您已经评过了" in text(client.get(door(now)))
    assert "您已经评过了" in text(client.post(door(now), {"overall": "BAD"}))
    assert PollVoice.objects.get().overall == "GOOD"


def test_another_telephone_speaks_for_itself(now: Booth) -> None:
    for _ in range(2):
        Client().post(door(now), {"overall": "GOOD"})
    assert PollVoice.objects.count() == 2


def test_a_forged_mark_is_a_fresh_one(now: Booth, client: Client) -> None:
    client.cookies[DEVICE] = "<script>"
    assert client.post(door(now), {"overall": "GOOD"}).status_code == 303
    assert re.fullmatch("[0-9a-f]{32}", client.cookies[DEVICE].value)


@pytest.mark.parametrize("typed", [{}, {"overall": "BEST"}, {"overall": ""}, {"overall": "GOOD", "q0": "x"}])
def test_what_is_missing_is_said_and_the_rest_is_kept(now: Booth, client: Client, typed: dict[str, str]) -> None:
    answer = client.post(door(now), {**typed, "q1": "FAIR", "words": "路很平"})
    assert answer.status_code == 422
    page = text(answer)
    assert "还差一处" in page
    assert 'value="路很平"' in page
    assert re.search('name="q1" value="FAIR" checked', page)
    assert not PollVoice.objects.exists()


def test_too_much_is_refused_with_the_words_kept(now: Booth, client: Client) -> None:
    answer = client.post(door(now), {"overall": "GOOD", "words": "好" * 301})
    assert answer.status_code == 422
    assert "好" * 301 in text(answer)


def test_without_a_poll_the_door_leads_to_the_project(booth: Booth, client: Client) -> None:
    assert client.get(door(booth))["Location"] == f"/projects/{booth.idea.pk}/"
    booth.open()  # its days are long over
    assert client.post(door(booth), {"overall": "GOOD"})["Location"] == f"/projects/{booth.idea.pk}/"
    assert not PollVoice.objects.exists()
    assert client.get("/projects/999999/poll/").status_code == 404
    hidden = booth.hall.idea(State.IDEA)
    assert client.get(f"/projects/{hidden.pk}/poll/").status_code == 404


def test_a_flood_from_one_address_is_held(now: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.limits.is_allowed", lambda *args, **kwargs: False)
    answer = Client().post(door(now), {"overall": "GOOD"})
    assert answer.status_code == 429
    assert "领一张纸条" in text(answer)


def test_a_slip_is_typed_looked_at_and_spent(now: Booth, client: Client) -> None:
    code = now.slips(now.poll, 1)[0]  # type: ignore[attr-defined]
    assert "纸条上的码" in text(client.get(SLIP))
    looked = text(client.post(SLIP, {"code": spell(code).lower(), "look": "1"}))
    assert now.idea.title in looked
    assert f'name="code" value="{spell(code).lower()}"' in looked
    assert not PollVoice.objects.exists()
    answer = client.post(SLIP, {"code": code, "overall": "FAIR"})
    assert answer["Location"] == f"{door(now)}?said=1"
    assert (PollVoice.objects.get().door, OneTimeCode.objects.get().is_spent) == ("CODE", True)
    again = client.post(SLIP, {"code": code, "overall": "BAD"})
    assert again.status_code == 404
    assert WRONG in text(again)
    assert PRESSED in text(again)  # the line dropped before the thanks came: he reads that it may have counted
    looked = text(client.post(SLIP, {"code": code, "look": "1"}))
    assert WRONG in looked
    assert PRESSED not in looked


def test_whoever_is_sent_the_address_of_the_thanks_is_not_thanked(now: Booth, client: Client) -> None:
    thanks = client.post(door(now), {"overall": "GOOD"})["Location"]
    assert "谢谢您，评好了" in text(client.get(thanks))
    other = text(Client().get(thanks))
    assert "谢谢您" not in other
    assert "就这么评" in other


def test_a_scanned_slip_opens_the_same_page(now: Booth, client: Client) -> None:
    code = now.slips(now.poll, 1)[0]  # type: ignore[attr-defined]
    answer = client.get(f"{SLIP}?code={code}")
    assert now.idea.title in text(answer)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")
    wrong = client.post(SLIP, {"code": code})
    assert wrong.status_code == 422
    assert "请先点一个" in text(wrong)
    assert OneTimeCode.objects.get().is_spent is False


@pytest.mark.parametrize(("typed", "status"), [("", 422), ("2222222222", 404), ("不是码", 404), ("<b>", 404)])
def test_a_code_that_is_no_code(now: Booth, client: Client, typed: str, status: int) -> None:
    answer = client.post(SLIP, {"code": typed, "look": "1"})
    assert answer.status_code == status
    assert "<b>" not in text(answer).partition("<main")[2].partition('role="alert"')[2].partition("</div>")[0].replace(
        "&lt;b&gt;", ""
    )
    assert client.get(f"{SLIP}?code={typed}").status_code == (200 if not typed else 404)


def test_who_tries_too_many_is_held_up(now: Booth, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opinions.public_access.nobody_is_held", lambda: False)
    monkeypatch.setattr("core.limits.spent", lambda *args: [301, 301])
    code = now.slips(now.poll, 1)[0]  # type: ignore[attr-defined]
    for answer in (client.get(f"{SLIP}?code={code}"), client.post(SLIP, {"code": code, "overall": "GOOD"})):
        assert answer.status_code == 429
    assert not PollVoice.objects.exists()


def test_a_slip_of_a_poll_that_is_over_says_so(booth: Booth, client: Client) -> None:
    code = booth.slips(booth.open(), 1)[0]
    answer = client.post(SLIP, {"code": code, "overall": "GOOD"})
    assert answer.status_code == 409
    assert "评议已经结束了" in text(answer)


def test_while_it_runs_the_public_page_asks_and_shows_no_sum(now: Booth, client: Client) -> None:
    now.speak(now.poll, good=7, bad=2)  # type: ignore[attr-defined]
    page = text(client.get(f"/projects/{now.idea.pk}/"))
    assert f'href="{door(now)}"' in page
    assert "人来评" not in page
    assert "不满意" not in page
    assert page.index('id="t-judge"') < page.index('id="t-work"')  # nobody scrolls past the building to be asked


def test_what_should_have_been_mended_by_now_is_said_so(booth: Booth, client: Client) -> None:
    poll = booth.came_to(2, 0, 10)
    for day, words, other in (
        (timezone.localdate(), "正在整改", "整改超期"),
        (timezone.localdate() - timedelta(days=1), "整改超期", "正在整改"),
    ):
        Poll.objects.filter(pk=poll.pk).update(rectify_by=day)
        page = text(client.get(f"/projects/{booth.idea.pk}/"))
        assert f"<b>{words}</b>" in page
        assert other not in page


def test_after_the_last_day_it_says_that_the_sum_is_coming(booth: Booth, client: Client) -> None:
    booth.speak(booth.open(), good=7)
    page = text(client.get(f"/projects/{booth.idea.pk}/"))
    assert "评完了，正在算" in page
    assert "7" not in page.partition("正在算")[2].partition("</section>")[0]


def test_the_result_with_participation_and_slips(booth: Booth, client: Client) -> None:
    poll = booth.open()
    booth.speak(poll, good=8, fair=1, bad=1, by_slip=True)
    booth.slips(poll, 4)
    booth.speak(poll, good=2)
    booth.close(poll, left=3)
    page = text(client.get(f"/projects/{booth.idea.pk}/"))
    assert "12 人来评，11 人满意或基本满意，占百分之 91，达到了。" in page
    assert "纸条印了 14 张，发出 11 张，收回 10 张。" in page


def test_mending_and_the_second_time_stand_side_by_side(booth: Booth, client: Client) -> None:

    first = booth.came_to(2, 0, 10)
    page = text(client.get(f"/projects/{booth.idea.pk}/"))
    assert "没有达到，要整改" in page
    assert "5 月 6 日" in page
    later = OPENED + timedelta(days=10)
    workflow.report_rectified(first.pk, actor=booth.clerk, at=later, words="坑填平了。")
    second = booth.open(at=later + timedelta(hours=1))
    booth.speak(second, good=10)
    booth.close(second)
    page = text(client.get(f"/projects/{booth.idea.pk}/"))
    for words in ("第 1 次大家评得怎么样", "坑填平了。", "第 2 次大家评得怎么样", "占百分之 100，达到了"):
        assert words in page


def test_a_door_that_few_came_through_tells_only_how_many(booth: Booth, client: Client) -> None:
    poll = booth.open()
    booth.speak(poll, good=10)
    booth.speak(poll, bad=2, by_slip=True)
    booth.close(poll)
    page = text(client.get(f"/projects/{booth.idea.pk}/"))
    assert "凭纸条来评的 2 人。" in page
    assert "用手机来评的 10 人。" in page  # else the two could be reckoned from the whole
    assert "路面平不平" in page
    assert "没有人答" in page


@pytest.mark.parametrize("good", [0, 3])
def test_too_few_is_said_honestly(booth: Booth, client: Client, good: int) -> None:
    booth.came_to(good)
    page = text(client.get(f"/projects/{booth.idea.pk}/"))
    assert f"来评的有 {good} 人，不到 10 人，太少了，这一次不作数。" in page
    assert "百分之" not in page
    assert "群众一共" not in page
    assert f"满意 {good}" not in page


def test_one_representatives_voice_is_not_published(booth: Booth, client: Client) -> None:

    poll = booth.open()
    booth.speak(poll, good=10)
    workflow.speak_as_representative(poll.pk, actor=booth.hall.world.rep, at=DURING, said=BAD)
    booth.close(poll)
    page = text(client.get(f"/projects/{booth.idea.pk}/"))
    assert re.search(r'人大代表有 <span class="num">1</span> 位来评，人少，不分开公布', page)
    assert "人大代表（另外算）" not in page


def test_a_page_costs_the_same_for_few_and_many_voices(
    booth: Booth, client: Client, django_assert_max_num_queries: Any
) -> None:
    booth.came_to(30)
    assert Poll.objects.count() == 1
    client.get(f"/projects/{booth.idea.pk}/")
    with django_assert_max_num_queries(11):  # five of them are the building, one the council
        client.get(f"/projects/{booth.idea.pk}/")


def test_each_wrong_code_counts_and_no_right_one(now: Booth, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[object] = []
    monkeypatch.setattr("opinions.public_access.count_wrong", counted.append)
    code = now.slips(now.poll, 1)[0]  # type: ignore[attr-defined]
    client.get(f"{SLIP}?code={code}")
    client.post(SLIP, {"code": code, "overall": "GOOD"})
    assert counted == []
    client.post(SLIP, {"code": code, "overall": "GOOD"})
    client.get(f"{SLIP}?code=2222222222")
    assert len(counted) == 2
