"""The table of limits at the desk: who may, what is tried out, what is stored, and what is refused with words."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from core.models import Job
from core.workflow import WrongState
from opinions import deadline_table, deadlines, recount_runs, workflow
from opinions.deadline_table import lines
from opinions.models import Deadline, DeadlineRule, HistoryEntry
from opinions.states import Kind, State, Step
from opinions.supervision.levels import Threshold
from tests.world import START, World

PAGE = "/desk/deadlines/"


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Nothing leaves for the worker; what would have left is listed."""
    sent: list[int] = []
    monkeypatch.setattr("opinions.views.limits.send", sent.append)
    monkeypatch.setattr("opinions.views.calendar_files.send", sent.append)
    return sent


@pytest.fixture
def staff(world: World) -> Client:
    client = Client()
    client.force_login(world.county_staff)
    return client


def filled(**changes: Any) -> dict[str, Any]:
    """The form as the page shows it, with changes; a key is such as REPLY_ORDINARY."""
    data = {f"d-{line.key}": line.default for line in lines()}
    stored = deadline_table.stored()
    for line in lines():
        data[f"d-{line.key}"] = stored.get((line.step, line.kind, None), line.default)
    own = sorted((key for key in stored if key[2]), key=lambda key: (key[2], key[0], key[1]))
    data |= {f"c-{number}": stored[key] for number, key in enumerate(own)}
    data |= {"seen": deadline_table.fingerprint(stored), "new_category": "", "new_line": "", "new_days": ""}
    return data | {(name.replace("__", "-")): value for name, value in changes.items()}


def everything() -> list[Any]:
    """All that a dry run must leave alone."""
    counts = [table.objects.count() for table in (DeadlineRule, AuditEntry, Job, HistoryEntry)]
    return [*counts, *Deadline.objects.order_by("pk").values_list("due_at", flat=True)]


@pytest.mark.parametrize(
    ("who", "may_read", "may_edit"),
    [
        ("county_staff", True, True), ("leader", True, False), ("town_staff", False, False), ("clerk", False, False),
        ("handler", False, False), ("rep", False, False), ("grid", False, False), ("admin", False, False),
        ("security", False, False), ("audit", False, False),
    ],
)  # fmt: skip
def test_who_reads_and_who_edits(world: World, who: str, may_read: bool, may_edit: bool) -> None:
    client = Client()
    client.force_login(world.users[who])
    assert client.get(PAGE).status_code == (200 if may_read else 403)
    assert client.post(PAGE, filled(**{"d-SIGN": 2})).status_code == (200 if may_edit else 403)
    client.post(PAGE, filled(**{"d-SIGN": 2}) | {"apply": "1"})
    assert DeadlineRule.objects.exists() == may_edit


def test_a_visitor_is_led_to_the_door(world: World) -> None:
    assert Client().get(PAGE).status_code == 302


def test_every_limit_of_the_domain_stands_on_the_page(staff: Client) -> None:
    text = staff.get(PAGE).content.decode()
    for line in lines():
        assert line.label in text
        assert line.hint in text
    steps = {line.step for line in lines()}
    assert steps == {*Step, *Threshold} - {Step.PROMISE}


def test_trying_out_says_how_many_and_writes_nothing(world: World, staff: Client, queue: list[int]) -> None:
    now = timezone.now()
    for _ in range(3):
        world.opinion(State.HANDLING, at=now)
    before = everything()
    answer = staff.post(PAGE, filled(**{"d-REPLY-ORDINARY": 15}))
    text = answer.content.decode()
    assert '会影响 <b class="num">3</b> 件正在办的' in text
    assert '<b class="num">3</b> 个期限变晚' in text
    assert "变早" not in text
    assert 'value="15"' in text  # what was typed is still there
    assert everything() == before
    assert queue == []
    shorter = staff.post(PAGE, filled(**{"d-REPLY-ORDINARY": 5})).content.decode()
    assert '<b class="num">3</b> 个期限变早' in shorter


def test_applying_stores_notes_and_counts_again(
    world: World, staff: Client, queue: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    now = timezone.now()
    row = world.opinion(State.HANDLING, at=now)
    old = row.reply_due_at
    with django_capture_on_commit_callbacks(execute=True):
        answer = staff.post(PAGE, filled(**{"d-REPLY-ORDINARY": 15}) | {"apply": "1"})
    assert answer.status_code == 302
    assert DeadlineRule.objects.get().working_days == 15
    entry = AuditEntry.objects.get(action="deadline_rule_changed")
    assert entry.actor == world.county_staff
    assert entry.detail == {"step": "答复（一般）", "category": "全部", "before": 10, "working_days": 15}
    (job_id,) = queue
    assert Job.objects.get(pk=job_id).kind == recount_runs.KIND
    page = staff.get(PAGE).content.decode()
    assert "重算在走的期限" in page
    assert staff.get("/desk/deadlines/job/").json()["state"] == "QUEUED"
    assert recount_runs.run(timezone.now, job_id) == 1
    row.refresh_from_db()
    assert row.reply_due_at > old
    assert staff.get("/desk/deadlines/job/").json()["is_over"] is True


def test_back_to_the_default_leaves_no_row(staff: Client, world: World) -> None:
    DeadlineRule.objects.create(step=Step.SIGN, working_days=3)
    staff.post(PAGE, filled(**{"d-SIGN": 1}) | {"apply": "1"})
    assert not DeadlineRule.objects.exists()
    assert AuditEntry.objects.get(action="deadline_rule_changed").detail["before"] == 3


def test_the_same_again_changes_nothing(staff: Client, world: World, queue: list[int]) -> None:
    answer = staff.post(PAGE, filled() | {"apply": "1"}, follow=True)
    assert "没有改动" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="deadline_rule_changed").exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("d-REPLY-ORDINARY", "0", "最少 1 个工作日"),
        ("d-REPLY-ORDINARY", "61", "最多 60 个工作日"),
        ("d-SIGN", "11", "最多 10 个工作日"),
        ("d-SIGN", "-3", "最少 1 个工作日"),
        ("d-SIGN", "两天", "请填整数"),
        ("d-SIGN", "", "请填几个工作日"),
        ("d-RED", "99", "最多 10 个工作日"),
        ("new_days", "3", "都填上"),
    ],
)
def test_a_number_out_of_bounds_is_said_beside_its_field(
    staff: Client, world: World, field: str, value: str, said: str
) -> None:
    answer = staff.post(PAGE, filled(**{field: value}) | {"apply": "1"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not DeadlineRule.objects.exists()


def test_a_category_gets_its_own_line_changes_it_and_drops_it(staff: Client, world: World) -> None:
    new = {"new_category": world.category.pk, "new_line": "REPLY-ORDINARY", "new_days": 6}
    staff.post(PAGE, filled(**new) | {"apply": "1"})
    assert deadlines.working_days(Step.REPLY, Kind.ORDINARY, world.category.pk) == 6
    page = staff.get(PAGE).content.decode()
    assert f"{world.category.path}：答复（一般）" in page
    again = staff.post(PAGE, filled(**new) | {"apply": "1"})
    assert again.status_code == 422
    assert "已经单列了" in again.content.decode()
    staff.post(PAGE, filled(**{"c-0": 8}) | {"apply": "1"})
    assert deadlines.working_days(Step.REPLY, Kind.ORDINARY, world.category.pk) == 8
    staff.post(PAGE, filled(**{"x-0": "on"}) | {"apply": "1"})
    assert not DeadlineRule.objects.exists()
    details = AuditEntry.objects.filter(action="deadline_rule_changed").order_by("id")
    assert [(entry.detail["before"], entry.detail["working_days"]) for entry in details] == [
        ("没有单列", 6), (6, 8), (8, "不再单列"),
    ]  # fmt: skip


def test_two_people_at_once_the_second_reads_that_it_was_changed(staff: Client, world: World) -> None:
    seen_by_both = filled()["seen"]
    staff.post(PAGE, filled(**{"d-SIGN": 2}) | {"apply": "1"})
    answer = staff.post(PAGE, filled(**{"d-SIGN": 5, "seen": seen_by_both}) | {"apply": "1"})
    assert answer.status_code == 409
    assert "刚刚有人改过" in answer.content.decode()
    assert deadlines.working_days(Step.SIGN) == 2
    with pytest.raises(WrongState):
        deadline_table.store({}, seen=seen_by_both, actor=world.county_staff, at=START, send=lambda _: None)


def test_each_date_on_the_matters_page_says_how_it_was_reached(world: World) -> None:
    row = world.opinion(State.HANDLING)
    client = Client()
    client.force_login(world.clerk)
    text = client.get(row.get_absolute_url()).content.decode()
    assert "答复的期限是" in text
    assert "从第二天数 10 个工作日" in text
    assert "清明节 3 天" in text
    assert "以前的期限怎么算的" in text
    for step in ("受理", "交办", "签收"):
        assert f"<b>{step}</b>" in text
    assert 'href="#how-REPLY"' in text


def test_a_promise_says_that_it_is_the_units_own_word(world: World) -> None:
    row = world.opinion(State.TRACKING, outcome="B")
    client = Client()
    client.force_login(world.clerk)
    assert "单位自己答应的日子，不按工作日算" in client.get(row.get_absolute_url()).content.decode()


def test_an_extension_is_part_of_how_the_date_was_reached(world: World) -> None:

    row = world.opinion(State.HANDLING)
    at = START + timedelta(hours=2)
    workflow.request_extension(row.pk, actor=world.handler, at=at, working_days=5, reason="等材料")
    workflow.grant_extension(row.pk, actor=world.clerk, at=at)
    client = Client()
    client.force_login(world.clerk)
    text = client.get(row.get_absolute_url()).content.decode()
    assert "从第二天数 15 个工作日" in text
    assert "延期过：原来是 4 月 9 日。" in text


def test_a_date_that_no_longer_follows_from_the_calendar_says_so(world: World) -> None:
    row = world.opinion(State.HANDLING)
    Deadline.objects.filter(opinion=row, step=Step.ACCEPT).update(due_at=START + timedelta(days=30))
    client = Client()
    client.force_login(world.clerk)
    text = client.get(row.get_absolute_url()).content.decode()
    assert "过了的期限不再动，还是当时的日子" in text
