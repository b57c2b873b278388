"""Static files: which files of the npm packages we serve, and how all static files get their fingerprinted names.

Nothing is ever loaded from another host. Of each npm package only the files named here are served, so that collecting
takes seconds and no source map or example goes out.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

VENDOR_FILES = {
    "vendor/bootstrap/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "vendor/bootstrap-icons/bootstrap-icons.svg": "bootstrap-icons/bootstrap-icons.svg",
    "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
}


class VendorFinder(BaseFinder):
    """Finds the listed files of the npm packages under `node_modules`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Look in the checkout's `node_modules`."""
        self.storage = FileSystemStorage(location=Path(settings.BASE_DIR) / "node_modules")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to check: a missing package shows when its file is asked for."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file behind a static name, or an empty list."""
        source = VENDOR_FILES.get(path)
        if source is None or not self.storage.exists(source):
            return []
        found = self.storage.path(source)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Every listed file that is installed, with a storage that knows it by its static name."""
        for name, source in VENDOR_FILES.items():
            if self.storage.exists(source):
                yield name, _Renamed(self.storage, source)


class _Renamed:
    """One file of a storage under another name, as `collectstatic` wants it."""

    prefix = ""

    def __init__(self, storage: FileSystemStorage, source: str) -> None:
        self._storage, self._source = storage, source

    def open(self, _name: str) -> Any:
        return self._storage.open(self._source)

    def path(self, _name: str) -> str:
        return self._storage.path(self._source)

    def get_modified_time(self, _name: str) -> Any:
        return self._storage.get_modified_time(self._source)


class FingerprintedStorage(CompressedManifestStaticFilesStorage):
    """Names carry their content's hash, also where one script imports another; source maps are not served."""

    support_js_module_import_aggregation = True
    patterns = tuple(
        (glob, tuple(rule for rule in rules if "sourceMappingURL" not in (rule if isinstance(rule, str) else rule[0])))
        for glob, rules in CompressedManifestStaticFilesStorage.patterns
    )
