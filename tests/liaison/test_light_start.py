"""What a web worker begins with: the libraries of files that few ever ask for come with the first one who does."""

import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("docx", "docxtpl", "fontTools", "icalendar", "lxml", "openpyxl", "reportlab", "requests", "xlsxwriter")
ASK = """
import sys
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
from django.urls import get_resolver
assert len(list(get_resolver().url_patterns)) > 10
print(*sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1:])))
"""


def begun_with(*names: str) -> list[str]:
    """Those of the packages that a fresh process holds once it knows every address."""
    root = Path(__file__).resolve().parents[2]
    environ = os.environ | {"LIAISON_FLAVOUR": "test", "DJANGO_SETTINGS_MODULE": "liaison.settings"}
    done = subprocess.run([sys.executable, "-c", ASK, *names], cwd=root, env=environ, capture_output=True, text=True,
                          timeout=120, check=True)  # fmt: skip
    return done.stdout.split()


def test_no_heavy_library_is_there_before_somebody_needs_it() -> None:
    assert begun_with(*HEAVY) == []


def test_the_question_itself_finds_what_is_there() -> None:
    assert begun_with("django", "opinions", "docx") == ["django", "opinions"]
