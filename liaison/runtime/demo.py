"""`make demo`: the whole portal on one machine – database, queue, demo county, web, worker, beat – until Ctrl-C.

Run as `python -m liaison.runtime.demo` after deploy/bootstrap.py. PORT, HOST and DEMO_PASSWORD may be given in the
environment. Nothing is left running afterwards, and a second run finds its data again.
"""

import ctypes
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from liaison.runtime import embedded
from liaison.runtime.places import CHECKOUT, Places
from liaison.runtime.postgres import RuntimeFault

PREPARE = [sys.executable, "-m", "liaison.runtime.prepare"]
STOP_SECONDS = 25
READY_SECONDS = 60
_PR_SET_PDEATHSIG = 1


class Asked:
    """Remembers that somebody asked us to stop (Ctrl-C, SIGTERM, a closed terminal)."""

    def __init__(self) -> None:
        self.number = 0
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._note)

    def _note(self, number: int, frame: object) -> None:
        self.number = number


def say(chinese: str, english: str = "") -> None:
    """One line for the person at the terminal."""
    print(f"· {chinese}（{english}）" if english else chinese, flush=True)


def read_port() -> int:
    """The port to listen on, from PORT. Raises RuntimeFault for anything but a usable number."""
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise RuntimeFault(
            f"PORT={text} 不是端口号，请写 1 到 65535 的数字。\n  PORT must be a number from 1 to 65535."
        )
    return int(text)


def check_port(host: str, port: int) -> None:
    """Raise RuntimeFault with a way out when we cannot listen there."""
    probe = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
        probe.listen(1)
    except PermissionError as error:
        raise RuntimeFault(
            f"端口 {port} 需要管理员权限，请换一个：make demo PORT=8001\n"
            f"  Port {port} is privileged; choose another: make demo PORT=8001"
        ) from error
    except OSError as error:
        other = port + 1 if port < 65535 else 8001
        raise RuntimeFault(
            f"端口 {port} 已被别的程序占用，请换一个：make demo PORT={other}\n"
            f"  Port {port} is taken by another program; choose another: make demo PORT={other}"
        ) from error
    finally:
        probe.close()


def claim(spots: Places, port: int) -> int:
    """Be the only demo of this checkout; returns the lock's descriptor. Raises RuntimeFault when one runs."""
    path = spots.lock("demo")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        running = os.read(handle, 20).decode() or "?"
        os.close(handle)
        raise RuntimeFault(
            f"这个文件夹里的演示已经在运行，地址是 http://localhost:{running}/ 。要同时开两个，请另外复制一份代码。\n"
            f"  The demo of this checkout runs already, on port {running}. For a second one use another checkout."
        ) from error
    os.ftruncate(handle, 0)
    os.write(handle, str(port).encode())
    return handle


def password(spots: Places) -> str:
    """The password of all demo accounts: given in DEMO_PASSWORD, else made once for this machine."""
    kept = spots.state / "demo-password"
    chosen = os.environ.get("DEMO_PASSWORD") or (kept.read_text(encoding="utf-8").strip() if kept.exists() else "")
    chosen = chosen or f"hui-{secrets.token_hex(3)}-{secrets.token_hex(3)}"
    if not kept.exists() or kept.read_text(encoding="utf-8").strip() != chosen:
        kept.touch(mode=0o600)
        kept.write_text(chosen + "\n", encoding="utf-8")
    return chosen


def own_address() -> str:
    """This machine's address in its network, for the printed codes; no packet is sent."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    except OSError:
        return "localhost"
    finally:
        probe.close()


def environment(spots: Places, host: str, port: int) -> dict[str, str]:
    """What the portal's processes get to know."""
    is_local = host in {"127.0.0.1", "localhost", "::1"}
    site = f"http://{'localhost' if is_local else own_address()}:{port}"
    given = {"DEMO": "1", "SITE_URL": site, "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]" if is_local else "*"}
    fixed = {
        "PORT": str(port),
        "HOST": host,
        "DEMO_PASSWORD": password(spots),
        "BEAT_FILE": str(spots.state / "beat-schedule"),
        "DJANGO_SETTINGS_MODULE": "liaison.settings",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
    return given | dict(os.environ) | fixed


def leash() -> None:
    """In a child: be asked to stop when the parent dies in any way, even by kill -9 (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command: list[str], environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a child of the demo in a session of its own, so that a Ctrl-C reaches us alone and we stop it in order."""
    return subprocess.Popen(
        command, cwd=CHECKOUT, env=environ, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=leash
    )


def stop(child: subprocess.Popen[bytes]) -> None:
    """Ask a child and what it started to end, and see to it that it does."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def wait_for(child: subprocess.Popen[bytes], asked: Asked) -> int:
    """Wait for a child to end by itself; stop it when we are asked to stop. Returns its exit code."""
    while child.poll() is None:
        if asked.number:
            stop(child)
            break
        time.sleep(0.1)
    return int(child.returncode or 0)


def is_answering(port: int) -> bool:
    """Whether the web server answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def serve(environ: dict[str, str], asked: Asked, banner: Path) -> int:
    """Run web, worker and beat until asked to stop or until one of them gives up."""
    line = [sys.executable, "-m", "honcho", "start", "--procfile", "Procfile", "--port", environ["PORT"]]
    child = start([*line, "--no-colour"], environ)
    until = time.monotonic() + READY_SECONDS
    while not asked.number and child.poll() is None and time.monotonic() < until:
        if is_answering(int(environ["PORT"])):
            print(banner.read_text(encoding="utf-8"), flush=True)
            break
        time.sleep(0.2)
    code = wait_for(child, asked)
    return 0 if asked.number else code or 1


def run(asked: Asked) -> int:
    """Everything from the first check to the last process; the exit code is the shell's."""
    host, port = os.environ.get("HOST") or "127.0.0.1", read_port()
    spots = embedded.places("main")
    embedded.make_state_folder(spots)
    lock = claim(spots, port)
    try:
        check_port(host, port)
        return run_with_servers(spots, host, port, asked)
    finally:
        os.close(lock)


def run_with_servers(spots: Places, host: str, port: int, asked: Asked) -> int:
    """Start database and queue, prepare, serve; afterwards see to it that both are stopped."""
    try:
        say("正在启动数据库和队列", "starting database and queue")
        embedded.ensure("main")
        environ = environment(spots, host, port)
        banner = spots.state / "demo-banner.txt"
        code = wait_for(start([*PREPARE, str(banner)], environ), asked)
        if code == 0 and not asked.number:
            code = serve(environ, asked, banner)
        if asked.number:
            return 0  # stopping when asked to is no fault
        return code
    finally:
        say("正在停止", "stopping")
        embedded.release()
        embedded.wait_until_stopped(spots)


def main() -> int:
    """Run the demo and turn a fault into its sentence."""
    asked = Asked()
    try:
        return run(asked)
    except RuntimeFault as fault:
        print(f"\n✗ {fault}\n", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
