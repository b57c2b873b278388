"""The parts of the desk's pages by themselves: due calendar, rows, acts, photos by role, support screen."""

import io
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core.uploads import clean_photo
from core.workdays import WorkCalendar
from core.workflow import BadInput
from opinions import workflow
from opinions.models import DeadlineRule, Opinion
from opinions.states import Kind, State, Step
from opinions.templatetags.opinion_rows import opinion_rows
from opinions.views import acts, page, past
from opinions.views.duecal import due_calendar
from opinions.views.recording import category_of, unit_of
from opinions.views.register import MOST_COUNTED, Page, page_of
from opinions.views.rows import action_of, rows_of, side_of
from stations.queries import forget
from tests.world import START, World


@pytest.fixture(autouse=True)
def _forget() -> None:
    forget()


def sign_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    return client


# --- due calendar


def test_calendar_shows_how_the_mock_date_was_reached(world: World) -> None:
    """The case of the drawing: 25 March 2026, ten working days, over weekends and 清明, end on 9 April."""
    drawing = due_calendar(WorkCalendar.load().count(date(2026, 3, 25), 10))
    words = {cell.label: cell.word for cell in drawing.cells if cell.word}
    assert drawing.due == date(2026, 4, 9)
    assert (words["25"], words["26"], words["4/1"], words["9"]) == ("交办", "第1", "第5", "第10")
    assert [cell.word for cell in drawing.cells].count("清明") == 3
    assert drawing.sentence == "当天不算，从第二天数 10 个工作日。跳过周末 2 天、清明节 3 天。"
    assert not drawing.is_provisional


def test_calendar_is_whole_weeks_and_fits_its_drawing(world: World) -> None:
    drawing = due_calendar(WorkCalendar.load().count(date(2026, 3, 25), 20))
    assert len(drawing.cells) % 7 == 0
    assert max(cell.x for cell in drawing.cells) + 42 <= 322
    assert max(cell.y for cell in drawing.cells) + 36 <= drawing.height
    assert sum(cell.tone == "c2" for cell in drawing.cells) == 1


def test_calendar_of_an_unannounced_year_says_provisional(world: World) -> None:
    drawing = due_calendar(WorkCalendar.load().count(date(2039, 3, 1), 3))
    assert drawing.is_provisional
    assert "日期暂定" in drawing.sentence


def test_make_up_days_are_named(world: World) -> None:
    calendar = WorkCalendar.load()
    make_up = next(day for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
                   if day.weekday() > 4 and calendar.is_workday(day))  # fmt: skip
    drawing = due_calendar(calendar.count(make_up - timedelta(days=1), 3))
    assert "照算" in drawing.sentence


# --- rows


@pytest.mark.parametrize(
    ("who", "side"),
    [("clerk", "station"), ("town_staff", "station"), ("county_staff", "county"), ("handler", "unit"), ("rep", "read"),
     ("leader", "read"), ("grid", "read")],
)  # fmt: skip
def test_side(world: World, who: str, side: str) -> None:
    assert side_of(world.users[who]) == side


@pytest.mark.parametrize(
    ("state", "side", "told", "county", "word"),
    [
        ("SUBMITTED", "station", False, False, "受理"), ("ACCEPTED", "station", False, False, "交办"),
        ("ACCEPTED", "station", False, True, "看一看"), ("ACCEPTED", "county", False, True, "交办"),
        ("ACCEPTED", "county", False, False, "看一看"), ("RETURN_REQUESTED", "station", False, False, "看理由"),
        ("REPLIED", "station", False, False, "审核"), ("FED_BACK", "station", False, False, "告知"),
        ("FED_BACK", "station", True, False, "记评价"), ("FED_BACK", "county", True, False, "看一看"),
        ("TRACKING", "station", True, False, "去看看"), ("CLOSED", "station", True, False, "看一看"),
        ("ASSIGNED", "unit", False, False, "签收"), ("HANDLING", "unit", False, False, "答复"),
        ("TRACKING", "unit", True, False, "报告兑现"), ("CLOSED", "unit", True, False, "看一看"),
        ("SUBMITTED", "read", False, False, "看一看"),
    ],
)  # fmt: skip
def test_action_word(state: str, side: str, told: bool, county: bool, word: str) -> None:
    item = SimpleNamespace(state=state, told_at=START if told else None, needs_county=county)
    assert action_of(item, side) == word


def test_row_says_where_what_and_who(world: World, django_assert_num_queries: Any) -> None:
    opinion = world.opinion(State.HANDLING)
    rows_of(Opinion.objects.all(), START, "station")  # the process now knows the names
    with django_assert_num_queries(1):
        (row,) = rows_of(Opinion.objects.all(), START, "station", "group=open")
    assert row.second == "东街社区 · 路灯照明 · 县城管局"
    assert row.url == f"/desk/opinions/{opinion.pk}/?group=open"
    assert row.mark.label == "办理中"
    assert row.action == "看一看"


def test_co_handling_unit_signs_for_itself_alone(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    workflow.assign(
        row.pk, actor=world.county_staff, at=START + timedelta(hours=1), lead=world.unit, co_units=[world.co_unit],
        demand="一起看",
    )  # fmt: skip
    for who, word in (("handler", "签收"), ("co_handler", "签收协办")):
        user = world.users[who]
        (found,) = rows_of(Opinion.objects.visible_to(user), START, "unit", "", user.unit_codes)
        assert found.action == word
    page_of_co = sign_in(world, "co_handler").get(row.get_absolute_url()).content.decode()
    assert "签收这件事" not in page_of_co
    assert "签收协办" in page_of_co


# --- pages of the list


@pytest.mark.parametrize(
    ("total", "asked", "number", "last", "words"),
    [(0, "", 1, 1, "0"), (50, "1", 1, 1, "50"), (51, "2", 2, 2, "51"), (51, "9", 2, 2, "51"), (70, "-1", 1, 2, "70"),
     (70, "x", 1, 2, "70"), (MOST_COUNTED + 1, "20", 20, 20, "1000+"), (10, "9" * 30, 1, 1, "10")],
)  # fmt: skip
def test_page(total: int, asked: str, number: int, last: int, words: str) -> None:
    rows: Any = SimpleNamespace(order_by=lambda: rows, values=lambda _name: _Counted(total))
    found = page_of(rows, asked)
    assert (found.number, found.last, found.total_words) == (number, last, words)


class _Counted:
    def __init__(self, total: int) -> None:
        self.total = total

    def __getitem__(self, part: slice) -> Any:
        return SimpleNamespace(count=lambda: min(self.total, part.stop))


def test_page_slices_fifty_rows() -> None:
    assert Page(3, 500).slice == slice(100, 150)


# --- acts


def test_folded_verbs_never_hide_the_front_one() -> None:
    front, folded = acts.split(["accept", "decline", "answer_on_spot", "add_words"], State.SUBMITTED)
    assert front == ["accept"]
    assert "decline" in folded


def test_whoever_has_no_work_of_the_state_explains() -> None:
    assert acts.split(["report_progress", "reply"], State.HANDLING)[0] == ["reply"]
    assert acts.split(["explain", "press", "visit"], State.HANDLING) == (["explain"], ["press", "visit"])
    assert acts.split(["press"], State.HANDLING) == ([], ["press"])


def test_a_link_asks_for_the_act_in_front() -> None:
    assert acts.split(["explain", "press", "visit"], State.HANDLING, "press") == (["press"], ["explain", "visit"])
    assert acts.split(["explain", "visit"], State.REPLIED, "press")[0] == ["explain"]
    assert acts.split(["reply", "press"], State.HANDLING, "reply")[0] == ["reply"]


@pytest.mark.parametrize(
    ("state", "words"),
    [(State.ASSIGNED, "等县城管局签收。"), (State.HANDLING, "县城管局正在办。"), (State.CLOSED, "这件事办结了。")],
)
def test_waiting_names_the_unit(world: World, state: str, words: str) -> None:
    assert acts.waiting_for(world.opinion(state)) == words


def test_return_is_not_offered_after_its_time_or_twice(world: World) -> None:
    opinion = world.opinion(State.ASSIGNED)
    early, late = START + timedelta(hours=2), START + timedelta(days=9)
    assert "request_return" in page._open_verbs(world.handler, opinion, early, set())
    assert "request_return" not in page._open_verbs(world.handler, opinion, late, set())
    workflow.request_return(opinion.pk, actor=world.handler, at=early, legal_basis="第三条")
    assert "request_return" not in page._open_verbs(world.handler, opinion, early, set())


def test_place_is_named_once(world: World) -> None:
    opinion = world.submit(location="二巷 14 号")
    assert page.place_words(opinion) == "东街社区 · 二巷 14 号"
    opinion.location = "东街社区二巷"
    assert page.place_words(opinion) == "东街社区二巷"


def test_suggestions_count_last_year_and_begin_with_the_usual_unit(world: World) -> None:
    for unit in (world.co_unit, world.co_unit, world.unit):
        row = world.opinion(State.ACCEPTED)
        workflow.assign(row.pk, actor=world.clerk, at=START + timedelta(hours=1), lead=unit, demand="修")
    opinion = world.opinion(State.ACCEPTED)
    found = page.suggested_units(world.clerk, opinion, START + timedelta(days=1))
    assert [(unit.short_name, why) for unit, why in found] == [
        ("县城管局", "路灯照明归它；近一年同类的事它办过 1 件"),
        ("县供电公司", "近一年同类的事它办过 2 件"),
    ]
    assert page.suggested_units(world.clerk, opinion, START + timedelta(days=800))[0][1] == "路灯照明归它"


def test_similar_matters_are_of_the_same_place_and_kind(world: World) -> None:
    opinion = world.opinion(State.ACCEPTED)
    like, _unlike = world.opinion(State.CLOSED), world.submit(body="南街垃圾桶太少")
    found = page.similar(world.clerk, opinion, START + timedelta(days=1))
    assert [row.pk for row in found] == [like.pk]
    assert page.similar(world.handler, opinion, START) == []
    assert page.similar(world.clerk, opinion, START + timedelta(days=400)) == []


def test_past_replies_stand_beside_the_units_form_only(world: World) -> None:
    done, now = world.opinion(State.CLOSED), world.opinion(State.HANDLING)
    assert [one.reply.opinion_id for one in past.replies(world.handler, now)] == [done.pk]
    assert past.replies(world.clerk, now) == []
    assert past.replies(world.other_handler, now) == []
    assert past.replies(world.handler, done) == []
    shown = sign_in(world, "handler").get(now.get_absolute_url()).content.decode()
    assert "同类的事以前怎么答复" in shown


def test_reply_calendars_cover_every_kind(world: World) -> None:
    found = page.reply_calendars(world.opinion(State.ACCEPTED), START)
    assert [(kind, days) for kind, days, _calendar in found] == [
        (Kind.URGENT, 3), (Kind.CONSULTATION, 5), (Kind.ORDINARY, 10), (Kind.COMPLEX, 20),
    ]  # fmt: skip


def test_recording_says_what_it_cannot_tell(world: World) -> None:
    with pytest.raises(BadInput) as caught:
        category_of({"category": None, "body": "说不清楚的事"})
    assert caught.value.field == "category"
    top = world.category.parent
    with pytest.raises(BadInput) as caught:
        unit_of({"unit": None}, top)
    assert caught.value.field == "unit"


# --- photos by role


def picture() -> Any:
    data = io.BytesIO()
    Image.new("RGB", (60, 40), (120, 90, 60)).save(data, "JPEG")
    data.seek(0)
    data.size = len(data.getvalue())  # type: ignore[attr-defined]
    return clean_photo(data)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "public", "internal"),
    [("clerk", 200, 200), ("county_staff", 200, 200), ("leader", 200, 200), ("handler", 200, 200), ("rep", 200, 404),
     ("other_clerk", 404, 404), ("other_handler", 404, 404), ("grid", 404, 404), ("admin", 404, 404)],
)  # fmt: skip
def test_photos_by_role(world: World, who: str, public: int, internal: int) -> None:
    opinion = world.opinion(State.HANDLING, at=timezone.now() - timedelta(hours=1))
    for is_public in (True, False):
        workflow.report_progress(
            opinion.pk, actor=world.handler, at=timezone.now(), note="现场", is_public=is_public, photos=[picture()]
        )
    client = sign_in(world, who)
    for photo, status in zip(opinion.photos.order_by("-is_public"), (public, internal), strict=True):
        for name in ("opinions:photo", "opinions:thumb"):
            assert client.get(reverse(name, args=[opinion.pk, photo.token])).status_code == status


def test_photo_whose_file_is_gone_is_404(world: World) -> None:
    opinion = world.submit(photos=[picture()])
    photo = opinion.photos.get()
    photo.image.storage.delete(photo.image.name)
    assert sign_in(world, "clerk").get(reverse("opinions:photo", args=[opinion.pk, photo.token])).status_code == 404


# --- history by role


def test_internal_lines_by_role(world: World) -> None:
    opinion = world.opinion(State.HANDLING)
    workflow.report_progress(
        opinion.pk, actor=world.handler, at=START + timedelta(hours=1), note="配件没到", is_public=False
    )
    row = world.opinion(State.FED_BACK)
    Opinion.objects.filter(pk=row.pk).update(told_at=None)
    workflow.feed_back(row.pk, actor=world.clerk, at=START + timedelta(hours=2), how="打电话给李大娘")

    def words(who: str, matter: Opinion) -> str:
        return " ".join(entry.public_text + entry.internal_text for entry in page.history(world.users[who], matter))

    assert "配件没到" in words("clerk", opinion)
    assert "配件没到" in words("handler", opinion)
    assert "配件没到" not in words("rep", opinion)
    assert "打电话给李大娘" in words("clerk", row)
    assert "打电话给李大娘" not in words("handler", row)
    assert "打电话给李大娘" not in words("rep", row)


# --- support screen


def test_the_system_administrator_looks_at_the_limits_and_changes_nothing_there(world: World) -> None:
    client = sign_in(world, "admin")
    world.admin.is_staff = True
    world.admin.save()
    rule = DeadlineRule.objects.create(step=Step.REPLY, kind=Kind.URGENT, working_days=2)
    assert client.get(reverse("admin:opinions_deadlinerule_changelist")).status_code == 200
    sent = {"step": Step.REPLY, "kind": Kind.URGENT, "category": "", "working_days": "9"}
    assert client.post(reverse("admin:opinions_deadlinerule_add"), sent).status_code == 403
    assert client.post(reverse("admin:opinions_deadlinerule_change", args=[rule.pk]), sent).status_code == 403
    erased = client.post(reverse("admin:opinions_deadlinerule_delete", args=[rule.pk]), {"post": "yes"})
    assert erased.status_code == 403
    assert DeadlineRule.objects.get().working_days == 2


@pytest.mark.parametrize("who", ["clerk", "county_staff", "security", "audit"])
def test_nobody_else_enters_the_support_screen(world: World, who: str) -> None:
    world.users[who].is_staff = True
    world.users[who].save()
    answer = sign_in(world, who).get(reverse("admin:opinions_deadlinerule_changelist"))
    assert answer.status_code in (302, 403, 404)


@pytest.mark.parametrize(("state", "word"), [(State.DECLINED, "不予受理"), (State.WITHDRAWN, "撤回")])
def test_a_matter_that_went_no_further_says_so_in_the_list(world: World, state: str, word: str) -> None:
    world.opinion(state)
    rows = rows_of(Opinion.objects.filter(state=state), START, "station")
    drawn = opinion_rows(rows)
    assert word in drawn.split('class="c-five"')[1].split("</td>")[0]
    assert 'class="now"' not in drawn
