"""Importing messages: at their own times through the verbs, once, losing nothing, bad lines named."""

import gzip
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, RoleGrant
from core.workdays import OFFICE
from notices.models import Notice
from opinions import imports
from opinions.models import Deadline, HistoryEntry, Opinion
from opinions.states import Channel, Kind, Outcome, State
from opinions.sweeps import sweep_deadlines
from opinions.workflow.intake import MAX_BODY
from stations.models import Category, Unit
from stations.queries import forget
from tests.world import World, make_user, make_world

NOW = datetime(2026, 3, 25, 10, 0, tzinfo=OFFICE)
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "messages.jsonl.gz"
PLAIN = {"id": 1, "title": "路灯不亮", "body": "东街的路灯坏了三盏。", "created": "2019-07-19T18:19:54"}
ANSWERED = PLAIN | {"id": "2", "reply": "已更换灯头，三盏都亮了。", "replied": "2019-07-26T09:00:00"}


@pytest.fixture
def world(db: Any) -> World:
    forget()
    world = make_world()
    Category.objects.create(code="qt-qita", name="其他", position=99)
    for code, region in (("mingnan-zf", world.town), ("wutai-zf", world.other_town)):
        Unit.objects.create(code=code, name=region.name, short_name=f"{region.name}办", region=region)
        make_user(f"dw-{code}", "UNIT_HANDLER", unit_code=code)
    return world


def lines(*rows: Any) -> list[bytes]:
    return [row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() for row in rows]


def importing(rows: Iterable[bytes], source: str = "probe", **where: str) -> imports.Report:
    importer = imports.Importer(imports.chosen_stations(**where), NOW)
    return list(importer.run(rows, source))[-1]


def verbs(opinion: Opinion) -> list[str]:
    return list(opinion.history.order_by("id").values_list("verb", flat=True))


def test_a_message_without_answer_ends_in_the_units_hands(world: World) -> None:
    assert importing(lines(PLAIN)).imported == 1
    opinion = Opinion.objects.get()
    assert opinion.state == State.HANDLING
    assert verbs(opinion) == ["submit", "accept", "assign", "sign"]
    assert opinion.created_at == datetime(2019, 7, 19, 18, 19, 54, tzinfo=OFFICE)
    assert opinion.channel == Channel.WEB
    assert (opinion.title, opinion.body) == (PLAIN["title"], PLAIN["body"])
    assert opinion.phone == opinion.name == ""


def test_an_answered_message_is_fed_back_and_closed_unrated(world: World) -> None:
    importing(lines(ANSWERED))
    opinion = Opinion.objects.get()
    assert verbs(opinion) == ["submit", "accept", "assign", "sign", "reply", "approve_reply", "close_unrated"]
    assert opinion.state == State.CLOSED
    assert opinion.satisfaction == ""
    assert opinion.replied_at == datetime(2019, 7, 26, 9, 0, tzinfo=OFFICE)
    reply = opinion.replies.get()
    assert (reply.body, reply.outcome, reply.is_in_time) == (ANSWERED["reply"], Outcome.A, True)


def test_an_answer_of_yesterday_still_waits_for_its_rating(world: World) -> None:
    row = ANSWERED | {"created": "2026-03-20T09:00:00", "replied": "2026-03-24T09:00:00"}
    importing(lines(row))
    assert Opinion.objects.get().state == State.FED_BACK


def test_a_late_answer_is_late(world: World) -> None:
    importing(lines(ANSWERED | {"replied": "2019-12-26T09:00:00"}))
    assert not Opinion.objects.get().replies.get().is_in_time


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    rows = lines(PLAIN, ANSWERED)
    assert importing(rows).imported == 2
    before = (Opinion.objects.count(), HistoryEntry.objects.count(), Notice.objects.count(), Deadline.objects.count())
    again = importing(rows)
    assert (again.imported, again.already, again.bad) == (0, 2, [])
    assert before == (
        Opinion.objects.count(),
        HistoryEntry.objects.count(),
        Notice.objects.count(),
        Deadline.objects.count(),
    )


def test_what_was_broken_off_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    rows = lines(*(PLAIN | {"id": str(number)} for number in range(5)))
    running = imports.Importer(imports.chosen_stations(), NOW).run(rows, "probe")
    assert next(running).imported == 2
    running.close()
    assert Opinion.objects.count() == 2
    report = importing(rows)
    assert (report.imported, report.already) == (3, 2)


def test_two_sources_may_use_the_same_ids(world: World) -> None:
    importing(lines(PLAIN), "one")
    assert importing(lines(PLAIN), "two").imported == 1


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b"{broken", "JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b"[1]", "对象"),
        (PLAIN | {"id": ""}, "编号"),
        (PLAIN | {"title": "", "body": " \u200b "}, "空的"),
        (PLAIN | {"created": "yesterday"}, "认不出"),
        (PLAIN | {"created": None}, "没有时间"),
        (PLAIN | {"created": "2031-01-01"}, "将来"),
        (PLAIN | {"body": {"html": 1}}, "不是文字"),
        (ANSWERED | {"replied": "2018-01-01"}, "早于"),
        (ANSWERED | {"replied": "2031-01-01"}, "将来"),
    ],
)
def test_a_bad_line_is_named_and_skipped(world: World, line: Any, word: str) -> None:
    report = importing(lines(PLAIN | {"id": "good"}, line, PLAIN | {"id": "also good"}))
    assert report.imported == 2
    ((number, sentence),) = report.bad
    assert number == 2
    assert word in sentence


def test_the_same_number_with_other_words_is_reported_not_lost(world: World) -> None:
    report = importing(lines(PLAIN, PLAIN | {"body": "另一件事：井盖松了。"}))
    assert report.imported == 1
    assert report.bad == [(2, "编号以前导入过，内容却不同。")]


def test_a_long_message_keeps_every_character(world: World) -> None:
    body = "".join(f"第{number}件事。" for number in range(1100))
    assert len(body) > MAX_BODY
    importing(lines(PLAIN | {"body": body}))
    opinion = Opinion.objects.get()
    assert len(opinion.body) == MAX_BODY
    added = [text.removeprefix("您补充：") for text in _added(opinion)]
    assert opinion.body + "".join(added) == body
    assert importing(lines(PLAIN | {"body": body})).already == 1


def _added(opinion: Opinion) -> list[str]:
    return list(opinion.history.filter(verb="add_words").order_by("id").values_list("public_text", flat=True))


def test_a_message_of_a_title_alone_is_kept(world: World) -> None:
    importing(lines(PLAIN | {"body": ""}))
    assert Opinion.objects.get().body == PLAIN["title"]


def test_nobody_is_told_of_the_past(world: World) -> None:
    importing(lines(PLAIN, ANSWERED))
    assert not Notice.objects.filter(read_at=None).exists()
    assert not Notice.objects.exclude(channel="IN_SITE").exists()
    count = Notice.objects.count()
    sweep_deadlines(NOW + timedelta(minutes=5))
    assert Notice.objects.count() == count


def test_messages_spread_over_villages_always_alike(world: World) -> None:
    rows = lines(*(PLAIN | {"id": str(number)} for number in range(20)))
    importing(rows)
    first = dict(Opinion.objects.values_list("client_key", "region_id"))
    assert len(set(first.values())) == 2
    importer = imports.Importer(imports.chosen_stations(), NOW)
    for line in rows:
        row = imports.parse(line, "probe", NOW)
        _, village = importer.places[imports._spread(row.key, len(importer.places))]
        assert first[row.key] == village.code


def test_a_station_or_a_town_takes_all(world: World) -> None:
    importing(lines(PLAIN), station="wutai")
    importing(lines(ANSWERED), town="411625101")
    assert set(Opinion.objects.values_list("station__code", flat=True)) == {"wutai"}


def test_category_and_unit_are_guessed_else_the_town_handles(world: World) -> None:
    importing(
        lines(PLAIN, PLAIN | {"id": "3", "title": "想说说", "body": "邻居家的狗夜里叫个不停。"}), station="mingnan"
    )
    lamp, dog = Opinion.objects.order_by("id")
    assert (lamp.category.code, lamp.lead_unit.code) == ("ludeng", "chengguan")
    assert (dog.category.code, dog.lead_unit.code) == ("qt-qita", "mingnan-zf")


def test_a_station_without_staff_is_said_before_anything_is_written(world: World) -> None:
    RoleGrant.objects.filter(station_code="wutai").delete()
    with pytest.raises(Exception, match="还没有工作人员"):
        imports.Importer(imports.chosen_stations(), NOW)
    assert not Opinion.objects.exists()


def test_the_import_is_audited_in_numbers_only(world: World) -> None:
    importing(lines(PLAIN, b"broken"))
    entry = AuditEntry.objects.get(action="messages_imported")
    assert entry.detail == {"imported": 1, "already": 0, "bad": 1}


@pytest.mark.parametrize(
    ("title", "kind"),
    [("请问医保怎么交", Kind.CONSULTATION), ("路灯坏了", Kind.ORDINARY), ("能修吗？", Kind.CONSULTATION)],
)
def test_kind_is_guessed_from_the_title(title: str, kind: str) -> None:
    assert imports.kind_of(title) == kind


@pytest.mark.parametrize(
    ("title", "reply", "outcome"),
    [("路灯坏了", "经查，现已修复。", "A"), ("请问怎么办", "凭身份证办理。", "A"), ("修路", "我们将认真研究。", "D")],
)
def test_outcome_is_guessed_from_the_answer(title: str, reply: str, outcome: str) -> None:
    assert imports.outcome_of(title, reply) == outcome


@given(
    st.datetimes(datetime(2011, 1, 1), datetime(2026, 3, 1)),
    st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_steps_run_forward_and_never_past_the_answer_or_now(created: datetime, span: timedelta) -> None:
    start = created.replace(tzinfo=OFFICE)
    times = imports.steps_between(start, start + span, NOW)
    assert [start, *times] == sorted([start, *times])
    assert times[-1] <= max(start, min(start + span, NOW))


def written(path: Path, *rows: Any) -> Path:
    data = b"\n".join(lines(*rows)) + b"\n\n"
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["m.jsonl", "m.jsonl.gz"])
def test_the_command_reads_plain_and_packed_files(world: World, tmp_path: Path, name: str) -> None:
    said, complained = StringIO(), StringIO()
    with time_machine.travel(NOW, tick=False):
        path = written(tmp_path / name, PLAIN, ANSWERED, b"broken")
        call_command("import_messages", str(path), "--station", "mingnan", stdout=said, stderr=complained, verbosity=0)
    assert "导入 2 条，以前导入过 0 条，跳过 1 条" in said.getvalue()
    assert "第 3 行：不是一行 JSON" in complained.getvalue()
    assert Opinion.objects.count() == 2


def test_the_command_shows_how_far_it_is(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_messages", str(written(tmp_path / "m.jsonl", PLAIN)), stdout=StringIO())
    assert "1/1" in capsys.readouterr().err


def test_the_command_says_what_it_cannot_do(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="打不开"):
        call_command("import_messages", str(tmp_path / "none.jsonl"))
    with pytest.raises(CommandError, match="没有启用的站点"):
        call_command("import_messages", str(written(tmp_path / "m.jsonl", PLAIN)), "--station", "nowhere")


@pytest.mark.slow
def test_real_messages_import_whole(world: World) -> None:
    if not REAL.exists():
        pytest.skip("The file of real messages is not on this machine.")
    with imports.opened(REAL) as file:
        rows = [line for _, line in zip(range(40), file, strict=False)]
    report = importing(rows)
    assert (report.imported, report.bad) == (40, [])
    assert all(len(row.body) > 0 for row in Opinion.objects.all())
