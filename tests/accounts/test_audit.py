"""The audit log: only grows, read by one role, exported safely."""

import csv
import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from accounts import audit
from accounts.exports import safe_cell
from accounts.models import AuditEntry, Role, User
from tests.accounts.conftest import AT

AUDIT = "/accounts/audit/"
SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def note(at: datetime = AT, actor: User | None = None, action: str = "sign_in", **fields: Any) -> AuditEntry:
    return audit.record(action, actor=actor, at=at, subject=fields.pop("subject", "user:1"), **fields)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_auditentry SET action = 'nothing'",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry CASCADE",
    ],
)
def test_raw_sql_cannot_change_it(db: None, sql: str) -> None:
    note()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEntry.objects.get().action == "sign_in"


def test_the_orm_cannot_either(db: None) -> None:
    entry = note()
    entry.action = "nothing"
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()


def test_a_visitor_or_the_system_is_nobody(db: None) -> None:
    assert note(actor=AnonymousUser()).actor is None  # type: ignore[arg-type]
    assert note(actor=None).actor is None


def test_long_values_are_cut_not_refused(db: None) -> None:
    entry = note(subject="x" * 500, ip="1" * 500)
    assert (len(entry.subject), len(entry.ip)) == (120, 45)


def test_address_of_a_request(rf: RequestFactory) -> None:
    assert audit.address_of(rf.get("/", REMOTE_ADDR="10.0.0.7")) == "10.0.0.7"
    assert audit.address_of(rf.get("/", REMOTE_ADDR="")) == ""


@pytest.mark.parametrize("role", list(Role))
def test_visible_to_the_audit_admin_alone(person: Callable[..., User], role: str) -> None:
    user = person("someone", role, region_code="411625", station_code="mingnan", unit_code="chengguan")
    note()
    assert AuditEntry.objects.visible_to(user).exists() is (role == Role.AUDIT_ADMIN)


@pytest.fixture
def lines(clerk: User) -> None:
    note(AT - timedelta(days=2), clerk, "sign_in", subject="user:5")
    note(AT - timedelta(days=1), clerk, "password_changed", subject="user:5")
    note(AT, None, "sign_in_failed", subject="user:?")


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("?actor=clerk", ["user:5", "user:5"]),
        ("?actor=先生&action=sign_in", ["user:5"]),
        ("?action=sign_in_failed", ["user:?"]),
        ("?subject=user:5&since=2026-03-24", ["user:5"]),
        ("?subject=user:5&until=2026-03-23", ["user:5"]),
        ("?since=2026-03-24&until=2026-03-24", ["user:5"]),
        ("?since=nonsense", []),
        ("?action=nonsense", []),
        ("?actor=nobody", []),
    ],
)
@pytest.mark.usefixtures("lines")
def test_filters(audit_admin: User, signed_in: SignedIn, query: str, subjects: list[str]) -> None:
    page = signed_in(audit_admin).get(AUDIT + query)
    found = [entry.subject for entry, *_ in page.context["rows"] if entry.action != "role_granted"]
    assert found == subjects


def test_pages_go_by_the_last_line(audit_admin: User, signed_in: SignedIn) -> None:
    for number in range(120):
        note(subject=f"row:{number}")
    client = signed_in(audit_admin)
    seen: list[int] = []
    address = f"{AUDIT}?action=sign_in"
    for _ in range(3):
        page = client.get(address)
        seen += [entry.pk for entry, *_ in page.context["rows"]]
        address = f"{AUDIT}?{page.context['query']}&before={page.context['older']}"
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)
    assert client.get(f"{AUDIT}?before=99999999999999999999").status_code == 200
    assert client.get(f"{AUDIT}?before=x").status_code == 200


def test_export(audit_admin: User, clerk: User, signed_in: SignedIn) -> None:
    User.objects.filter(pk=clerk.pk).update(name="=HYPERLINK(1)")
    note(actor=User.objects.get(pk=clerk.pk), subject="@sum", detail={"role": "TOWN_STAFF", "a": "洺南"}, ip="10.0.0.7")
    answer = signed_in(audit_admin).get(f"{AUDIT}export.csv?action=sign_in")
    assert "attachment" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    [head, row] = list(csv.reader(io.StringIO(text[1:])))
    assert head[0] == "时间"
    assert row == [
        "2026-03-25 09:41:00",
        "'=HYPERLINK(1)",
        "clerk",
        "登录",
        "'@sum",
        "a：洺南；角色：乡镇工作人员",
        "10.0.0.7",
    ]
    assert AuditEntry.objects.filter(action="audit_exported", actor=audit_admin).exists()


@pytest.mark.parametrize("query", ["extra=%00", "action=%00", "actor=a%00b", f"other={'x' * 3000}"])
def test_an_export_remembers_the_filters_it_used_and_nothing_else(
    audit_admin: User, signed_in: SignedIn, query: str
) -> None:
    answer = signed_in(audit_admin).get(f"{AUDIT}export.csv?since=2026-01-01&{query}")
    assert answer.status_code == 200
    kept = AuditEntry.objects.get(action="audit_exported").detail["filters"]
    assert kept in ({}, {"since": "2026-01-01"}, {"since": "2026-01-01", "actor": "a\ufffdb"})


@given(st.text())
def test_no_cell_starts_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell.endswith(text)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_every_action_recorded_anywhere_has_a_chinese_name_in_a_process_that_has_loaded_no_page() -> None:
    root = Path(audit.__file__).parents[1]
    started = "import django; django.setup(); from accounts import audit; print(*audit.ACTIONS)"
    named = subprocess.run([sys.executable, "-c", started], cwd=root, capture_output=True, text=True, check=True)
    packages = ("accounts", "notices", "stations", "duties", "opinions", "projects", "dashboards")
    source = "".join(path.read_text() for name in packages for path in (root / name).rglob("*.py"))
    recorded = set(re.findall(r'(?:audit\.record\(|_note\((?="\w+", actor, at))\s*"(\w+)"', source))
    assert len(recorded) > 10
    assert recorded <= set(named.stdout.split())


def test_other_apps_name_their_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "ACTIONS", dict(audit.ACTIONS))
    audit.name_action("opinion_identity_shown", "查看身份")
    assert audit.ACTIONS["opinion_identity_shown"] == "查看身份"


@pytest.mark.parametrize("query", ["until=9999-12-31", "since=0001-01-01&until=9999-12-31", "since=9999-12-31"])
@pytest.mark.parametrize("page", [AUDIT, f"{AUDIT}export.csv"])
def test_the_first_and_the_last_day_there_is_are_days_too(
    signed_in: SignedIn, audit_admin: User, page: str, query: str
) -> None:
    answer = signed_in(audit_admin).get(f"{page}?{query}")
    assert answer.status_code == 200
