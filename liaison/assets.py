"""Static files: which files of the npm packages we serve, and how all static files get their fingerprinted names.

Nothing is ever loaded from another host. Of other people's packages only the files named here are served, so that
collecting takes seconds and no source map or example goes out. Our own files lie in `static/`.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import django_htmx
from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

NPM_FILES = {
    "vendor/bootstrap/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "vendor/bootstrap-icons/bootstrap-icons.svg": "bootstrap-icons/bootstrap-icons.svg",
    "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
}
HTMX_FILES = ("django_htmx/htmx-2.min.js", "django_htmx/django-htmx.js")


@cache
def vendor_files() -> dict[str, Path]:
    """Static name and file of everything others wrote that we serve, as far as it is installed."""
    modules = Path(settings.BASE_DIR) / "node_modules"
    htmx = Path(django_htmx.__file__).parent / "static"
    support = Path(admin.__file__).parent / "static"
    named = {name: modules / source for name, source in NPM_FILES.items()} | {name: htmx / name for name in HTMX_FILES}
    named |= {path.relative_to(support).as_posix(): path for path in support.rglob("*.*")}
    return {name: path for name, path in named.items() if path.is_file()}


class VendorFinder(BaseFinder):
    """Finds the files of `vendor_files` and no other."""

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to check: a missing package shows when its file is asked for."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file behind a static name, or an empty list."""
        found = vendor_files().get(path)
        if found is None:
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Every installed file, with a storage that knows it by its static name."""
        for name, path in vendor_files().items():
            yield name, _OneFile(path)


class _OneFile(FileSystemStorage):
    """One file as a storage, whatever name it is asked for."""

    prefix = ""

    def __init__(self, path: Path) -> None:
        super().__init__(location=path.parent)
        self._file = path.name

    def path(self, name: str) -> str:
        return super().path(self._file)


class FingerprintedStorage(CompressedManifestStaticFilesStorage):
    """Names carry their content's hash, also where one script imports another; source maps are not served."""

    support_js_module_import_aggregation = True
    patterns = tuple(
        (glob, tuple(rule for rule in rules if "sourceMappingURL" not in (rule if isinstance(rule, str) else rule[0])))
        for glob, rules in CompressedManifestStaticFilesStorage.patterns
    )
