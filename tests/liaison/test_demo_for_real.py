"""`make demo` as a person runs it: up, answering, refusing a second one, and gone without a trace after Ctrl-C."""

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
UP_SECONDS, STOP_SECONDS = 240, 60

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass
class Demo:
    """A running demo: its process, where it answers, what it printed, its mark on every process it started."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    base: Path

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def processes(self) -> list[psutil.Process]:
        """Everything that carries this demo's state folder in its environment or its command line."""
        found = []
        for process in psutil.process_iter(["cmdline", "environ"]):
            given = (process.info["environ"] or {}).get("LIAISON_STATE_BASE", "")
            if given == str(self.base) or str(self.base) in " ".join(process.info["cmdline"] or []):
                found.append(process)
        return [process for process in found if process.pid != os.getpid()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(base: Path, port: int) -> dict[str, str]:
    """A person's environment: nothing of the tests' own."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "USER"}}
    # Static files go aside, so that a demo of this checkout that somebody looks at keeps its own.
    return kept | {"PORT": str(port), "LIAISON_STATE_BASE": str(base), "STATIC_ROOT": str(base / "static")}


def launch(base: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "liaison.runtime.demo"],
            cwd=ROOT,
            env=environment(base, port),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def eventually(holds: object, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.2)
    return False


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """One demo for all tests of this module; the last of them ends it."""
    home = Path(tempfile.mkdtemp(prefix="liaison-demo-"))
    home.chmod(0o711)
    base, port = home / "state", free_port()
    base.mkdir()
    started = Demo(launch(base, port, home / "log"), port, home / "log", base)
    try:
        assert eventually(lambda: "Ctrl-C" in started.printed() or started.process.poll() is not None, UP_SECONDS)
        assert started.process.poll() is None, started.printed()
        yield started
    finally:
        for process in started.processes():
            process.kill()
        shutil.rmtree(home, ignore_errors=True)


def test_a_person_finds_the_demo_ready_and_leaves_nothing_behind(demo: Demo) -> None:
    assert demo.get("/healthz") == (200, "ok\n")
    assert '"ready": true' in demo.get("/readyz")[1]
    _the_text_helps(demo)
    _the_code_on_the_wall_opens_a_page(demo)
    _the_worker_draws_a_towns_codes(demo)
    _a_second_demo_is_told_where_the_first_is(demo)
    _ctrl_c_ends_everything(demo)


def _the_text_helps(demo: Demo) -> None:
    text = demo.printed()
    assert f"http://localhost:{demo.port}/" in text
    assert re.search(r"accounts, one password:\s+\S{8,}", text)
    assert "Traceback" not in text


def _the_code_on_the_wall_opens_a_page(demo: Demo) -> None:
    code = re.search(r"/q/([0-9A-Z]+)/", demo.printed())
    assert code, "the text names one entry code"
    status, page = demo.get(f"/q/{code.group(1)}/")
    assert status == 200
    assert "<h1" in page


def _the_worker_draws_a_towns_codes(demo: Demo) -> None:
    """The clerk orders a ZIP in the browser's way; the real worker makes it, the page counts, the file is there."""
    password = re.search(r"accounts, one password:\s+(\S{8,})", demo.printed())
    assert password
    at, clerk = f"http://localhost:{demo.port}", requests.Session()

    def send(page: str, action: str, **fields: str) -> requests.Response:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', clerk.get(at + page, timeout=20).text)
        assert found
        return clerk.post(at + action, data={"csrfmiddlewaretoken": found.group(1), **fields}, timeout=30)

    send("/accounts/login/", "/accounts/login/", username="town", password=password.group(1))
    page = send("/desk/stations/", "/desk/stations/prints/", scope="411625001", size="sticker", form="png")
    assert re.search(r"/desk/stations/prints/\d+/$", page.url), page.url
    figures = {}

    def is_done() -> bool:
        figures.update(clerk.get(f"{page.url}?form=json", timeout=20).json())
        return bool(figures.get("file"))

    assert eventually(is_done, 60), figures
    names = zipfile.ZipFile(io.BytesIO(clerk.get(f"{page.url}file/", timeout=30).content)).namelist()
    assert any("洺南街道" in name for name in names)
    assert all(name.endswith(".png") for name in names)


def _a_second_demo_is_told_where_the_first_is(demo: Demo) -> None:
    log = demo.base.parent / "second"
    second = launch(demo.base, free_port(), log)
    assert second.wait(60) == 1
    assert f"http://localhost:{demo.port}/" in log.read_text(encoding="utf-8")
    assert demo.get("/healthz")[0] == 200, "the first one is not disturbed"


def _ctrl_c_ends_everything(demo: Demo) -> None:
    os.killpg(demo.process.pid, signal.SIGINT)
    assert demo.process.wait(STOP_SECONDS) == 0
    assert eventually(lambda: not demo.processes(), 10), [process.cmdline() for process in demo.processes()]
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", demo.port))
