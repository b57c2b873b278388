"""The script that makes a bare checkout ready, run against folders of the test's own; nothing is downloaded."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, pointed at an empty checkout in a path with a blank."""
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", ROOT / "deploy" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    checkout = tmp_path / "复制 的"
    checkout.mkdir()
    (checkout / "requirements.txt").write_text("django==5.2\n")
    (checkout / "package-lock.json").write_text("{}")
    for name, value in {
        "ROOT": checkout,
        "VENV": checkout / ".venv",
        "PYTHON": checkout / ".venv" / "bin" / "python",
        "NODE_MODULES": checkout / "node_modules",
    }.items():
        monkeypatch.setattr(module, name, value)
    return module


@pytest.fixture
def runs(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A note of every step instead of the step."""
    done: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "run", lambda command, what: done.append(command))
    bootstrap.VENV.mkdir()
    bootstrap.NODE_MODULES.mkdir()
    return done


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = "import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p]; import runpy; " + (
        f"runpy.run_path({str(ROOT / 'deploy' / 'bootstrap.py')!r}, run_name='looked_at')"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_packages_are_installed_once(bootstrap: ModuleType, runs: list[list[str]]) -> None:
    bootstrap.install_packages("requirements.txt")
    bootstrap.install_packages("requirements.txt")
    assert len(runs) == 1
    assert runs[0][-2:] == ["-r", "requirements.txt"]


def test_changed_requirements_are_installed_again(bootstrap: ModuleType, runs: list[list[str]]) -> None:
    bootstrap.install_packages("requirements.txt")
    (bootstrap.ROOT / "requirements.txt").write_text("django==5.2.1\n")
    bootstrap.install_packages("requirements.txt")
    assert len(runs) == 2


def test_browser_files_follow_the_lock_file(
    bootstrap: ModuleType, runs: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "npm_command", lambda: (["npm"], {}))
    bootstrap.install_browser_files()
    bootstrap.install_browser_files()
    assert [command[:3] for command in runs] == [["npm", "ci", "--ignore-scripts"]]
    (bootstrap.ROOT / "package-lock.json").write_text('{"lockfileVersion": 3}')
    bootstrap.install_browser_files()
    assert len(runs) == 2


def test_a_failed_step_is_not_remembered_and_says_so(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.VENV.mkdir()
    bootstrap.PYTHON.parent.mkdir()
    bootstrap.PYTHON.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    bootstrap.PYTHON.chmod(0o755)
    with pytest.raises(SystemExit) as ended:
        bootstrap.install_packages("requirements.txt")
    assert ended.value.code == 1
    assert not (bootstrap.VENV / "installed-requirements.txt").exists()
    shown = capsys.readouterr().err
    assert "no network" in shown
    assert "没有成功" in shown


def test_a_venv_carried_here_from_elsewhere_is_made_anew(bootstrap: ModuleType) -> None:
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.write_text("#!/bin/sh\nexit 0\n")
    bootstrap.PYTHON.chmod(0o755)
    (bootstrap.VENV / "birthplace").write_text("/somewhere/else")
    bootstrap.make_environment()
    assert (bootstrap.VENV / "birthplace").read_text(encoding="utf-8") == str(bootstrap.ROOT)
    version = subprocess.run([str(bootstrap.PYTHON), "-m", "pip", "--version"], capture_output=True, check=False)
    assert version.returncode == 0


def test_a_working_venv_is_kept(bootstrap: ModuleType) -> None:
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.write_text("#!/bin/sh\nexit 0\n")
    bootstrap.PYTHON.chmod(0o755)
    bootstrap.make_environment()
    assert bootstrap.PYTHON.read_text() == "#!/bin/sh\nexit 0\n"


def test_an_old_python_is_told_which_is_needed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (9, 9))
    with pytest.raises(SystemExit):
        bootstrap.main()
    assert "Python 3.11" in capsys.readouterr().err


def test_without_npm_the_packaged_one_is_used(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    command, extra = bootstrap.npm_command()
    assert command[0].endswith("node")
    assert Path(command[1]).name == "npm-cli.js"
    assert Path(command[1]).is_file()
    assert extra["PATH"].startswith(str(Path(command[0]).parent))
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0


def test_the_lock_files_name_no_host() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")
