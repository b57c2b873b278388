"""The pages of the service posts: who gets in, the four forms, what each reader is shown, the list and its filters."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from core.workdays import WorkCalendar, local_date
from opinions import deadlines
from opinions.models import DeadlineRule, PostRecord
from stations.models import Representative, Service, ServicePost
from tests.opinions.posts.world import KINDS, TOLD, mate, rep, shift, write
from tests.world import START, World

LIST = "/desk/posts/"
READERS = {"clerk", "town_staff", "county_staff", "leader", "rep"}
OTHERS = {"other_clerk": 404, "grid": 403, "handler": 403, "admin": 403, "security": 403, "audit": 403}
SECRETS = ("欧阳金丝雀", "13912345670", "阳金丝雀")


def new(kind: str) -> str:
    return f"/desk/posts/new/{kind.lower()}/"


def sent(world: World, kind: str, **values: Any) -> dict[str, Any]:
    """What a browser sends for a record that is told whole."""
    told = {name: value for name, value in TOLD[kind].items() if name != "people"}
    if kind == "MEDIATION":
        told["follow_up_on"] = (local_date(timezone.now()) + timedelta(days=10)).isoformat()
    if told.pop("wants_word", False):
        told["wants_word"] = "on"
    for number, (name, phone) in enumerate(TOLD[kind].get("people", ()), 1):
        told |= {f"name{number}": name, f"phone{number}": phone}
    common = {
        "station": world.station.pk, "representative": rep().pk, "day": local_date(timezone.now()).isoformat(),
        "client_key": str(uuid.uuid4()),
    }  # fmt: skip
    return common | told | values


def text(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


def now_written(world: World, kind: str = "INFORMATION", **more: Any) -> PostRecord:
    return write(world, kind, at=more.pop("at", timezone.localtime()), **more)


def test_who_gets_in(world: World, at_desk: Any) -> None:
    row = now_written(world, "MEDIATION")
    for who in READERS:
        assert at_desk(who).get(LIST).status_code == 200, who
        assert at_desk(who).get(row.get_absolute_url()).status_code == 200, who
    for who, status in OTHERS.items():
        assert at_desk(who).get(row.get_absolute_url()).status_code == status, who
    assert Client().get(row.get_absolute_url()).status_code == 302
    assert at_desk("handler").get(LIST).status_code == 403


def test_a_colleague_does_not_see_what_is_not_his(world: World, at_desk: Any) -> None:
    mate(world)
    row = now_written(world, "MEDIATION")
    assert at_desk("mate").get(row.get_absolute_url()).status_code == 404
    assert row.subject not in text(at_desk("mate").get(LIST))
    assert row.subject in text(at_desk("rep").get(LIST))


@pytest.mark.parametrize("kind", KINDS)
def test_each_post_has_its_form_and_writes(world: World, at_desk: Any, kind: str) -> None:
    client = at_desk()
    label = ServicePost.Kind(kind).label
    assert f"{label}岗记一笔" in text(client.get(new(kind)))
    data = sent(world, kind) | ({"region": world.village.pk} if kind == "PROJECT" else {})
    answer = client.post(new(kind), data, follow=True)
    assert answer.redirect_chain == [(f"{new(kind)}?station=mingnan", 302)]
    assert "记好了" in text(answer)
    row = PostRecord.objects.get()
    assert (row.kind, row.subject, row.representative) == (kind, TOLD[kind]["subject"], rep())
    assert row.people.count() == len(TOLD[kind].get("people", ()))
    assert row.subject in text(client.get(LIST))


def test_an_unknown_post_is_none(world: World, at_desk: Any) -> None:
    for slug in ("window", "LEGAL", "reception"):
        assert at_desk().get(f"/desk/posts/new/{slug}/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("town_staff", 200), ("rep", 200), ("county_staff", 403), ("leader", 403)])
def test_who_is_offered_the_forms(world: World, at_desk: Any, who: str, status: int) -> None:
    assert at_desk(who).get(new("LEGAL")).status_code == status
    assert (new("LEGAL") in text(at_desk(who).get(LIST))) is (status == 200)
    assert at_desk(who).post(new("LEGAL"), sent(world, "LEGAL")).status_code == (302 if status == 200 else 403)


def test_whoever_sits_at_the_post_is_filled_in(world: World, at_desk: Any) -> None:
    colleague = mate(world)
    chosen = re.compile(r'name="representative".*?</select>', re.DOTALL)

    def proposed(kind: str) -> list[str]:
        found = chosen.search(text(at_desk().get(new(kind))))
        assert found is not None
        return re.findall(r'value="(\d*)" selected', found[0])

    assert proposed("LEGAL") == [""]
    today = shift(world, "LEGAL", timezone.localtime(), person=colleague)
    assert (proposed("LEGAL"), proposed("PROJECT")) == ([str(colleague.pk)], [""])
    type(today).objects.filter(pk=today.pk).update(state="ABSENT")
    assert proposed("LEGAL") == [""]


def test_two_at_one_post_are_left_to_choose(world: World, at_desk: Any) -> None:
    shift(world, "LEGAL", timezone.localtime(), person=mate(world))
    shift(world, "LEGAL", timezone.localtime())
    assert '<option value="" selected>没有代表在场' in text(at_desk().get(new("LEGAL")))


def test_a_representative_names_himself_alone(world: World, at_desk: Any) -> None:
    colleague = mate(world)
    page = text(at_desk("rep").get(new("INFORMATION")))
    assert "麦知秋" in page
    assert "安可期" not in page
    assert "没有代表在场" not in page
    for wrong in (colleague.pk, ""):
        answer = at_desk("rep").post(new("INFORMATION"), sent(world, "INFORMATION", representative=wrong))
        assert answer.status_code == 422
    assert not PostRecord.objects.exists()


def test_a_station_elsewhere_cannot_be_chosen(world: World, at_desk: Any) -> None:
    answer = at_desk().post(new("LEGAL"), sent(world, "LEGAL", station=world.other_station.pk))
    assert answer.status_code == 422
    assert not PostRecord.objects.exists()


def test_a_town_with_two_stations_chooses(world: World, at_desk: Any) -> None:
    other = type(world.station).objects.create(code="dongjie", name="东街站", region=world.village)
    page = text(at_desk("town_staff").get(new("LEGAL"), {"station": "dongjie"}))
    assert f'value="{other.pk}" selected' in page
    person = Representative.objects.create(name="顾长河")
    Service.objects.create(station=other, representative=person, since=START.date())
    wrong = sent(world, "LEGAL", representative=person.pk)
    answer = at_desk("town_staff").post(new("LEGAL"), wrong)
    assert (answer.status_code, "不在本站点进站" in text(answer)) == (422, True)
    assert at_desk("town_staff").post(new("LEGAL"), wrong | {"station": other.pk}).status_code == 302


def test_the_day_to_ask_again_is_counted_by_the_table(world: World, at_desk: Any) -> None:
    def proposed() -> str:
        return re.search(r'name="follow_up_on" value="([\d-]+)"', text(at_desk().get(new("MEDIATION"))))[1]  # type: ignore[index]

    today, calendar = local_date(timezone.now()), WorkCalendar.load()
    assert proposed() == calendar.count(today, 10).due.isoformat()
    DeadlineRule.objects.create(step="FOLLOW_UP", working_days=3)
    deadlines.forget()
    assert proposed() == calendar.count(today, 3).due.isoformat()


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("INFORMATION", {"subject": ""}, "请填写这一项"),
        ("INFORMATION", {"forms_filled": "-1"}, "这里最小填 0"),
        ("INFORMATION", {"subject": "问" * 501}, "最多 500 个字"),
        ("MEDIATION", {"name2": ""}, "至少写两个人"),
        ("MEDIATION", {"phone1": "12"}, "电话号码不对"),
        ("MEDIATION", {"answer": ""}, "请写说定了什么"),
        ("MEDIATION", {"result": "x"}, "请从列表里选择"),
        ("LEGAL", {"referral": "OTHER", "referred_to": ""}, "请写让他去哪里"),
        ("PROJECT", {"phone1": ""}, "请留一个电话"),
        ("PROJECT", {"day": "2020-01-01"}, "一个月以内"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_is_lost(
    world: World, at_desk: Any, kind: str, change: dict[str, str], said: str
) -> None:
    answer = at_desk().post(new(kind), sent(world, kind, **change))
    page = text(answer)
    assert answer.status_code == 422
    assert said in page
    kept = TOLD[kind]["answer" if "subject" in change else "subject"] if "answer" in TOLD[kind] else "三百来户"
    assert kept in page
    assert not PostRecord.objects.exists()


def test_a_typed_third_party_stays_open(world: World, at_desk: Any) -> None:
    answer = at_desk().post(new("MEDIATION"), sent(world, "MEDIATION", name3="西邻孙家", result=""))
    assert '<details class="fold plain" open>' in text(answer)
    assert '<details class="fold plain">' in text(at_desk().get(new("MEDIATION")))


def test_a_double_tap_writes_once_and_the_back_button_is_understood(world: World, at_desk: Any) -> None:
    client, data = at_desk(), sent(world, "INFORMATION")
    for _ in range(2):
        assert client.post(new("INFORMATION"), data).status_code == 302
    assert PostRecord.objects.count() == 1
    answer = client.post(new("INFORMATION"), data | {"subject": "老年卡在哪里办"})
    page = text(answer)
    assert (answer.status_code, "刚才已经记下了" in page) == (422, True)
    key = re.search(r'name="client_key" value="([0-9a-f-]+)"', page)
    assert key is not None
    again = client.post(new("INFORMATION"), data | {"subject": "老年卡在哪里办", "client_key": key[1]})
    assert (again.status_code, PostRecord.objects.count()) == (302, 2)


def test_what_was_written_today_stands_beside_the_form(world: World, at_desk: Any) -> None:
    now_written(world, subject="今天问的事")
    now_written(world, subject="昨天记的事", at=timezone.localtime() - timedelta(days=1))
    now_written(world, subject="别人记的事", actor=world.town_staff)
    page = text(at_desk().get(new("INFORMATION")))
    assert "今天问的事" in page
    assert "昨天记的事" not in page
    assert "别人记的事" not in page


SHOWN = {
    "clerk": ("檐口各退", "欧**", "139****5670", "记下回访", "看一次", "标成记错了", "谁在什么时候"),
    "rep": ("檐口各退", "欧**", "139****5670", "记下回访", "看一次", "标成记错了", "谁在什么时候"),
    "town_staff": ("檐口各退", "记下回访", "标成记错了", "谁在什么时候"),
    "county_staff": (),
    "leader": (),
}


@pytest.mark.parametrize("who", SHOWN)
def test_each_reads_his_part_of_a_mediation(world: World, at_desk: Any, who: str) -> None:
    row = now_written(world, "MEDIATION")
    page = text(at_desk(who).get(row.get_absolute_url()))
    assert "两家为滴水檐争地界" in page
    assert "谈拢了" in page
    assert tuple(words for words in SHOWN["clerk"] if words in page) == SHOWN[who]
    assert ("只有站点和在岗代表看得到" in page) is (who in {"town_staff", "county_staff", "leader"})
    assert not [secret for secret in SECRETS if secret in page]


def test_a_legal_record_says_who_answered_and_where_to(world: World, at_desk: Any) -> None:
    page = text(at_desk().get(now_written(world, "LEGAL").get_absolute_url()))
    for words in ("何知秋律师", "法律援助中心 县法律援助中心一楼窗口", "先收好工友证明"):
        assert words in page
    himself = now_written(world, "LEGAL", answered_by="", referral="", subject="另一问")
    assert "<dd>麦知秋代表</dd>" in text(at_desk().get(himself.get_absolute_url()))
    assert "一楼窗口" not in text(at_desk("county_staff").get(himself.get_absolute_url()))


def test_an_idea_says_where_and_for_whom(world: World, at_desk: Any) -> None:
    row = now_written(world, "PROJECT")
    for who in ("clerk", "county_staff"):
        page = text(at_desk(who).get(row.get_absolute_url()))
        for words in ("东街社区 二道桥北头", "三百来户", "要告诉他"):
            assert words in page
    assert "想听结果" in text(at_desk().get(LIST))


def test_following_up_on_the_page(world: World, at_desk: Any) -> None:
    row = now_written(world, "MEDIATION", at=timezone.localtime() - timedelta(days=20))
    client, address = at_desk(), f"/desk/posts/{row.pk}/follow_up/"
    assert "该回访了，晚了 6 天" in text(client.get(row.get_absolute_url()))
    refused = client.post(address, {"found": "", "note": "他们说还行"})
    assert (refused.status_code, "他们说还行" in text(refused)) == (422, True)
    later = (local_date(timezone.now()) + timedelta(days=5)).isoformat()
    assert client.post(address, {"found": "QUARREL", "note": "又吵了", "again_on": later}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.follow_up, row.follow_up_on.isoformat()) == ("WAITING", "QUARREL", later)  # type: ignore[union-attr]
    client.post(address, {"found": "HOLDS"})
    page = text(client.get(row.get_absolute_url()))
    assert "还管用" in page
    assert "记下回访" not in page
    assert client.post(address, {"found": "HOLDS"}).status_code == 409
    assert client.get(address).status_code == 302


def test_names_are_shown_once_for_a_reason_and_leave_a_line(world: World, at_desk: Any) -> None:
    row = now_written(world, "MEDIATION")
    client, address = at_desk(), f"/desk/posts/{row.pk}/reveal/"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert not AuditEntry.objects.filter(action="identity_revealed").exists()
    shown = client.post(address, {"reason": "打电话回访"})
    assert "欧阳金丝雀" in text(shown)
    assert "13912345670" in text(shown)
    assert "no-store" in shown["Cache-Control"]
    line = AuditEntry.objects.get(action="identity_revealed")
    assert (line.subject, line.detail["reason"]) == (f"post_record:{row.pk}", "打电话回访")
    assert not [secret for secret in SECRETS if secret in text(client.get(row.get_absolute_url()))]
    for who, status in (("town_staff", 403), ("county_staff", 403), ("other_clerk", 404)):
        answer = at_desk(who).post(address, {"reason": "打电话回访"})
        assert answer.status_code == status
        assert not [secret for secret in SECRETS if secret in text(answer)]
    assert AuditEntry.objects.filter(action="identity_revealed").count() == 1


def test_a_mistake_leaves_the_list_but_not_the_page(world: World, at_desk: Any) -> None:
    row = now_written(world)
    client = at_desk()
    assert client.post(f"/desk/posts/{row.pk}/void/", {"reason": ""}).status_code == 422
    assert client.post(f"/desk/posts/{row.pk}/void/", {"reason": "记到别人名下"}).status_code == 302
    assert row.subject not in text(client.get(LIST))
    assert row.subject in text(client.get(LIST, {"state": "void"}))
    page = text(client.get(row.get_absolute_url()))
    assert "记到别人名下" in page
    assert "转成意见</a>" not in page
    assert client.post(f"/desk/posts/{row.pk}/void/", {"reason": "再来一次"}).status_code == 409
