"""The settings fail closed, and their switches do what .env.example says. Each case reads them in a fresh process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"SECRET_KEY": "s" * 50, "FIELD_KEYS": Fernet.generate_key().decode(), "HASH_KEY": "h" * 32}
REAL = {**KEYS, "DATABASE_URL": "postgresql://li@db/liaison", "REDIS_URL": "redis://queue/0"}
SHOW = """
import json, sys
from liaison import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def read(environ: dict[str, str], *names: str) -> subprocess.CompletedProcess[str]:
    """What a fresh process makes of the environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", SHOW, *names], cwd=ROOT, env=kept | environ, capture_output=True, text=True, check=False
    )


def values(environ: dict[str, str], *names: str) -> dict[str, Any]:
    done = read(environ, *names)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("missing", sorted(KEYS))
def test_without_a_key_a_real_installation_does_not_start(missing: str) -> None:
    done = read({name: value for name, value in REAL.items() if name != missing}, "DEBUG")
    assert done.returncode != 0
    assert f"{missing} is not set" in done.stderr


def test_a_machine_where_nothing_was_made_does_not_start_either(tmp_path: Path) -> None:
    done = read({"LIAISON_STATE_BASE": str(tmp_path)}, "DEBUG")
    assert done.returncode != 0
    assert "make demo" in done.stderr


def test_keys_of_the_state_folder_are_no_keys_for_a_real_database() -> None:
    done = read({"DATABASE_URL": REAL["DATABASE_URL"]}, "DEBUG")
    assert done.returncode != 0


def test_a_real_installation_is_strict_unless_told_otherwise() -> None:
    found = values(REAL, "DEBUG", "DEMO", "ALLOWED_HOSTS", "SECOND_FACTOR_REQUIRED", "METRICS_TOKEN")
    assert found == {
        "DEBUG": False,
        "DEMO": False,
        "ALLOWED_HOSTS": [],
        "SECOND_FACTOR_REQUIRED": True,
        "METRICS_TOKEN": "",
    }


def test_the_demo_asks_for_no_second_factor_but_can() -> None:
    assert values(REAL | {"DEMO": "1"}, "SECOND_FACTOR_REQUIRED") == {"SECOND_FACTOR_REQUIRED": False}
    both = REAL | {"DEMO": "1", "SECOND_FACTOR_REQUIRED": "yes"}
    assert values(both, "SECOND_FACTOR_REQUIRED") == {"SECOND_FACTOR_REQUIRED": True}


def test_an_https_address_makes_cookies_secure() -> None:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
    secure = values(REAL | {"SITE_URL": "https://lian.dancheng.example/"}, *names, "SITE_URL", "CSRF_TRUSTED_ORIGINS")
    assert secure["SESSION_COOKIE_SECURE"] is secure["CSRF_COOKIE_SECURE"] is True
    assert secure["SECURE_HSTS_SECONDS"] > 0
    assert secure["SITE_URL"] == "https://lian.dancheng.example"
    assert secure["CSRF_TRUSTED_ORIGINS"] == ["https://lian.dancheng.example"]
    plain = values(REAL | {"SITE_URL": "http://localhost:8000"}, *names)
    assert plain == dict.fromkeys(names[:2], False) | {"SECURE_HSTS_SECONDS": 0}


def test_an_older_field_key_still_opens_what_it_closed() -> None:
    older = Fernet.generate_key().decode()
    found = values(REAL | {"FIELD_KEYS": f"{KEYS['FIELD_KEYS']}, {older}"}, "FIELD_KEYS")
    assert found["FIELD_KEYS"] == [KEYS["FIELD_KEYS"], older]


def test_connections_live_on_and_are_checked() -> None:
    database = values(REAL, "DATABASES")["DATABASES"]["default"]
    assert database["ENGINE"] == "core.database"
    assert database["CONN_MAX_AGE"] is None
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["HOST"] == "db"


def test_tasks_travel_as_json_and_outlive_their_worker() -> None:
    names = ("CELERY_TASK_SERIALIZER", "CELERY_ACCEPT_CONTENT", "CELERY_TASK_ACKS_LATE", "CELERY_BROKER_URL")
    assert list(values(REAL, *names).values()) == ["json", ["json"], True, "redis://queue/0"]


def test_no_page_may_load_or_run_anything_foreign_or_inline(settings: Any) -> None:
    rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    for name in ("default-src", "script-src", "style-src", "connect-src"):
        assert rules[name] == ["'self'"]
    assert not [value for values_ in rules.values() for value in values_ if "unsafe" in value or "//" in value]


def test_the_language_and_the_clock_are_the_countys(settings: Any) -> None:
    assert (settings.LANGUAGE_CODE, settings.TIME_ZONE, settings.USE_TZ) == ("zh-hans", "Asia/Shanghai", True)


def test_every_variable_is_explained_in_the_example() -> None:
    text = (ROOT / "liaison" / "settings.py").read_text(encoding="utf-8")
    asked = set(re.findall(r"(?:environ\.get|_flag|_words|_key)\(\s*\"([A-Z_]+)\"", text))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    inner = {"TEST_DB_NAME", "PYTEST_XDIST_WORKER", "EMBEDDED_DB", "PORT"}
    assert sorted(name for name in asked - inner if not re.search(rf"^#?\s*{name}=", example, re.M)) == []
