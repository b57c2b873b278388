"""`make demo` in its parts: the checks before, what its processes get to know, and that its children end."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from liaison.runtime import demo
from liaison.runtime.places import Places
from liaison.runtime.postgres import RuntimeFault


@pytest.fixture
def spots(tmp_path: Path) -> Places:
    (tmp_path / "state").mkdir()
    return Places("main", tmp_path / "state", tmp_path / "sockets")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        yield int(server.getsockname()[1])


@pytest.fixture
def asked() -> Iterator[demo.Asked]:
    """Signals as the demo takes them, and as they were afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield demo.Asked()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_port_is_8000_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert demo.read_port() == 8000
    monkeypatch.setenv("PORT", "8123")
    assert demo.read_port() == 8123
    monkeypatch.setenv("PORT", "")
    assert demo.read_port() == 8000


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80 80", "８０００", "1e3"])
def test_anything_but_a_port_is_refused_in_two_languages(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(RuntimeFault, match="PORT must be a number") as refused:
        demo.read_port()
    assert "不是端口号" in str(refused.value)


def test_a_taken_port_offers_the_next(taken_port: int) -> None:
    with pytest.raises(RuntimeFault, match=f"make demo PORT={taken_port + 1}") as refused:
        demo.check_port("127.0.0.1", taken_port)
    assert "已被别的程序占用" in str(refused.value)


def test_a_free_port_stays_free(taken_port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    demo.check_port("127.0.0.1", free)
    demo.check_port("127.0.0.1", free)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(RuntimeFault):
        demo.check_port("192.0.2.1", 8000)


def test_there_is_one_demo_per_checkout_and_the_second_is_told_where(spots: Places) -> None:
    first = demo.claim(spots, 8000)
    with pytest.raises(RuntimeFault, match="on port 8000") as refused:
        demo.claim(spots, 8001)
    assert "http://localhost:8000/" in str(refused.value)
    os.close(first)
    os.close(demo.claim(spots, 8001))


def test_the_password_is_made_once_and_kept_closed(spots: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    made = demo.password(spots)
    assert len(made) >= 12
    assert demo.password(spots) == made
    assert (spots.state / "demo-password").stat().st_mode & 0o077 == 0


def test_a_given_password_counts_and_is_kept(spots: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.password(spots)
    monkeypatch.setenv("DEMO_PASSWORD", "given-for-today")
    assert demo.password(spots) == "given-for-today"
    monkeypatch.delenv("DEMO_PASSWORD")
    assert demo.password(spots) == "given-for-today"


def test_at_home_only_this_machine_is_answered(spots: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SITE_URL", "ALLOWED_HOSTS", "DEMO"):
        monkeypatch.delenv(name, raising=False)
    known = demo.environment(spots, "127.0.0.1", 8000)
    assert known["SITE_URL"] == "http://localhost:8000"
    assert known["ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1]"
    assert known["DEMO"] == "1"


def test_in_the_network_the_codes_carry_this_machines_address(spots: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SITE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(demo, "own_address", lambda: "10.0.0.7")
    known = demo.environment(spots, "0.0.0.0", 8000)
    assert known["SITE_URL"] == "http://10.0.0.7:8000"


def test_what_the_person_sets_is_not_overruled(spots: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "http://demo.dancheng.example")
    assert demo.environment(spots, "127.0.0.1", 8000)["SITE_URL"] == "http://demo.dancheng.example"


def test_a_child_that_ends_gives_its_code(asked: demo.Asked) -> None:
    child = demo.start([sys.executable, "-c", "raise SystemExit(7)"], dict(os.environ))
    assert demo.wait_for(child, asked) == 7


def test_a_request_to_stop_ends_the_child(asked: demo.Asked) -> None:
    child = demo.start([sys.executable, "-c", "import time; time.sleep(60)"], dict(os.environ))
    os.kill(os.getpid(), signal.SIGINT)
    began = time.monotonic()
    demo.wait_for(child, asked)
    assert asked.number == signal.SIGINT
    assert time.monotonic() - began < 10
    assert not psutil.pid_exists(child.pid)


def test_a_stubborn_child_is_killed_with_all_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "STOP_SECONDS", 0.5)
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    child = demo.start([sys.executable, "-c", code], dict(os.environ))
    time.sleep(0.7)
    grandchildren = psutil.Process(child.pid).children()
    assert grandchildren
    demo.stop(child)
    psutil.wait_procs(grandchildren, timeout=5)
    assert not any(process.is_running() and process.status() != "zombie" for process in grandchildren)


def test_nobody_answers_on_a_silent_port(taken_port: int) -> None:
    assert demo.is_answering(taken_port) is False


@pytest.mark.django_db(transaction=True)
def test_it_sees_when_the_portal_answers(live_server: Any) -> None:
    assert demo.is_answering(int(live_server.url.rsplit(":", 1)[1])) is True


def test_a_fault_is_a_sentence_and_not_a_traceback(
    asked: demo.Asked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "nonsense")
    assert demo.main() == 1
    assert "PORT=nonsense" in capsys.readouterr().err
