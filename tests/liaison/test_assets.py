"""Which foreign files are served, and how names get their fingerprint."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.management import call_command

from liaison import assets

NPM_IS_INSTALLED = (Path(__file__).resolve().parents[2] / "node_modules").is_dir()


@pytest.fixture
def storage(settings: Any, tmp_path: Path) -> assets.FingerprintedStorage:
    settings.STATIC_ROOT = tmp_path
    return assets.FingerprintedStorage(location=tmp_path, base_url="/static/")


def process(storage: assets.FingerprintedStorage, files: dict[str, str]) -> None:
    """Store files and fingerprint them as collectstatic does."""
    for name, text in files.items():
        storage.save(name, ContentFile(text.encode()))
    for _name, _hashed, processed in storage.post_process({name: (storage, name) for name in files}):
        assert not isinstance(processed, Exception), processed


def test_every_listed_file_is_installed() -> None:
    assert NPM_IS_INSTALLED, "make dev-deps installs them"
    missing = [name for name in [*assets.NPM_FILES, *assets.HTMX_FILES] if name not in assets.vendor_files()]
    assert missing == []


@pytest.mark.parametrize("name", ["vendor/echarts/echarts.min.js", "django_htmx/htmx-2.min.js", "admin/css/base.css"])
def test_the_finder_finds_them_by_their_static_name(name: str) -> None:
    found = finders.find(name)
    assert found is not None
    assert Path(found).is_file()


@pytest.mark.parametrize(
    "name", ["vendor/echarts/echarts.js", "vendor/../package.json", "django_htmx/ext/hx-ws-2.js", ""]
)
def test_nothing_else_of_those_packages_is_served(name: str) -> None:
    finder = assets.VendorFinder()
    assert finder.find(name) == []
    assert finder.find(name, find_all=True) == []
    assert name not in {found for found, _ in finder.list([])}


def test_each_file_comes_with_a_storage_that_opens_it() -> None:
    for name, storage in assets.VendorFinder().list([]):
        if name.endswith("htmx-2.min.js"):
            assert b"htmx" in storage.open(name).read()
            assert Path(storage.path(name)).is_file()
            return
    pytest.fail("htmx is not among the files")


def test_names_carry_their_contents_hash(storage: assets.FingerprintedStorage) -> None:
    process(storage, {"css/a.css": "body{color:red}"})
    first = storage.stored_name("css/a.css")
    assert first != "css/a.css"
    assert first.startswith("css/a.")


def test_a_script_imports_another_by_its_fingerprinted_name(storage: assets.FingerprintedStorage) -> None:
    process(storage, {"js/a.js": 'import { b } from "./b.js";\nb();\n', "js/b.js": "export function b() {}\n"})
    text = storage.open(storage.stored_name("js/a.js")).read().decode()
    assert Path(storage.stored_name("js/b.js")).name in text


def test_a_source_map_that_is_not_served_does_no_harm(storage: assets.FingerprintedStorage) -> None:
    process(
        storage,
        {"x.js": "go();\n//# sourceMappingURL=x.js.map", "x.css": "a{}\n/*# sourceMappingURL=x.css.map */"},
    )
    assert storage.stored_name("x.js") != "x.js"


def test_large_files_have_a_compressed_twin(storage: assets.FingerprintedStorage, tmp_path: Path) -> None:
    process(storage, {"big.css": "a{color:red}\n" * 500})
    hashed = tmp_path / storage.stored_name("big.css")
    assert hashed.with_name(hashed.name + ".br").exists()
    assert hashed.with_name(hashed.name + ".gz").exists()


@pytest.mark.slow
def test_everything_we_serve_can_be_collected(settings: Any, tmp_path: Path) -> None:
    """Every address inside our own styles and scripts leads to a file."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "liaison.assets.FingerprintedStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "static" / "staticfiles.json").exists()
