"""Pytest plugin, named in pyproject.toml: the tests get an embedded server of their own that is fast and forgets.

It is a plugin and not a conftest because pytest-django reads the settings before any conftest is found.
"""

import os

import pytest

from liaison.runtime.embedded import ensure
from liaison.runtime.places import TEST
from liaison.runtime.postgres import RuntimeFault

os.environ.setdefault("LIAISON_FLAVOUR", TEST)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start or join the test servers before the settings are read; keys of the tests come from their state folder."""
    try:
        ensure()
    except RuntimeFault as fault:
        raise pytest.UsageError(str(fault)) from fault
