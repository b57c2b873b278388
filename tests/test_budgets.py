"""The budgets of docs/architecture.md as a gate: sizes, tests beside source, and what a page may never hold."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("core", "accounts", "notices", "stations", "duties", "opinions", "projects", "dashboards", "liaison")
MAX_FUNCTION, MAX_MODULE, MAX_TEMPLATE = 50, 400, 150

# The one list of places that may catch everything: sweeps, where one bad row must not stop the others.
MAY_CATCH_ALL = {
    "notices/delivery.py",
    "opinions/sweeps.py",
    "opinions/workflow/engine.py",
    "liaison/runtime/embedded.py",
}
# Only these may ask what time it is; everything below is told (`at`).
MAY_ASK_THE_TIME = re.compile(r"/(\w*views|tasks|management|\w*forms|middleware|sessions|admin|jobs|demo)|^liaison/")

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I)
INLINE_STYLE = re.compile(r"<style[\s>]|\sstyle\s*=", re.I)
INLINE_HANDLER = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.I)
OTHER_HOST = re.compile(r"(?:src|href|action|url\()\s*=?\s*[\"']?\s*(?:https?:)?//(?!www\.w3\.org)", re.I)


def source_files() -> list[Path]:
    """Every module of the portal but migrations, which are data about tables."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def test_files() -> list[Path]:
    """Every module of the tests."""
    return sorted((ROOT / "tests").rglob("*.py"))


def templates() -> list[Path]:
    """Every page and part of a page."""
    folders = [ROOT / "templates", *(ROOT / package / "templates" for package in PACKAGES)]
    return sorted(path for folder in folders for path in folder.rglob("*.html"))


test_files.__test__ = False  # type: ignore[attr-defined]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def catches_all(path: Path) -> bool:
    """Whether a module holds a bare `except`, `except Exception` or `except BaseException`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(item is None or getattr(item, "id", "") in {"Exception", "BaseException"} for item in caught):
                return True
    return False


def asks_the_time(path: Path) -> bool:
    """Whether a module calls `now()` or `today()` itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"now", "utcnow", "today", "localdate"}:
            return True
    return False


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [(where, size) for path in source_files() for where, size in functions(path) if size > MAX_FUNCTION]
    assert long == []


def test_functions_are_short_on_the_whole() -> None:
    sizes = sorted(size for path in source_files() for _, size in functions(path))
    assert sizes[len(sizes) // 2] <= 10
    assert sizes[int(len(sizes) * 0.95)] <= 30


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    assert [name(path) for path in [*source_files(), *test_files()] if lines(path) > MAX_MODULE] == []


def test_no_template_is_longer_than_a_hundred_and_fifty_lines() -> None:
    assert [name(path) for path in templates() if lines(path) > MAX_TEMPLATE] == []


def test_there_is_as_much_test_as_source() -> None:
    source, tests = sum(map(lines, source_files())), sum(map(lines, test_files()))
    assert tests >= source, f"{tests} lines of tests for {source} lines of source: ratio {tests / source:.2f}, bar 1.0"


def test_only_the_listed_places_catch_everything() -> None:
    assert {name(path) for path in source_files() if catches_all(path)} <= MAY_CATCH_ALL


def test_time_is_told_not_asked_below_views_and_tasks() -> None:
    asking = [name(path) for path in source_files() if asks_the_time(path)]
    assert [path for path in asking if not MAY_ASK_THE_TIME.search(path)] == []


@pytest.mark.parametrize("rule", [INLINE_SCRIPT, INLINE_STYLE, INLINE_HANDLER, OTHER_HOST])
def test_templates_hold_nothing_inline_and_nothing_from_elsewhere(rule: re.Pattern[str]) -> None:
    assert [name(path) for path in templates() if rule.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("pattern", ["*.js", "*.css"])
def test_our_scripts_and_styles_load_nothing_from_elsewhere(pattern: str) -> None:
    rule = re.compile(r"(?:import|from|fetch\(|url\()\s*[\"']?(?:https?:)?//")
    assert [name(path) for path in (ROOT / "static").rglob(pattern) if rule.search(path.read_text("utf-8"))] == []


def test_apps_do_not_speak_through_signals() -> None:
    rule = re.compile(r"from django\.(dispatch|db\.models\.signals)|@receiver")
    assert [name(path) for path in source_files() if rule.search(path.read_text(encoding="utf-8"))] == []


def test_every_direct_requirement_says_why_it_is_here() -> None:
    for listing in ("requirements.in", "requirements-dev.in"):
        for line in (ROOT / listing).read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith(("#", "-")):
                assert re.search(r"#\s+\S+", line), f"{listing}: {line}"


def test_every_requirement_is_pinned() -> None:
    for listing in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / listing).read_text(encoding="utf-8")
        packages = [line for line in text.splitlines() if line and not line.lstrip().startswith(("#", "-"))]
        assert packages
        assert [line for line in packages if "==" not in line] == []


def test_the_layers_contract_names_every_package_in_order() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    assert contract["layers"] == list(reversed(PACKAGES))


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (INLINE_SCRIPT, "<script>go()</script>", '<script type="module" src="/a.js"></script>'),
        (INLINE_SCRIPT, '<script type="module">', '<script id="x" type="application/json">'),
        (INLINE_STYLE, '<p style="color:red">', '<p class="style">'),
        (INLINE_HANDLER, '<a href="#" onclick="go()">', '<a data-on="x" href="#">'),
        (OTHER_HOST, '<img src="https://example.org/a.png">', '<img src="/static/a.png">'),
        (OTHER_HOST, '<script src="//example.org/a.js">', "<a href=\"{% url 'x' %}\">"),
    ],
)
def test_the_rules_see_what_they_should(rule: re.Pattern[str], bad: str, good: str) -> None:
    assert rule.search(bad)
    assert not rule.search(good)
