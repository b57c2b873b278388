"""The demo's preparations in one process: tables, demo county, static files, and the text shown when all is ready.

Run as `python -m liaison.runtime.prepare BANNER_FILE` with the servers up. What is already done is not done again.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

KEPT_DAYS = 7  # how long a file of an earlier collection may still be asked for


def migrate() -> None:
    """Bring the tables to what the code expects, when they are not."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("· 正在建立数据表（making the tables）", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def seed() -> None:
    """Fill the demo county; the command itself leaves alone what is there."""
    if "seed_demo" in get_commands():
        print("· 正在准备演示数据（preparing the demo county）", flush=True)
        call_command("seed_demo")


def static_fingerprint() -> str:
    """A name for the present state of all static files: changes when any is added, removed or written."""
    sums = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            sums.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return sums.hexdigest()


def collect() -> None:
    """Fingerprint and compress the static files, when one has changed.

    A server that still runs, and a page that is still open, ask for the files of before: those stay for KEPT_DAYS.
    """
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    wanted = static_fingerprint()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("· 正在整理网页文件（collecting static files）", flush=True)
    for name in _fingerprinted():
        os.utime(stamp.parent / name)  # from now on it may be one of before
    call_command("collectstatic", interactive=False, verbosity=0)
    _sweep(stamp.parent)
    stamp.write_text(wanted, encoding="utf-8")


def _manifest() -> dict[str, str]:
    """Plain and fingerprinted name of everything collected last; nothing before the first time."""
    path = Path(settings.STATIC_ROOT) / "staticfiles.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))["paths"]) if path.exists() else {}


def _fingerprinted() -> list[str]:
    """The fingerprinted files of the last collection that are there, compressed ones included."""
    names = (name + ending for name in _manifest().values() for ending in ("", ".gz", ".br"))
    return [name for name in names if (Path(settings.STATIC_ROOT) / name).is_file()]


def _sweep(root: Path) -> None:
    """Remove what belongs to no collection of the last KEPT_DAYS days."""
    manifest = _manifest()
    used = {name + ending for pair in manifest.items() for name in pair for ending in ("", ".gz", ".br")}
    since = time.time() - KEPT_DAYS * 24 * 3600
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.is_file() and name not in used and name != "staticfiles.json" and path.stat().st_mtime < since:
            path.unlink()


def entry_code() -> str:
    """A code as it hangs on a wall, or an empty string while there is none."""
    codes = apps.get_model("stations", "EntryCode").objects.filter(revoked_at=None, kind="STATION").order_by("pk")
    return str(codes.values_list("code", flat=True).first() or "")


def accounts() -> list[tuple[str, str, str]]:
    """One account per role that somebody can sign in with: user name, name, role in words."""
    grants = apps.get_model("accounts", "RoleGrant").objects.filter(revoked_at=None, user__is_active=True)
    grants = grants.exclude(
        user__password__startswith=UNUSABLE_PASSWORD_PREFIX
    )  # colleagues who only act in the demo's stories
    shown: dict[str, tuple[str, str, str]] = {}
    for grant in grants.select_related("user").order_by("pk")[:500]:
        shown.setdefault(grant.role, (grant.user.username, grant.user.name, grant.get_role_display()))
    return list(shown.values())


def banner() -> str:
    """What the person at the terminal reads when the portal answers."""
    code, site = entry_code(), settings.SITE_URL
    lines = ["", "=" * 72, "  郸城县人大代表联络站演示已就绪（the demo is ready）", ""]
    lines.append(f"  首页 home          {site}/")
    if code:
        lines.append(f"  扫码入口 resident   {site}/q/{code}/      码 code: {code}")
    lines.append(f"  工作台 desk         {site}{settings.LOGIN_URL}")
    lines += ["", f"  演示账号，密码都是 accounts, one password:  {os.environ.get('DEMO_PASSWORD', '')}"]
    lines += [f"    {username:<16}{name}（{role}）" for username, name, role in accounts()]
    lines += ["", "  按 Ctrl-C 停止，数据会保留（Ctrl-C stops everything, data is kept）", "=" * 72, ""]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Do the preparations in order and leave the text in the given file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    django.setup()
    migrate()
    collect()
    seed()
    Path(arguments[0]).write_text(banner(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
