"""The documents say what is there: commands, links, variables, packages, pictures, and folders that are everybody's."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
PACKAGES = ("core", "accounts", "notices", "stations", "duties", "opinions", "projects", "dashboards", "liaison")
GUIDES = ("resident", "clerk", "unit", "representative", "county", "administrator")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
# How the code asks the environment, and the helpers of the settings that do.
ASKED = re.compile(r"""(?:environ(?:\.get|\.setdefault)?[(\[]\s*|_flag\(|_words\(|_key\()["']([A-Z][A-Z0-9_]+)["']""")
SHELL = re.compile(r"\$\{([A-Z][A-Z_]+):-")
# Set by others for us, or by us for others; nobody who installs the portal writes them.
NOT_FOR_PEOPLE = {"DJANGO_SETTINGS_MODULE", "XDG_STATE_HOME", "PATH", "PYTEST_XDIST_WORKER"}


@cache
def documents() -> tuple[Path, ...]:
    found = [ROOT / name for name in READMES]
    return (*found, *sorted((ROOT / "docs").rglob("*.md")))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(params=documents(), ids=named)
def document(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.M))


@cache
def variables_read() -> frozenset[str]:
    """Every variable that the portal's own code asks the environment for."""
    sources = [*(ROOT / "liaison").rglob("*.py"), ROOT / "dashboards/management/commands/seed_demo.py"]
    names = {name for source in sources for name in ASKED.findall(text_of(source))}
    names |= set(SHELL.findall(text_of(ROOT / "Procfile")))
    return frozenset(names | {"DATABASE_URL", "REDIS_URL"} - NOT_FOR_PEOPLE) - NOT_FOR_PEOPLE


def variables_told(text: str) -> set[str]:
    """The variables in the first column of the tables of operations.md."""
    told: set[str] = set()
    for line in text.splitlines():
        if line.startswith("| `"):
            told |= set(re.findall(r"`([A-Z][A-Z0-9_]+)`", line.split("|")[1]))
    return told


def slugs(text: str) -> set[str]:
    """The anchors of a page as readers of Markdown make them from its headings."""
    heads = re.findall(r"^#+\s+(.+)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_each_link_leads_to_something_that_is_there(document: Path) -> None:
    broken = []
    for target in LINK.findall(FENCE.sub("", text_of(document))):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        place = (document.parent / path).resolve() if path else document
        is_there = place.exists() and ROOT in (place, *place.parents)
        if not is_there or (anchor and anchor not in slugs(text_of(place))):
            broken.append(target)
    assert broken == []


def test_each_picture_is_described_and_small(document: Path) -> None:
    most = 150 if "guide" in document.parts else 300
    for words, target in IMAGE.findall(text_of(document)):
        assert words.strip(), f"{target} has no description"
        size = (document.parent / target).resolve().stat().st_size
        assert size < most * 1024, f"{target} has {size} bytes"


def test_each_picture_is_shown_somewhere() -> None:
    shown = {
        (document.parent / target).resolve()
        for document in documents()
        for _, target in IMAGE.findall(text_of(document))
    }
    kept = {path for folder in ("docs/img", "docs/guide/img") for path in (ROOT / folder).glob("*.png")}
    assert kept - shown == set()


@pytest.mark.parametrize("name", READMES)
def test_each_make_command_of_the_readme_exists(name: str) -> None:
    told = set(re.findall(r"\bmake ([a-z-]+)", text_of(ROOT / name)))
    assert {"demo", "test", "check", "bench"} <= told
    assert told <= make_targets()


def test_each_make_command_of_the_documents_exists(document: Path) -> None:
    told = set(re.findall(r"`make ([a-z-]+)", text_of(document)))
    assert told <= make_targets()


def test_each_management_command_of_the_documents_exists(document: Path) -> None:
    told = set(re.findall(r"manage\.py ([a-z_]+)", text_of(document)))
    assert told <= set(get_commands()) | {"help"}


def test_each_script_that_is_called_exists(document: Path) -> None:
    for name in re.findall(r"\bpython3? ((?:deploy|docs)/[\w/]+\.py)", text_of(document)):
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("name", READMES)
def test_the_map_names_every_package_and_no_other(name: str) -> None:
    rows = re.findall(r"^\| `([a-z]+)/` \|", text_of(ROOT / name), re.M)
    assert tuple(rows) == PACKAGES
    assert all((ROOT / row / "__init__.py").is_file() for row in rows)
    assert set(PACKAGES) - {"liaison"} <= set(settings.INSTALLED_APPS)


def test_the_layers_of_the_architecture_are_those_that_are_checked() -> None:
    line = re.search(r"^core → .*$", text_of(ROOT / "docs/architecture.md"), re.M)
    assert line is not None
    assert tuple(line.group().split(" → ")) == PACKAGES
    layers = re.search(r"^layers = \[(.*)\]$", text_of(ROOT / "pyproject.toml"), re.M)
    assert layers is not None
    assert tuple(re.findall(r'"(\w+)"', layers.group(1))) == tuple(reversed(PACKAGES))


def test_the_two_readmes_have_the_same_parts() -> None:
    english, chinese = (text_of(ROOT / name) for name in READMES)
    assert len(re.findall(r"^#+ ", english, re.M)) == len(re.findall(r"^#+ ", chinese, re.M))
    for pattern in (r"^\| `([^`]+)`", r"\bmake ([a-z-]+)", r"\((docs/[^)]+)\)"):
        assert set(re.findall(pattern, english, re.M)) == set(re.findall(pattern, chinese, re.M))
    assert FENCE.findall(english) == FENCE.findall(chinese)


def test_the_readme_shows_what_the_demo_prints() -> None:
    printed = text_of(ROOT / "liaison/runtime/prepare.py")
    for words in ("演示已就绪（the demo is ready）", "扫码入口 resident", "演示账号，密码都是 accounts, one password:"):
        assert words in printed
        assert all(words in text_of(ROOT / name) for name in READMES)


def test_operations_explains_every_variable_that_is_read_and_no_other() -> None:
    told = variables_told(text_of(ROOT / "docs/operations.md"))
    assert variables_read() - told == set()
    assert told - variables_read() == set()


def test_the_example_file_names_only_variables_that_are_read() -> None:
    example = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", text_of(ROOT / ".env.example"), re.M))
    assert example <= variables_read()
    assert example <= variables_told(text_of(ROOT / "docs/operations.md"))
    assert {"SECRET_KEY", "FIELD_KEYS", "HASH_KEY", "DATABASE_URL", "REDIS_URL"} <= example


def test_operations_names_every_unit_and_every_figure() -> None:
    text = text_of(ROOT / "docs/operations.md")
    for unit in (ROOT / "deploy/systemd").glob("*.service"):
        assert unit.stem in text
    for figure in re.findall(r'Gauge\("(\w+)"', text_of(ROOT / "liaison/health.py")):
        assert figure in text


def test_every_decision_is_in_the_index_once() -> None:
    index = text_of(ROOT / "docs/adr/README.md")
    files = sorted(path.name for path in (ROOT / "docs/adr").glob("0*.md"))
    assert re.findall(r"\]\((0[\w-]+\.md)\)", index) == files
    for name in files:  # a number that is given out stays given out: there may be gaps
        number = int(name[:4])
        title = text_of(ROOT / "docs/adr" / name).splitlines()[0]
        assert title.startswith(f"# {number}. ")


def test_every_place_a_decision_touches_exists() -> None:
    for line in text_of(ROOT / "docs/adr/README.md").splitlines():
        if line.startswith("| ["):
            places = re.findall(r"`([\w/.]+)`", line.split("|")[3])
            assert places
            assert all((ROOT / place).exists() for place in places), line


def test_every_guide_is_there_with_pictures_and_a_way_out() -> None:
    index = text_of(ROOT / "docs/guide/README.md")
    for name in GUIDES:
        text = text_of(ROOT / "docs/guide" / f"{name}.md")
        assert f"({name}.md)" in index
        assert IMAGE.search(text), f"{name} shows nothing"
        assert "办不成的时候" in text, f"{name} does not say what to do when something fails"
        assert len(re.findall(r"^## \d\.", text, re.M)) >= 5, f"{name} has fewer than five tasks"


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_uses_full_width_marks(name: str) -> None:
    prose = re.sub(r"`[^`]*`|\([^)]*\)|https?://\S+", "", text_of(ROOT / "docs/guide" / f"{name}.md"))
    assert re.findall(r"[\u4e00-\u9fff][,;?!][\u4e00-\u9fff]", prose) == []


@pytest.mark.parametrize("name", GUIDES)
def test_the_words_a_guide_puts_in_brackets_are_on_a_page(name: str) -> None:
    told = set(re.findall(r"【([^】]+)】", text_of(ROOT / "docs/guide" / f"{name}.md")))
    assert told, "no button is named"
    missing = {words for words in told if words not in words_of_pages()}
    assert missing == set()


@cache
def words_of_pages() -> str:
    """Everything that pages can say: templates, and the labels and sentences in the packages."""
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static/js").glob("*.js")]
    sources += [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    text = "\n".join(text_of(path) for path in sources)
    return re.sub(r"\{%[^%]*%\}|<[^>]+>", "", text)


def test_every_identifier_of_the_glossary_is_in_the_code() -> None:
    source = "\n".join(text_of(path) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    told = set(re.findall(r"`([\w.]+)`", text_of(ROOT / "docs/glossary.md")))
    assert len(told) > 100
    missing = {name for name in told if not re.search(rf"\b{name.rsplit('.', 1)[-1]}\b", source)}
    assert missing - {"core.codes", "core.workdays", "dashboards.queries", "stations.prints"} == set()


def test_every_module_of_the_architecture_exists() -> None:
    text = text_of(ROOT / "docs/architecture.md")
    places = set(re.findall(r"`((?:core|accounts|notices|stations|opinions|dashboards|liaison)/[\w/.]*)`", text))
    places |= {f"tests/{name}" for name in re.findall(r"`tests/([\w.]+)`", text)}
    assert len(places) > 10
    assert {place for place in places if not (ROOT / place).exists()} == set()
    inside = re.findall(
        r"^\| (`[a-z_]+(?:\.py|/)`(?:, `[a-z_]+(?:\.py|/)`)*) \|", text.split("## Inside a package")[1], re.M
    )
    named_files = {name for row in inside for name in re.findall(r"`([^`]+)`", row)}
    assert {name for name in named_files if not (ROOT / "opinions" / name).exists()} == set()


def test_workflow_names_what_the_glossary_names() -> None:
    glossary = text_of(ROOT / "docs/glossary.md")
    verbs = set(re.findall(r"^\| `(\w+)`", text_of(ROOT / "docs/workflow.md"), re.M)) - {"submit"}
    missing = {verb for verb in verbs if f"`{verb}`" not in glossary}
    assert missing == set()


def test_the_documents_name_no_folder_of_somebodys_own(document: Path) -> None:
    assert re.findall(r"(?<![\w.~])/(?:root|home|mnt|Users)/\S*", text_of(document)) == []


def test_nothing_promises_what_is_not_there(document: Path) -> None:
    text = text_of(document).lower()
    assert not re.search(r"\btodo\b|coming soon|敬请期待|即将上线", text)


def test_the_documents_are_part_of_the_checkout() -> None:
    done = subprocess.run(["git", "ls-files", "docs", *READMES], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    kept = set(done.stdout.splitlines())
    assert set(READMES) <= kept
